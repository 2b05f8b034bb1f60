import { TocsinError } from "../../lib/errors.ts";
import type { Cursor, Page } from "../queries.ts";

/** The parts of a cursor; empty without one. @throws {TocsinError} ERR_USAGE when it is of another list. */
export function keyFrom(after: Cursor | undefined, parts: number): Cursor {
  if (after === undefined || after.length === parts) return after ?? [];
  throw new TocsinError("ERR_USAGE", "the cursor belongs to another list; begin without one");
}

/** Makes a page of rows. The caller has read one row more than `limit`, which shows whether a next page exists. */
export function toPage<Row>(rows: readonly Row[], limit: number, keyOf: (last: Row) => Cursor): Page<Row> {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { rows: rows.slice(0, limit), next: last === undefined ? undefined : keyOf(last) };
}
