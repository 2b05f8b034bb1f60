import { constants, copyFileSync, existsSync, renameSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

import { errorText } from "../../lib/errors.ts";
import { besideOf, removeDatabase } from "./beside.ts";
import { checkContent, checkTables } from "./check-file.ts";
import { openConnection } from "./connection.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { storageFault } from "./storage-fault.ts";
import { syncToDisk } from "./sync-to-disk.ts";

/**
 * How long messages of the copy wait: in this time lists are read and objects are looked at, and what is over, or has
 * other news, replaces them.
 */
const HOLD_MS = 3 * 60_000;

/**
 * The result for the copy. `ready`: a state file made of it lies at `restored` (`besideOf`); `copiedAt` in epoch
 * milliseconds.
 */
export type Restored =
  | { readonly kind: "ready"; readonly copiedAt: number }
  | { readonly kind: "none" }
  | { readonly kind: "unusable"; readonly reason: string };

/**
 * Makes a state file of the daily copy; the copy stays, unless the disk has no room for both. The bridge goes on from it
 * as if it had been away since. Only its messages differ: those that wait in the copy may have been sent since, so they
 * wait a little for newer news, go to no fallback meanwhile, count as perhaps received, and say so. Ids stay, so that a
 * receiver can tell.
 */
export function restoreCopy(path: string, now: number): Restored {
  const { copy, restored } = besideOf(path);
  if (!existsSync(copy)) return { kind: "none" };
  try {
    place(copy, restored);
    const copiedAt = prepare(restored, copy, now);
    syncToDisk(restored);
    return { kind: "ready", copiedAt };
  } catch (error) {
    removeDatabase(restored);
    return { kind: "unusable", reason: errorText(error).replaceAll(restored, copy) };
  }
}

function place(copy: string, restored: string): void {
  removeDatabase(restored);
  try {
    copyFileSync(copy, restored, constants.COPYFILE_FICLONE);
  } catch (error) {
    if (storageFault(error) !== "full") throw error;
    renameSync(copy, restored);
  }
}

/**
 * Checks the file, brings it to this version, and changes what must not go on as it was.
 *
 * @param copy For messages. @returns When the copy was made, epoch milliseconds.
 */
function prepare(path: string, copy: string, now: number): number {
  const connection = openConnection(path);
  try {
    checkContent(connection, copy);
    migrate(connection, copy, MIGRATIONS);
    checkTables(connection, copy);
    const copiedAt = connection.transaction(() => changeRows(connection.database, now));
    connection.database.exec("PRAGMA journal_mode = DELETE");
    return copiedAt;
  } finally {
    connection.abandon();
  }
}

function changeRows(database: DatabaseSync, now: number): number {
  const copiedAt = Number(database.prepare("SELECT ended_at FROM session").get()?.["ended_at"] ?? 0);
  const note = `This may have come before: the state went back to its copy of ${new Date(copiedAt).toISOString()}.`;
  // Messages about the bridge itself are decided anew by what is true now.
  database
    .prepare(
      `UPDATE delivery SET state = 'superseded', ended_at = ?
        WHERE ended_at IS NULL AND iif(json_valid(notification), notification ->> '$.trigger', '') = 'self'`,
    )
    .run(now);
  database
    .prepare(
      `UPDATE delivery SET state = 'waiting', opening_started = 1, due_at = max(due_at, ?1), since = ?3,
              notification = iif(json_valid(notification) AND notification ->> '$.text.note' IS NOT NULL,
                json_set(notification, '$.text.note', ltrim((notification ->> '$.text.note') || char(10) || ?2, char(10))),
                notification)
        WHERE ended_at IS NULL`,
    )
    .run(now + HOLD_MS, note, now);
  return copiedAt;
}
