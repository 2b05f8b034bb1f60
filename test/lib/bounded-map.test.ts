import { describe, expect, it } from "vitest";

import { BoundedMap } from "../../src/lib/bounded-map.ts";

function mapOf(limit: number, keys: readonly string[]): BoundedMap<string, number> {
  const map = new BoundedMap<string, number>(limit);
  for (const [index, key] of keys.entries()) map.set(key, index);
  return map;
}

const keysOf = (map: BoundedMap<string, number>): readonly string[] => [...map.entries()].map(([key]) => key);

describe("a bounded map", () => {
  it("forgets the entry used longest ago when it is full, and names its key", () => {
    const map = mapOf(2, ["a", "b"]);
    expect(map.set("c", 2)).toBe("a");
    expect(keysOf(map)).toEqual(["b", "c"]);
    expect(map.size).toBe(2);
  });

  it("counts a read as a use, a peek not", () => {
    const read = mapOf(2, ["a", "b"]);
    expect(read.get("a")).toBe(0);
    expect(read.set("c", 2)).toBe("b");
    const peeked = mapOf(2, ["a", "b"]);
    expect(peeked.peek("a")).toBe(0);
    expect(peeked.set("c", 2)).toBe("a");
  });

  it("forgets nothing when a known key gets another value", () => {
    const map = mapOf(2, ["a", "b"]);
    expect(map.set("a", 7)).toBeUndefined();
    expect([...map.entries()]).toEqual([
      ["b", 1],
      ["a", 7],
    ]);
  });

  it("has room again after a deletion", () => {
    const map = mapOf(2, ["a", "b"]);
    expect(map.delete("a")).toBe(true);
    expect(map.delete("a")).toBe(false);
    expect(map.set("c", 2)).toBeUndefined();
  });
});
