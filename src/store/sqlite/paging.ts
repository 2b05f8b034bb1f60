import { TocsinError } from "../../lib/errors.ts";
import type { Cursor, Page } from "../queries.ts";

/** The parts of a cursor; empty when there is none. @throws {TocsinError} ERR_USAGE when it is of another list. */
export function keyFrom(after: Cursor | undefined, parts: number): Cursor {
  if (after === undefined || after.length === parts) return after ?? [];
  throw new TocsinError("ERR_USAGE", "the cursor belongs to another list; begin without one");
}

/** A page of rows of which one more than `limit` was asked for, which tells whether there are more. */
export function toPage<Row>(rows: readonly Row[], limit: number, keyOf: (last: Row) => Cursor): Page<Row> {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { rows: rows.slice(0, limit), next: last === undefined ? undefined : keyOf(last) };
}
