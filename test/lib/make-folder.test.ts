import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { makeFolder } from "../../src/lib/make-folder.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tocsin-folder-"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("a folder", () => {
  it("is made with those above it, and may be there already", () => {
    makeFolder(join(root, "a/b/c"));
    makeFolder(join(root, "a/b/c"));
    expect(existsSync(join(root, "a/b/c"))).toBe(true);
  });

  it("fails at the first one that cannot be made", () => {
    writeFileSync(join(root, "file"), "");
    expect(() => makeFolder(join(root, "file/a/b"))).toThrow(/EEXIST|ENOTDIR/u);
    expect(() => makeFolder(join(root, "file"))).toThrow("EEXIST");
  });

  it("fails also where the system says only that nothing is there", () => {
    expect(() => makeFolder("/proc/sys/no-such-folder/a")).toThrow("/proc");
  });
});
