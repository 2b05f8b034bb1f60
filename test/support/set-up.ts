import { accessSync, constants, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stopSharedPostgres } from "./stop-shared-postgres.ts";

const MEMORY = "/dev/shm";

/** Several times what all tests together write. */
const ROOM_BYTES = 2 ** 30;

/**
 * Runs once before all tests. Their files go into memory where there is room, since SQLite waits for the disk at each
 * commit, and Node keeps compiled code for the processes that tests start. The answer removes what tests left behind.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(hasRoom(MEMORY) ? MEMORY : tmpdir(), "tocsin-tests-"));
  process.env["TMPDIR"] = folder;
  process.env["NODE_COMPILE_CACHE"] = join(import.meta.dirname, "../../node_modules/.cache/compiled");
  return () => {
    stopSharedPostgres(folder);
    rmSync(folder, { recursive: true, force: true });
  };
}

function hasRoom(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}
