import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

import { hasBrowser } from "./browser.ts";

const SCRIPT = "test/web/browser/shots/main.ts";

/** More than a page without any alert takes, bytes. */
const LEAST_BYTES = 15_000;

describe.skipIf(!hasBrowser)("the pictures of the tour", () => {
  it("are taken from a demo that runs", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tocsin-shots-"));
    try {
      const args = [SCRIPT, "--only", "history", "--speed", "60", "--into", folder];
      await promisify(execFile)(process.execPath, args);
      expect(await readdir(folder)).toEqual(["history.webp"]);
      expect((await stat(join(folder, "history.webp"))).size).toBeGreaterThan(LEAST_BYTES);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
