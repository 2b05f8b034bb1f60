import { existsSync, lstatSync, renameSync, statSync } from "node:fs";

import type { Clock } from "../../lib/clock.ts";
import { errorText, TocsinError } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { besideOf, removeDatabase } from "./beside.ts";
import { checkContent, checkTables, damaged } from "./check-file.ts";
import { committedFrames } from "./committed-frames.ts";
import { type Connection, openConnection } from "./connection.ts";
import { readDamageMark } from "./damage-mark.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { damagedNameOf, replaceDamaged } from "./replace-damaged.ts";
import { type Restored, restoreCopy } from "./restore-copy.ts";
import { beginSession } from "./session.ts";
import { reportDamage, type StateDamage } from "./state-damage.ts";
import { storageFault } from "./storage-fault.ts";

/** The path of the state, and the listener to damage. */
export interface StateFileOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onDamage?: ((damage: StateDamage) => void) | undefined;
}

/**
 * Opens the state file, checks it, and brings it to this schema version. Moves a damaged file aside, and goes on from
 * its daily copy, or begins a new file:
 * a service that starts without its state, and says so, is worth more than one that does not start.
 *
 * @param mayRestore False after a copy was used: what is damaged again at once is begun anew.
 * @throws {TocsinError} ERR_STORE when the file is in use, of a newer version, or perhaps of another program.
 */
export function openStateFile(options: StateFileOptions, mayRestore = true): Connection {
  const { path } = options;
  const isNew = isAbsent(path);
  const writtenAt = lastWriteOf(path);
  try {
    return openWhole(options);
  } catch (cause) {
    const fault = storageFault(cause);
    if (fault === "read-only") return openInMemory(options, cause);
    if (fault === "full" && isNew) {
      // The next start would take it for one that somebody emptied.
      removeDatabase(path);
      return openInMemory(options, cause);
    }
    if (isNew || !isOurs(path) || !(fault === "damaged" || isNoFile(path))) throw cause;
    return openAnew(options, { cause, mayRestore, writtenAt });
  }
}

/** Moves the damaged file aside, and opens its copy or a new file in its place. */
function openAnew(
  options: StateFileOptions,
  { cause, mayRestore, writtenAt }: { cause: unknown; mayRestore: boolean; writtenAt: number | undefined },
): Connection {
  const { path, clock } = options;
  const now = clock.now();
  const movedTo = damagedNameOf(path, now);
  const copy: Restored = mayRestore ? restoreCopy(path, now) : { kind: "none" };
  try {
    replaceDamaged(path, movedTo);
    if (copy.kind === "unusable") renameSync(besideOf(path).copy, `${movedTo}.copy`);
  } catch (error) {
    return openInMemory(options, error);
  }
  const damage = { path, reason: errorText(cause), movedTo };
  if (copy.kind === "ready") {
    reportDamage({ ...damage, kind: "restored", copiedAt: copy.copiedAt, writtenAt }, options);
    return openStateFile(options, false);
  }
  const copyFault = copy.kind === "unusable" ? { copyFault: copy.reason } : {};
  reportDamage({ ...damage, kind: "moved", ...copyFault }, options);
  return openStateFile(options, mayRestore);
}

function openInMemory(options: StateFileOptions, cause: unknown): Connection {
  reportDamage({ kind: "unusable", path: options.path, reason: errorText(cause) }, options);
  return openWhole({ ...options, path: ":memory:" });
}

function openWhole(options: StateFileOptions): Connection {
  const { path, clock, log } = options;
  const existed = existsSync(path);
  const knownDamage = existed ? damageBeforeOpening(path) : undefined;
  const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const committed = committedFrames(`${path}-wal`);
  const connection = openConnection(path);
  try {
    // Only now it is sure that no other process works on the file.
    if (knownDamage !== undefined) throw damaged(path, knownDamage);
    if (existed) checkContent(connection, path);
    const isLogSound = committed === 0 || framesIn(connection) >= committed;
    const isNew = migrate(connection, path, MIGRATIONS) === 0;
    if (!isNew) checkTables(connection, path);
    const isComplete = begin(connection, { walBytes, clock, log });
    const incomplete = (what: string): void =>
      reportDamage({ kind: "incomplete", path, reason: `its log ${path}-wal is ${what}` }, options);
    if (existed && isNew) reportDamage({ kind: "empty", path, reason: "it is empty" }, options);
    else if (!isComplete) incomplete("gone or empty");
    else if (!isLogSound) incomplete("damaged");
    return connection;
  } catch (cause) {
    connection.abandon();
    if (cause instanceof TocsinError) throw cause;
    throw new TocsinError("ERR_STORE", `state file ${path}: ${errorText(cause)}`, { cause });
  }
}

/** The frames of the log that SQLite could read. */
function framesIn({ database }: Connection): number {
  return Number(database.prepare("PRAGMA wal_checkpoint(NOOP)").get()?.["log"] ?? 0);
}

/** Begins the session. A full disk does not prevent a start: the program waits for space with its writes. */
function begin(
  connection: Connection,
  { walBytes, clock, log }: { readonly walBytes: number; readonly clock: Clock; readonly log: Logger },
): boolean {
  try {
    return beginSession(connection, walBytes, clock.now());
  } catch (error) {
    if (storageFault(error) !== "full") throw error;
    log.error("the disk is full; nothing is stored until there is space", { error: errorText(error) });
    return true;
  }
}

/** Whether the path looks like a state file. A file of another program, named by mistake, must not be moved. */
function isOurs(path: string): boolean {
  return path.endsWith(".db") || existsSync(`${path}-wal`) || existsSync(besideOf(path).copy);
}

/** Whether the path can never be a file: it is a folder, or a link that leads to itself. */
function isNoFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ELOOP";
  }
}

/** Whether nothing is at the path, not even a link that leads nowhere. */
function isAbsent(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

/** Damage that shows only before the file is opened, or that no check would find; undefined for none. */
function damageBeforeOpening(path: string): string | undefined {
  if (isEmpty(path) && existsSync(besideOf(path).copy)) return "it is empty";
  return readDamageMark(path);
}

/** Whether nothing is in the file or its log. An empty one with a copy beside it was not emptied to begin anew. */
function isEmpty(path: string): boolean {
  return [path, `${path}-wal`].every((part) => (statSync(part, { throwIfNoEntry: false })?.size ?? 0) === 0);
}

/** Epoch milliseconds; undefined where nothing is. */
function lastWriteOf(path: string): number | undefined {
  try {
    const times = [path, `${path}-wal`].flatMap(
      (part) => lstatSync(part, { throwIfNoEntry: false })?.mtimeMs ?? [],
    );
    return times.length === 0 ? undefined : Math.max(...times);
  } catch {
    return undefined;
  }
}
