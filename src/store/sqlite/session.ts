import type { Connection } from "./connection.ts";

/** A log with anything in it is longer: https://sqlite.org/fileformat2.html#walformat */
const WAL_HEADER_BYTES = 32;

/**
 * Notes in the file that a process works on it, so that the next one can tell a log that was deleted from one that a
 * clean end left empty: SQLite itself takes both for the same.
 *
 * @param walBytes Size of the log before the file was opened.
 * @returns Whether the file holds all that was committed.
 */
export function beginSession(connection: Connection, walBytes: number, now: number): boolean {
  const { database } = connection;
  const wasOpen = database.prepare("SELECT 1 FROM session WHERE ended_at IS NULL").get() !== undefined;
  const note = database.prepare(
    "INSERT OR REPLACE INTO session (id, began_at, ended_at) VALUES (1, ?, NULL)",
  );
  connection.transaction(() => note.run(now));
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  // The note is in the file now; from here on there is a log, too.
  connection.transaction(() => note.run(now));
  return !wasOpen || walBytes > WAL_HEADER_BYTES;
}

/** Notes a clean end; to be followed by the closing of the file. */
export function endSession(connection: Connection, now: number): void {
  const note = connection.database.prepare("UPDATE session SET ended_at = ?");
  connection.transaction(() => note.run(now));
}
