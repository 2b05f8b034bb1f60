import { DatabaseSync } from "node:sqlite";

/**
 * Takes all rows out of an index of a closed file. The check of a start does not look whether an index has every row, so
 * only a statement that changes such a row meets the damage.
 */
export function breakIndex(path: string, name: string): void {
  const sql = sqlOf(path, name);
  const [head = ""] = /^CREATE INDEX \w+ ON \w+ \([^)]*\)/u.exec(sql) ?? [];
  writeSql(path, name, `${head} WHERE 0`);
  execute(path, `REINDEX ${name}`);
  writeSql(path, name, sql);
}

function sqlOf(path: string, name: string): string {
  using database = new DatabaseSync(path);
  return String(database.prepare("SELECT sql FROM sqlite_schema WHERE name = ?").get(name)?.["sql"]);
}

/** Changes what the schema says about an index, and leaves its content. */
function writeSql(path: string, name: string, sql: string): void {
  using database = new DatabaseSync(path, { defensive: false });
  database.exec("PRAGMA writable_schema = ON");
  database.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = ?").run(sql, name);
}

function execute(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}
