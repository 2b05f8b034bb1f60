import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readText } from "../../src/lib/read-text.ts";

let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tocsin-text-"));
  await mkdir(join(folder, "folder"));
  await writeFile(join(folder, "plain.yaml"), "größe: 1\n");
  await writeFile(join(folder, "huge.yaml"), Buffer.alloc(4 * 1024 * 1024 + 1));
});

afterAll(() => rm(folder, { recursive: true }));

describe("a file", () => {
  it("is read as UTF-8", async () => {
    expect(await readText(join(folder, "plain.yaml"))).toEqual({ text: "größe: 1\n", trouble: undefined });
  });

  it.each([
    { name: "none.yaml", trouble: "there is no such file" },
    { name: "plain.yaml/inside", trouble: "there is no such file" },
    { name: "folder", trouble: "it is a folder, not a file" },
    { name: "huge.yaml", trouble: "larger than 4 MiB" },
  ])("$name is refused in words: $trouble", async ({ name, trouble }) => {
    expect(await readText(join(folder, name))).toEqual({ text: undefined, trouble });
  });
});
