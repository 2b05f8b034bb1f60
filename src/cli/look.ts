import type { z } from "zod";

import { formatDuration } from "../lib/duration.ts";
import { TocsinError } from "../lib/errors.ts";
import { oneLine } from "../lib/text.ts";
import { utcTime } from "../lib/utc-time.ts";
import type { ExitStatus, Io } from "./io.ts";
import { printJson } from "./print.ts";
import { type Answered, findRemote, type Remote, type RemoteOptions } from "./remote.ts";
import { type Column, toTable } from "./table.ts";
import { unknownNames } from "./unknown-names.ts";

/** Options of a command that lists. */
export interface QueryOptions extends RemoteOptions {
  readonly limit?: number;
}

/** A list of the API, and how people see it. */
export interface Listing<Row> {
  /** Below `/api/v1/`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly schema: z.ZodType<PageOf<Row>>;
  /** @param at When the server answered, epoch milliseconds. */
  readonly columns: (at: number) => readonly Column<Row>[];
  /** One sentence after the rows, or instead of them. */
  readonly sentence: (rows: readonly Row[]) => string;
  /** One more sentence, which another question answers; undefined for none. */
  readonly note?: (remote: Remote) => Promise<string | undefined>;
}

interface PageOf<Row> {
  readonly at: string;
  readonly items: readonly Row[];
  readonly next: string | null;
}

/**
 * Asks a running bridge for a list and prints it.
 *
 * @throws {TocsinError} ERR_USAGE when it is empty because it is about a rule or a sink that the bridge does not have.
 */
export async function look<Row>(listing: Listing<Row>, options: QueryOptions, io: Io): Promise<ExitStatus> {
  const remote = await findRemote(options, io);
  if (remote === undefined) return 2;
  const { path, query, schema, columns, sentence, note } = listing;
  const answer = await remote.get(path, { ...query, limit: options.limit }, schema);
  if (!answer.ok) return complain(answer, io);
  if (options.json === true) {
    printJson(answer.document, io);
    return 0;
  }
  const { at, items, next } = answer.value;
  const unknown = items.length === 0 ? await unknownNames(remote, query) : [];
  if (unknown.length > 0) throw new TocsinError("ERR_USAGE", unknown.join("; "));
  if (items.length > 0) io.stdout(`${toTable(columns(Date.parse(at)), items, io.colour.stdout)}\n`);
  io.stdout(`${sentence(items)}${next === null ? "" : "; there are more (--limit, at most 500)"}\n`);
  const more = await note?.(remote);
  if (more !== undefined) io.stdout(`${oneLine(more)}\n`);
  return 0;
}

/** Prints why a bridge did not answer. */
export function complain(answer: Answered<unknown> & { readonly ok: false }, io: Io): ExitStatus {
  io.stderr(`tocsin: ${answer.sentence}\n`);
  return 1;
}

/** Time since then, `5 min`; "" for never. @param at Now, epoch milliseconds. */
export function age(at: number, instant: string | null): string {
  return instant === null ? "" : formatDuration(at - Date.parse(instant));
}

/** `10:02:31Z, 5 min ago`, with the date on another day. @param at Now, epoch milliseconds. */
export function when(at: number, instant: string): string {
  return `${utcTime(Date.parse(instant), at, "seconds")}, ${age(at, instant)} ago`;
}

/** Time until then, `in 5 min`, or `now`. @param at Now, epoch milliseconds. */
export function until(at: number, instant: string): string {
  const ms = Date.parse(instant) - at;
  return ms <= 0 ? "now" : `in ${formatDuration(ms)}`;
}
