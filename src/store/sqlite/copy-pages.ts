import type { FileHandle } from "node:fs/promises";
import { backup, type DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";

/** Pages that one step copies, 400 KB: a write of the main thread waits for the step that runs, about a millisecond. */
const STEP_PAGES = 100;

/** Steps between two syncs of the unfinished copy, so that the last step has little left to write. */
const SYNC_EVERY = 64;

/** So many transactions in a row do not all meet a step of a hundred pages. */
const MOST_TRIES = 1000;

/** The unfinished copy. */
export interface UnfinishedCopy {
  readonly path: string;
  /** Of the same file, open. */
  readonly handle: FileHandle;
  readonly signal: AbortSignal;
}

/**
 * Copies all pages of a database while it is in use.
 *
 * @throws The reason of the signal, when it aborts before the end; else what SQLite says.
 */
export async function copyPages(database: DatabaseSync, copy: UnfinishedCopy): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await copyOnce(database, copy);
      return;
    } catch (error) {
      copy.signal.throwIfAborted();
      if (tries >= MOST_TRIES || !hasMetTransaction(error)) throw error;
      await setImmediate();
    }
  }
}

async function copyOnce(database: DatabaseSync, { path, handle, signal }: UnfinishedCopy): Promise<void> {
  let steps = 0;
  let syncing: Promise<void> | undefined;
  await backup(database, path, {
    rate: STEP_PAGES,
    progress: () => {
      // An error ends the backup.
      signal.throwIfAborted();
      steps += 1;
      if (steps % SYNC_EVERY !== 0 || syncing !== undefined) return;
      syncing = handle.datasync().then(
        () => (syncing = undefined),
        // The last step writes to the disk too, and reports what it cannot write.
        () => undefined,
      );
    },
  });
  await syncing;
  signal.throwIfAborted();
}

/**
 * A step that runs beside a transaction of the connection copies nothing and is to be repeated. Node repeats all but the
 * first and the last: after these no page remains, and it takes "busy" for an error that SQLite has no code for
 * (`BackupJob::AfterThreadPoolWork` of Node 24).
 */
function hasMetTransaction(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 0;
}
