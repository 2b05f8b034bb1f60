import { accessSync, chmodSync, constants } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { errorText, TocsinError } from "../../lib/errors.ts";
import { makeFolder } from "../../lib/make-folder.ts";
import { storageFault } from "./storage-fault.ts";

/** Longest wait for an earlier process that is just closing the file. */
const LOCK_TIMEOUT_MS = 1000;

/**
 * EXCLUSIVE: the first process that opens the file keeps the lock of the operating system until it ends, also by kill
 * -9. So a second process is refused, and a dead one leaves no lock behind. It also needs no shared-memory file.
 * FULL: a commit is on the disk when it returns.
 */
const PRAGMAS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA journal_size_limit = 67108864;
  PRAGMA wal_autocheckpoint = 8000;
  PRAGMA cache_size = -8192;
  PRAGMA temp_store = MEMORY;
`;

/** The one connection to the state file. */
export interface Connection {
  readonly database: DatabaseSync;
  /** Runs `work` in one transaction, and undoes all of it when it throws. Calls must not be nested. */
  transaction<Result>(work: () => Result): Result;
  /** Bytes of used pages; free pages inside the file do not count. */
  usedBytes(): number;
  /** Moves the log into the file and closes it. */
  close(): void;
  /** Closes a file that may be damaged; never throws. */
  abandon(): void;
}

/**
 * Opens or creates the file, and its folder.
 * No other code of the process may open the same path: closing any descriptor of it would drop the POSIX lock.
 *
 * @throws {TocsinError} ERR_STORE when another process has the file, or it is no SQLite file.
 */
export function openConnection(path: string): Connection {
  let database: DatabaseSync | undefined;
  try {
    if (path !== ":memory:") {
      const folder = dirname(path);
      makeFolder(folder);
      // SQLite would only say that it cannot open the file, and not why.
      accessSync(folder, constants.W_OK);
    }
    database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS });
    if (path !== ":memory:") hideFromOthers(path);
    database.exec(PRAGMAS);
    // Takes the lock now instead of at the first write.
    database.exec("BEGIN IMMEDIATE; COMMIT");
    return connect(database);
  } catch (cause) {
    if (database !== undefined) abandon(database);
    throw new TocsinError("ERR_STORE", explainOpen(path, cause), { cause });
  }
}

/** Events hold what not everybody on the machine may read. SQLite gives its log the mode of the file. */
function hideFromOthers(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch {
    // It belongs to another user, who has let this one write it.
  }
}

function connect(database: DatabaseSync): Connection {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const rollback = database.prepare("ROLLBACK");
  const pages = database.prepare(
    `SELECT (page_count - freelist_count) * page_size AS bytes
       FROM pragma_page_count, pragma_freelist_count, pragma_page_size`,
  );
  return {
    database,
    transaction: (work) => {
      begin.run();
      try {
        const result = work();
        commit.run();
        return result;
      } catch (error) {
        // A failed COMMIT may have rolled back by itself.
        if (database.isTransaction) rollback.run();
        throw error;
      }
    },
    usedBytes: () => Number(pages.get()?.["bytes"]),
    close: () => {
      if (!database.isOpen) return;
      try {
        database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch {
        // On a full disk the log stays beside the file, with everything in it.
      }
      database.close();
    },
    abandon: () => abandon(database),
  };
}

function abandon(database: DatabaseSync): void {
  try {
    database.close();
  } catch {
    // The caller has reported the fault of the file already.
  }
}

function explainOpen(path: string, cause: unknown): string {
  const fault = storageFault(cause);
  if (fault === "busy") {
    return `state file ${path} is in use by another process (one tocsin per file: stop the other, or set another state.path)`;
  }
  if (fault === "damaged") return `state file ${path} is not an SQLite database (set another state.path)`;
  return `state file ${path} cannot be opened: ${errorText(cause)}`;
}
