import { z } from "zod";

import { TocsinError } from "../lib/errors.ts";
import type { Cursor, Page } from "../store/index.ts";

const LONGEST_CURSOR = 2048;

const CursorParts = z
  .array(z.union([z.string(), z.number()]))
  .min(1)
  .max(16);

/** A cursor on the wire: opaque, and fit for a URL. */
export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

/** The inverse of it; undefined for any other text. */
export function decodeCursor(text: string): Cursor | undefined {
  if (text.length > LONGEST_CURSOR) return undefined;
  try {
    return CursorParts.safeParse(JSON.parse(Buffer.from(text, "base64url").toString())).data;
  } catch {
    return undefined;
  }
}

/** The place of a row in a list that is kept in memory: its time, and a name to order rows of one time. */
export interface Place {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly name: string;
}

/**
 * One page of rows, newest first.
 *
 * @throws {TocsinError} ERR_USAGE when the cursor is of another list.
 */
export function pageFrom<Row>(
  rows: Iterable<Row>,
  placeOf: (row: Row) => Place,
  { limit, cursor }: { readonly limit: number; readonly cursor?: Cursor | undefined },
): Page<Row> {
  const after = cursor === undefined ? undefined : placeFrom(cursor);
  const placed = [...rows]
    .map((row) => ({ row, place: placeOf(row) }))
    .filter(({ place }) => after === undefined || compare(place, after) > 0)
    .toSorted((a, b) => compare(a.place, b.place));
  const page = placed.slice(0, limit);
  const last = placed.length > limit ? page.at(-1)?.place : undefined;
  return { rows: page.map(({ row }) => row), next: last && [last.at, last.name] };
}

/** Negative when `a` comes first: it is newer. */
function compare(a: Place, b: Place): number {
  if (a.at !== b.at) return b.at - a.at;
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

function placeFrom([at, name, ...rest]: Cursor): Place {
  if (typeof at === "number" && typeof name === "string" && rest.length === 0) return { at, name };
  throw new TocsinError("ERR_USAGE", "the cursor belongs to another list; begin without one");
}
