import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Prepares every statement of a table, keyed by the name of its text. */
export function prepareAll<Name extends string>(
  database: DatabaseSync,
  sql: Readonly<Record<Name, string>>,
): Readonly<Record<Name, StatementSync>> {
  const entries = Object.entries<string>(sql).map(([name, text]) => [name, database.prepare(text)] as const);
  // The keys are those of `sql`.
  return Object.fromEntries(entries) as Record<Name, StatementSync>;
}
