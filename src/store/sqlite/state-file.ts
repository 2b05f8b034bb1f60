import { existsSync, lstatSync, renameSync, rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

import type { Clock } from "../../lib/clock.ts";
import { errorText, TocsinError } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import { type Connection, openConnection } from "./connection.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { beginSession } from "./session.ts";
import { reportDamage, type StateDamage } from "./state-damage.ts";
import { storageFault } from "./storage-fault.ts";

/** Above this size only the tables that a start needs are checked: the check reads about 1 GiB/s. */
const LARGEST_CHECKED_BYTES = 1024 ** 3;
const NEEDED_TABLES = ["position", "entity", "delivery", "receiver", "record"];

/** The path of the state, and the listener to damage. */
export interface StateFileOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onDamage?: ((damage: StateDamage) => void) | undefined;
}

/**
 * Opens the state file, checks it, and brings it to this schema version. Moves a damaged file aside and begins a new
 * one:
 * a service that starts without its state, and says so, is worth more than one that does not start.
 *
 * @throws {TocsinError} ERR_STORE when the file is in use, of a newer version, or perhaps of another program.
 */
export function openStateFile(options: StateFileOptions): Connection {
  const { path, clock } = options;
  const isNew = isAbsent(path);
  const report = (damage: StateDamage): void => reportDamage(damage, options);
  const inMemory = (cause: unknown): Connection => {
    report({ kind: "unusable", path, reason: errorText(cause) });
    return openWhole({ ...options, path: ":memory:" }, report);
  };
  try {
    return openWhole(options, report);
  } catch (cause) {
    const fault = storageFault(cause);
    if (fault === "read-only") return inMemory(cause);
    if (fault === "full" && isNew) {
      removeFile(path);
      return inMemory(cause);
    }
    if (isNew || !isOurs(path) || !(fault === "damaged" || isNoFile(path))) throw cause;
    const movedTo = `${path}.damaged-${new Date(clock.now()).toISOString().replaceAll(/[-:]|\.\d+/gu, "")}`;
    try {
      moveAside(path, movedTo);
    } catch (error) {
      return inMemory(error);
    }
    report({ kind: "moved", path, reason: errorText(cause), movedTo });
    return openStateFile(options);
  }
}

function openWhole(
  { path, clock, log }: StateFileOptions,
  report: (damage: StateDamage) => void,
): Connection {
  const existed = existsSync(path);
  const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const connection = openConnection(path);
  try {
    if (existed) check(connection, path);
    const isNew = migrate(connection, path, MIGRATIONS) === 0;
    checkTables(connection, path);
    const isComplete = begin(connection, { walBytes, clock, log });
    if (existed && isNew) report({ kind: "empty", path, reason: "it is empty" });
    else if (!isComplete)
      report({ kind: "incomplete", path, reason: `its log ${path}-wal is gone or empty` });
    return connection;
  } catch (cause) {
    connection.abandon();
    if (cause instanceof TocsinError) throw cause;
    throw new TocsinError("ERR_STORE", `state file ${path}: ${errorText(cause)}`, { cause });
  }
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

/** Checks the content of the file. @throws when it is damaged, with a cause as from SQLite itself. */
function check(connection: Connection, path: string): void {
  const isSmall = connection.usedBytes() <= LARGEST_CHECKED_BYTES;
  for (const scope of isSmall ? ["1"] : NEEDED_TABLES.map((table) => `'${table}'`)) {
    const answer = connection.database.prepare(`PRAGMA quick_check(${scope})`).get()?.["quick_check"];
    if (answer === "ok") continue;
    const cause = Object.assign(new Error(String(answer)), { errcode: 11 });
    throw new TocsinError("ERR_STORE", `state file ${path} is damaged`, { cause });
  }
}

/**
 * Checks the schema.
 *
 * @throws when the file lacks a table or an index of its version, with a cause as from SQLite itself.
 */
function checkTables(connection: Connection, path: string): void {
  const namesIn = ({ database }: Pick<Connection, "database">): readonly string[] =>
    database
      .prepare("SELECT name FROM sqlite_schema")
      .all()
      .map((row) => String(row["name"]));
  using model = new DatabaseSync(":memory:");
  for (const step of MIGRATIONS) model.exec(step);
  const found = new Set(namesIn(connection));
  const missing = namesIn({ database: model }).filter((name) => !found.has(name));
  if (missing.length === 0) return;
  const cause = Object.assign(new Error(`it has no ${missing.join(", ")}`), { errcode: 11 });
  throw new TocsinError("ERR_STORE", `state file ${path} is damaged`, { cause });
}

/** Whether the path looks like a state file. A file of another program, named by mistake, must not be moved. */
function isOurs(path: string): boolean {
  return path.endsWith(".db") || existsSync(`${path}-wal`);
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

/** Removes a file that could not be begun: the next start would take it for one that somebody emptied. */
function removeFile(path: string): void {
  for (const part of [path, `${path}-wal`, `${path}-journal`]) rmSync(part, { force: true });
}

/** Moves a file away together with its log, which must not become the log of the new file. */
function moveAside(path: string, movedTo: string): void {
  renameSync(path, movedTo);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${movedTo}-wal`);
}
