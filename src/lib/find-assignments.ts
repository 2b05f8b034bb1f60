import { isHarmlessValue } from "./is-harmless-value.ts";
import { kindOfName, LONGEST_NAME, type NameKind } from "./secret-names.ts";
import {
  ALPHANUMERIC,
  BLANK,
  charactersOf,
  DIGITS,
  LETTERS,
  type Span,
  SPACE,
  type TextReader,
} from "./text-reader.ts";

const NAME = charactersOf("a-zA-Z0-9_.-");
const CLOSERS = charactersOf("\"'`\\])");
const QUOTES = charactersOf("\"'`");
const OPENERS = charactersOf("\"'`\\[({");
const SEPARATORS = charactersOf("=:>~");
const LINE_END = charactersOf("\r\n");
const TAG = charactersOf("<\r\n");
const VALUE_END = charactersOf(" \t\r\n\f\v\"'`<>");
const LIST_END = charactersOf("&;,)}]|\\");
const QUERY = charactersOf("?&");

/** Most characters of each part between a name and its value; of a value, those that are judged. */
const MOST_CLOSERS = 4;
const MOST_BLANKS = 16;
const MOST_JUDGED = 64;

const SCHEMES = "Bearer Basic Token Digest ApiKey Api-Key Negotiate Hawk Splunk GenieKey SSWS DSN".split(" ");

/** Finds the values of names that have secrets: `password=…`, `"api_key": "…"`, `--token …`, `<secret>…`. */
export function findAssignments(reader: TextReader): readonly Span[] {
  const spans: Span[] = [];
  for (let index = 0; index < reader.length; index += 1) {
    if (!reader.is(index, NAME)) continue;
    const end = reader.skip(index, NAME);
    const name = { start: Math.max(index, end - LONGEST_NAME), end };
    const value = valueOf(reader, name);
    if (value !== undefined && value.isSecret) spans.push(value.span);
    index = Math.max(end, value?.span.end ?? 0) - 1;
  }
  return spans;
}

/** A value behind the name of a secret. */
interface Value {
  readonly span: Span;
  readonly isSecret: boolean;
}

function valueOf(reader: TextReader, { start, end }: Span): Value | undefined {
  const kind = kindOfName(reader.slice(start, end), reader.is(start - 1, QUERY));
  if (kind === "none") return undefined;
  const place = placeOf(reader, { start, end }, kind);
  return place && readValue(reader, place, kind);
}

/** The beginning of a value. */
interface Place {
  readonly from: number;
  readonly mayBeProse: boolean;
  /** Whether it goes up to the next tag. */
  readonly isElement: boolean;
}

/** The place behind the separator of a name; undefined where none follows. */
function placeOf(reader: TextReader, name: Span, kind: NameKind): Place | undefined {
  const { start, end } = name;
  if (reader.has(end, ">") && (reader.has(start - 1, "<") || reader.has(start - 1, ":")))
    return { from: end + 1, mayBeProse: false, isElement: true };
  const separator = reader.skip(reader.skip(end, CLOSERS, MOST_CLOSERS), BLANK, MOST_BLANKS);
  const from = reader.skip(separator, SEPARATORS, 2);
  if (from > separator && !reader.has(separator, ">") && !reader.has(separator, "=="))
    return {
      from,
      mayBeProse: reader.has(separator, ":") && reader.is(from, SPACE),
      isElement: false,
    };
  return argumentPlace(reader, name, separator) ?? quotedPlace(reader, name, { separator, kind });
}

/** The place of the next argument, behind `--token `, and of the value in a list of names and values. */
function argumentPlace(reader: TextReader, { start, end }: Span, separator: number): Place | undefined {
  const named = valueKeyEnd(reader, separator);
  if (named !== undefined) return { from: named, mayBeProse: false, isElement: false };
  if (!reader.has(start, "--") || reader.has(separator, "-")) return undefined;
  if (reader.has(separator, ",")) return { from: separator + 1, mayBeProse: false, isElement: false };
  if (!reader.is(end, BLANK) || isVariable(reader, separator)) return undefined;
  return { from: separator, mayBeProse: false, isElement: false };
}

/** Whether the help of a program names a value there: `TOKEN_FILE`. */
function isVariable(reader: TextReader, from: number): boolean {
  return /^[A-Z]+(?:_[A-Z]+)*$/u.test(reader.slice(from, reader.skip(from, NAME, LONGEST_NAME)));
}

/** `PASSWORD '…'`, as statements have it. */
function quotedPlace(
  reader: TextReader,
  { end }: Span,
  { separator, kind }: { readonly separator: number; readonly kind: NameKind },
): Place | undefined {
  const isQuoted = kind === "password" && reader.is(end, BLANK) && reader.is(separator, QUOTES);
  return isQuoted ? { from: separator, mayBeProse: false, isElement: false } : undefined;
}

