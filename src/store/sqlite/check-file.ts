import { DatabaseSync } from "node:sqlite";

import { TocsinError } from "../../lib/errors.ts";
import type { Connection } from "./connection.ts";
import { MIGRATIONS } from "./migrations.ts";

/** Above this size only the tables that a start needs are checked: the check reads about 1 GiB/s. */
const LARGEST_CHECKED_BYTES = 1024 ** 3;
const NEEDED_TABLES = ["position", "entity", "delivery", "receiver", "record"];

/** Checks the content of the file. @throws when it is damaged, with a cause as from SQLite itself. */
export function checkContent(connection: Connection, path: string): void {
  const isSmall = connection.usedBytes() <= LARGEST_CHECKED_BYTES;
  for (const scope of isSmall ? ["1"] : NEEDED_TABLES.map((table) => `'${table}'`)) {
    const answer = connection.database.prepare(`PRAGMA quick_check(${scope})`).get()?.["quick_check"];
    if (answer !== "ok") throw damaged(path, String(answer));
  }
}

/**
 * Checks the schema.
 *
 * @throws when the file lacks a table or an index of its version, with a cause as from SQLite itself.
 */
export function checkTables(connection: Connection, path: string): void {
  const namesIn = ({ database }: Pick<Connection, "database">): readonly string[] =>
    database
      .prepare("SELECT name FROM sqlite_schema")
      .all()
      .map((row) => String(row["name"]));
  using model = new DatabaseSync(":memory:");
  for (const step of MIGRATIONS) model.exec(step);
  const found = new Set(namesIn(connection));
  const missing = namesIn({ database: model }).filter((name) => !found.has(name));
  if (missing.length > 0) throw damaged(path, `it has no ${missing.join(", ")}`);
}

/** An error that reads like one of SQLite about a damaged file. */
export function damaged(path: string, reason: string): TocsinError {
  const cause = Object.assign(new Error(reason), { errcode: 11 });
  return new TocsinError("ERR_STORE", `state file ${path} is damaged`, { cause });
}
