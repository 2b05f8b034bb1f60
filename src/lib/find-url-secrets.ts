import {
  ALPHANUMERIC,
  type CharacterSet,
  charactersOf,
  LETTERS,
  type Span,
  type TextReader,
} from "./text-reader.ts";

const AUTHORITY_END = charactersOf(" \t\r\n\f\v\"'`<>\\");
const AUTHORITY_OR_HOST_END = charactersOf(" \t\r\n\f\v\"'`<>\\/?#");
const QUERY_END = charactersOf(" \t\r\n\f\v\"'`<>\\|");
const COLON = charactersOf(":");
const AT = charactersOf("@");
const SCHEME = charactersOf("a-zA-Z0-9+.:-");

/** A user name alone is a secret when it is so long: a token in place of a name. */
const SHORTEST_TOKEN = 16;

/** Credentials that a look back finds, in characters. */
const LONGEST_CREDENTIALS = 128;

/** The parts of URLs that count. */
export interface UrlScan {
  /** Whether its whole query is a secret, whatever the names in it. */
  readonly wholeQueries: boolean;
}

/** Finds the credentials and the queries in URLs. */
export function findUrlSecrets(reader: TextReader, { wholeQueries }: UrlScan): readonly Span[] {
  const spans: Span[] = [];
  for (let index = 1; index < reader.length; index += 1) {
    if (reader.has(index, "@tcp(") || reader.has(index, "@unix("))
      spans.push({ start: dsnStart(reader, index), end: index });
    if (!reader.has(index, "://") || !reader.is(index - 1, SCHEME)) continue;
    const from = index + 3;
    const { at, end } = authorityIn(reader, from);
    if (at !== undefined) spans.push({ start: from, end: at });
    index = end - 1;
    if (!wholeQueries) continue;
    const query = queryIn(reader, end);
    if (query.end > query.start) spans.push(query);
    index = Math.max(index, query.end - 1);
  }
  return spans;
}

/** Where the credentials of a DSN of Go's MySQL driver begin, such as `web:…@tcp(db:3306)/shop`. */
function dsnStart(reader: TextReader, at: number): number {
  let start = at;
  while (at - start < LONGEST_CREDENTIALS && start > 0 && !reader.is(start - 1, AUTHORITY_END)) start -= 1;
  return start;
}

/** The `@` that ends the credentials, if there are any that count, and the end of the authority. */
function authorityIn(
  reader: TextReader,
  from: number,
): { readonly at: number | undefined; readonly end: number } {
  const end = reader.find(from, AUTHORITY_OR_HOST_END);
  const colon = firstOf(reader, { start: from, end }, COLON);
  const at = lastAt(reader, { start: from, end }) ?? atBehindSlash(reader, { start: colon ?? end, end });
  if (at === undefined) return { at, end };
  const isSecret = (colon !== undefined && colon < at) || at - from >= SHORTEST_TOKEN;
  return { at: isSecret ? at : undefined, end: reader.find(at, AUTHORITY_OR_HOST_END) };
}

function lastAt(reader: TextReader, { start, end }: Span): number | undefined {
  for (let index = end - 1; index >= start; index -= 1) if (reader.has(index, "@")) return index;
  return undefined;
}

/** A slash in a password ought to be encoded, and often is not. A colon with a number behind it is that of a port. */
function atBehindSlash(reader: TextReader, { start: colon, end }: Span): number | undefined {
  if (!reader.is(colon + 1, LETTERS)) return undefined;
  return firstOf(reader, { start: end, end: Math.min(end + LONGEST_CREDENTIALS, reader.length) }, AT);
}

/** The first such character in a part of a text, before the authority or the whole URL ends. */
function firstOf(reader: TextReader, { start, end }: Span, set: CharacterSet): number | undefined {
  for (let index = start; index < end && !reader.is(index, AUTHORITY_END); index += 1) {
    if (reader.is(index, set)) return index;
    if (reader.has(index, "://")) return undefined;
  }
  return undefined;
}

/** The query of the URL whose path begins at `from`; empty where it has none. */
function queryIn(reader: TextReader, from: number): Span {
  let index = from;
  while (index < reader.length && !reader.is(index, QUERY_END)) {
    // The next URL has a scan of its own.
    if (reader.has(index, "?") || reader.has(index, "://")) break;
    index += 1;
  }
  if (!reader.has(index, "?")) return { start: index, end: index };
  const start = index + 1;
  // Without a name and a value it is the end of a question; only of a query is the end looked for.
  return { start, end: reader.is(start, ALPHANUMERIC) ? reader.find(start, QUERY_END) : start };
}
