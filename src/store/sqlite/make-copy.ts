import { open, rename, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";

import { errorText } from "../../lib/errors.ts";
import { besideOf, removeDatabase } from "./beside.ts";
import { checkInThread } from "./check-in-thread.ts";
import { copyPages } from "./copy-pages.ts";
import { storageFault } from "./storage-fault.ts";

/** Room that a copy leaves on the disk: for the log of SQLite. */
const LEFT_FREE_BYTES = 100 * 1024 ** 2;

/**
 * How a copy went. `made`: it is sound, and in the place of the last one · `skipped`: the disk has no room for it ·
 * `failed`: it could not be made, and the state file is sound as far as is known · `damaged`: the state file is damaged.
 * Whenever none is made the last one stays.
 */
export type CopyOutcome =
  | { readonly kind: "made"; readonly bytes: number }
  | { readonly kind: "skipped" | "failed" | "damaged"; readonly reason: string };

/** The file to copy. */
export interface CopyTask {
  /** The one connection to it. */
  readonly database: DatabaseSync;
  readonly path: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/**
 * Copies the state file while it is in use, checks the copy, and puts it in the place of the last one. The lock of the
 * file admits no second connection, so the pages go through the one that there is, in steps off the main thread
 * (https://sqlite.org/backup.html); commits in between reach the copy as well. A fault of a page shows in the copy, which
 * is therefore checked instead of the file.
 *
 * @throws The reason of the signal, when it aborts before the end.
 */
export async function makeCopy(task: CopyTask): Promise<CopyOutcome> {
  const { path, signal } = task;
  const { unfinishedCopy } = besideOf(path);
  try {
    const missing = await missingBytes(task);
    if (missing > 0) return { kind: "skipped", reason: `${missing} bytes are missing on the disk` };
    return await copyAndCheck(task);
  } catch (error) {
    signal.throwIfAborted();
    const fault = storageFault(error);
    if (fault === "damaged") return confirmed(task, errorText(error));
    return { kind: fault === "full" ? "skipped" : "failed", reason: errorText(error) };
  } finally {
    removeDatabase(unfinishedCopy);
  }
}

async function copyAndCheck(task: CopyTask): Promise<CopyOutcome> {
  const { database, path, now, signal } = task;
  const { copy, unfinishedCopy } = besideOf(path);
  // The file shall be no older than its copy: without its log it is all that is left.
  database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  removeDatabase(unfinishedCopy);
  await using handle = await open(unfinishedCopy, "wx", 0o600);
  await copyPages(database, { path: unfinishedCopy, handle, signal });
  const fault = await checkInThread(unfinishedCopy, now, signal);
  if (fault !== "") return confirmed(task, fault);
  await handle.sync();
  const { size } = await handle.stat();
  await rename(unfinishedCopy, copy);
  await syncFolder(dirname(copy));
  return { kind: "made", bytes: size };
}

/** A fault of the copy: of the file too, or of the copy alone. Blocks for as long as the check reads the file. */
function confirmed({ database }: CopyTask, fault: string): CopyOutcome {
  const ofFile = faultOf(database);
  if (ofFile !== "") return { kind: "damaged", reason: ofFile };
  return { kind: "failed", reason: `the copy is damaged, and the state file is not: ${fault}` };
}

function faultOf(database: DatabaseSync): string {
  try {
    const answer = String(database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"]);
    return answer === "ok" ? "" : answer;
  } catch (error) {
    return errorText(error);
  }
}

/** 0 or less when the disk has room for one more copy. */
async function missingBytes({ database, path }: CopyTask): Promise<number> {
  const size = database.prepare(
    "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size",
  );
  const { bavail, bsize } = await statfs(dirname(path));
  return Number(size.get()?.["bytes"]) + LEFT_FREE_BYTES - bavail * bsize;
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, "r");
  await handle.sync();
}
