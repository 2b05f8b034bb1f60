import { setImmediate } from "node:timers/promises";

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

/**
 * One page of rows in the order of their names.
 *
 * @throws {TocsinError} ERR_USAGE when the cursor is of another list.
 */
export function pageByName<Row extends { readonly name: string }>(
  rows: Iterable<Row>,
  { limit, cursor }: { readonly limit: number; readonly cursor?: Cursor | undefined },
): Page<Row> {
  const after = cursor === undefined ? undefined : nameFrom(cursor);
  const behind = [...rows]
    .filter(({ name }) => after === undefined || name > after)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const page = behind.slice(0, limit);
  const last = behind.length > limit ? page.at(-1) : undefined;
  return { rows: page, next: last && [last.name] };
}

function nameFrom([name, ...rest]: Cursor): string {
  if (typeof name === "string" && rest.length === 0) return name;
  throw new TocsinError("ERR_USAGE", "the cursor belongs to another list; begin without one");
}

/**
 * Reads a list to its end, page by page; other work runs in between.
 *
 * @param gone Ends it before its next page. @throws {Error} AbortError then.
 */
export async function* allPages<Row>(
  read: (after: Cursor | undefined) => Promise<Page<Row>>,
  gone?: AbortSignal,
): AsyncIterable<readonly Row[]> {
  for (let page = await read(undefined); ; page = await read(page.next)) {
    yield page.rows;
    if (page.next === undefined) return;
    await setImmediate(undefined, { signal: gone });
  }
}
