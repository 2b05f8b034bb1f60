import type { Connection } from "./connection.ts";

/** A log with content is longer than this: https://sqlite.org/fileformat2.html#walformat */
const WAL_HEADER_BYTES = 32;

/**
 * Records in the file that a process works on it. By this the next process can tell a deleted log from one that a clean
 * end left empty, which SQLite itself cannot.
 *
 * @param walBytes Size of the log before the file was opened.
 * @returns Whether the file has everything that was committed.
 */
export function beginSession(connection: Connection, walBytes: number, now: number): boolean {
  const { database } = connection;
  const wasOpen = database.prepare("SELECT 1 FROM session WHERE ended_at IS NULL").get() !== undefined;
  const note = database.prepare(
    "INSERT OR REPLACE INTO session (id, began_at, ended_at) VALUES (1, ?, NULL)",
  );
  connection.transaction(() => note.run(now));
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  // The row is in the file itself now. The second write makes a log.
  connection.transaction(() => note.run(now));
  return !wasOpen || walBytes > WAL_HEADER_BYTES;
}

/** Records a clean end. The caller closes the file next. */
export function endSession(connection: Connection, now: number): void {
  const note = connection.database.prepare("UPDATE session SET ended_at = ?");
  connection.transaction(() => note.run(now));
}