/** The end of `, "value": `, as lists of names and values have it. */
function valueKeyEnd(reader: TextReader, from: number): number | undefined {
  const comma = reader.skip(from, charactersOf(" ,}\t"), MOST_BLANKS);
  const quote = reader.skip(comma, CLOSERS, 2);
  if (!reader.has(quote, "value") && !reader.has(quote, "Value")) return undefined;
  const closed = reader.skip(quote + "value".length, CLOSERS, 2);
  const separator = reader.skip(closed, BLANK, MOST_BLANKS);
  const end = reader.skip(separator, SEPARATORS, 2);
  return end > separator ? end : undefined;
}

function readValue(
  reader: TextReader,
  { from, mayBeProse, isElement }: Place,
  kind: Exclude<NameKind, "none">,
): Value | undefined {
  const typed = typeEnd(reader, reader.skip(from, BLANK, MOST_BLANKS));
  const opened = openedEnd(reader, typed);
  const start = schemeEnd(reader, opened);
  const quote = reader.is(opened - 1, QUOTES) ? opened - 1 : undefined;
  const end = isElement
    ? reader.find(start, TAG)
    : quote === undefined
      ? plainEnd(reader, start, kind)
      : quotedEnd(reader, quote, start);
  if (end <= start) return undefined;
  const place = {
    kind,
    mayBeProse: mayBeProse && start === opened,
    isQuoted: quote !== undefined,
    hasWordBehind: reader.has(end, " ") && reader.is(end + 1, LETTERS),
  };
  const judged = reader.slice(start, Math.min(end, start + MOST_JUDGED));
  return { span: { start, end }, isSecret: !isHarmlessValue(judged, place) };
}

/** Behind the quotes and brackets that open a value; in the middle of two quotes that have nothing between them. */
function openedEnd(reader: TextReader, from: number): number {
  const most = reader.skip(from, OPENERS, MOST_CLOSERS);
  for (let index = from; index < most; index += 1) if (reader.is(index, QUOTES)) return index + 1;
  return most;
}

/** Behind a type such as `string(7) `, which PHP writes before a value. */
function typeEnd(reader: TextReader, from: number): number {
  if (!reader.has(from, "string(")) return from;
  const digits = reader.skip(from + "string(".length, DIGITS, 6);
  return reader.has(digits, ") ") ? digits + 2 : from;
}

function schemeEnd(reader: TextReader, from: number): number {
  const end = reader.skip(from, charactersOf("a-zA-Z-"), 12);
  const word = reader.slice(from, end).toLowerCase();
  if (!SCHEMES.some((scheme) => scheme.toLowerCase() === word) || !reader.is(end, BLANK)) return from;
  return reader.skip(end, BLANK, MOST_BLANKS);
}

/** The end of a value in quotes: the same quote, without a backslash unless it opened with one. */
function quotedEnd(reader: TextReader, quote: number, from: number): number {
  const isEscaped = reader.has(quote - 1, "\\");
  for (let index = from; index < reader.length; index += 1) {
    if (reader.is(index, LINE_END)) return index;
    if (reader.has(index, "\\")) {
      if (isEscaped && reader.codeAt(index + 1) === reader.codeAt(quote)) return index;
      index += 1;
    } else if (reader.codeAt(index) === reader.codeAt(quote)) return index;
  }
  return reader.length;
}

function plainEnd(reader: TextReader, from: number, kind: NameKind): number {
  if (kind === "header" && isWholeLine(reader, from)) return lineEnd(reader, from);
  let index = from;
  while (index < reader.length && !reader.is(index, VALUE_END)) {
    if (reader.is(index, LIST_END) && endsList(reader, index)) break;
    index += 1;
  }
  return index;
}

/** Cookies and signatures have several parts, with blanks between them. */
function isWholeLine(reader: TextReader, from: number): boolean {
  const name = reader.skip(from, NAME, MOST_JUDGED);
  return reader.has(name, "=") || reader.is(name, BLANK);
}

/** The end of the line, or of the quotes that the whole header stands in. */
function lineEnd(reader: TextReader, from: number): number {
  let index = from;
  while (index < reader.length && !reader.is(index, LINE_END)) {
    if (reader.is(index, QUOTES)) {
      if (!reader.has(index - 1, "=")) return index;
      index = quotedEnd(reader, index, index + 1);
    }
    index += 1;
  }
  return Math.min(index, reader.length);
}

/** Whether the value ends before this character of a list: the end, a blank or the next name follows. */
function endsList(reader: TextReader, index: number): boolean {
  const next = reader.skip(index, LIST_END, MOST_CLOSERS);
  if (next >= reader.length || reader.is(next, VALUE_END)) return true;
  const name = reader.skip(next, NAME, LONGEST_NAME);
  return name > next && reader.is(next, ALPHANUMERIC) && (reader.has(name, "=") || reader.has(name, ":"));
}
