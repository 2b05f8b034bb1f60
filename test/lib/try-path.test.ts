import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { tryPath } from "../../src/lib/try-path.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tocsin-path-"));
});

afterEach(() => rm(folder, { recursive: true }));

describe("trying a path", () => {
  it("finds an existing file", async () => {
    await writeFile(join(folder, "state.db"), "x");
    expect(await tryPath(join(folder, "state.db"))).toEqual({ exists: true, folder });
  });

  it("finds the nearest folder of a missing file, and creates nothing", async () => {
    expect(await tryPath(join(folder, "a/b/state.db"))).toEqual({ exists: false, folder });
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses a folder, and a path through a file", async () => {
    await mkdir(join(folder, "folder"));
    await writeFile(join(folder, "file"), "x");
    await expect(tryPath(join(folder, "folder"))).rejects.toMatchObject({ code: "EISDIR" });
    await expect(tryPath(join(folder, "file/state.db"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });
});
