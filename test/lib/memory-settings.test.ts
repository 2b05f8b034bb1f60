import { describe, expect, it } from "vitest";

import { heapBytes, memorySettings } from "../../src/lib/memory-settings.ts";

const MIB = 2 ** 20;
const UNLIMITED = 2 ** 64;

describe("memorySettings", () => {
  it("keeps the heap small, and says nothing of its size where nothing is limited", () => {
    expect(memorySettings({ execArgv: [], env: {}, limitBytes: UNLIMITED })).toEqual({
      flags: ["--max-semi-space-size=8", "--heap-growing-percent=45", "--expose-gc", "--disable-sigusr1"],
      env: { MALLOC_ARENA_MAX: "1" },
    });
  });

  it("lets the heap follow the limit of the container", () => {
    const { flags } = memorySettings({ execArgv: [], env: {}, limitBytes: 768 * MIB });
    expect(flags).toContain("--max-old-space-size=576");
  });

  it.each([
    { execArgv: ["--max_semi_space_size=2"], env: {}, missing: "--max-semi-space-size=8" },
    {
      execArgv: [],
      env: { NODE_OPTIONS: "--x --max-old-space-size=99" },
      missing: "--max-old-space-size=576",
    },
  ])("leaves what was set by an option of Node: $missing", ({ execArgv, env, missing }) => {
    const { flags } = memorySettings({ execArgv, env, limitBytes: 768 * MIB });
    expect(flags).toHaveLength(4);
    expect(flags).not.toContain(missing);
  });

  it("leaves a variable of the allocator that was set", () => {
    const { env } = memorySettings({ execArgv: [], env: { MALLOC_ARENA_MAX: "4" }, limitBytes: 0 });
    expect(env).toEqual({ MALLOC_ARENA_MAX: "4" });
  });

  it("has nothing to add to a process that it has started", () => {
    const facts = { env: {}, limitBytes: 512 * MIB };
    const { flags } = memorySettings({ ...facts, execArgv: [] });
    expect(memorySettings({ ...facts, execArgv: flags }).flags).toEqual([]);
  });
});

describe("heapBytes", () => {
  it.each([
    { limit: 128, heap: 64 },
    { limit: 256, heap: 128 },
    { limit: 384, heap: 256 },
    { limit: 768, heap: 576 },
    { limit: 4096, heap: 3072 },
  ])("gives $heap MiB of $limit", ({ limit, heap }) => {
    expect(heapBytes(limit * MIB)).toBe(heap * MIB);
  });

  it.each([0, UNLIMITED, 2 ** 63])("gives nothing where %d bytes stand for no limit", (limit) => {
    expect(heapBytes(limit)).toBeUndefined();
  });
});
