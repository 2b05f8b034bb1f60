import { SECRET_TOKENS, TELEGRAM, type TokenShape } from "./secret-tokens.ts";
import {
  ALPHANUMERIC,
  type CharacterSet,
  charactersOf,
  DIGITS,
  type Span,
  type TextReader,
} from "./text-reader.ts";

const OPAQUE = charactersOf("a-zA-Z0-9+/=_~-");
const UPPER = charactersOf("A-Z");
const LOWER = charactersOf("a-z");
const SLASH = charactersOf("/");
const NOT_BASE64 = charactersOf("_~-");
const LATER_MIXED = charactersOf("A-Z0-9");

/** Lengths of values that have no mark: the secret key of AWS, the client secret of Azure, and base64 that is a key. */
const SHORTEST_OPAQUE = 34;
const AWS_LENGTH = 40;
const LONGEST_AZURE = 44;
const SHORTEST_BASE64 = 60;

/** Characters in which a mixed value shows itself. */
const MOST_LOOKED_AT = 48;

/** By first character. */
const BY_FIRST = Map.groupBy(SECRET_TOKENS, ({ lead }) => lead.charCodeAt(0));

/** Finds values that show by themselves that they are secrets. */
export function findTokens(reader: TextReader): readonly Span[] {
  const spans: Span[] = [];
  for (let index = 0; index < reader.length; index += 1) {
    const isInside = reader.is(index - 1, ALPHANUMERIC);
    if (isInside) continue;
    const end = tokenEnd(reader, index) ?? telegramEnd(reader, index) ?? opaqueEnd(reader, index);
    if (end === undefined) continue;
    spans.push({ start: index, end });
    index = end - 1;
  }
  return spans;
}

function tokenEnd(reader: TextReader, start: number): number | undefined {
  const first = BY_FIRST.get(reader.codeAt(start)) ?? [];
  const ends = first.flatMap((shape) => shapeEnd(reader, start, shape) ?? []);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

function shapeEnd(reader: TextReader, start: number, shape: TokenShape): number | undefined {
  const { lead, run, min, isExact = false, isMixed = false } = shape;
  if (!reader.has(start, lead)) return undefined;
  const from = start + lead.length;
  if (reader.skip(from, run, min) - from < min) return undefined;
  if (isExact) return reader.is(from + min, ALPHANUMERIC) ? undefined : from + min;
  return isMixed && !hasMixed(reader, from, run) ? undefined : reader.skip(from, run);
}

/** A bounded look, for many shapes may begin in one run that is plain. */
function hasMixed(reader: TextReader, from: number, run: TokenShape["run"]): boolean {
  const end = reader.skip(from, run, MOST_LOOKED_AT);
  for (let index = from + 1; index < end; index += 1) if (reader.is(index, LATER_MIXED)) return true;
  return false;
}

/** `123456789:AA…`, also behind `/bot`. */
function telegramEnd(reader: TextReader, start: number): number | undefined {
  const { id, shortestId, longestId, separator, run, min } = TELEGRAM;
  const from = reader.has(start, "bot") ? start + 3 : start;
  const colon = reader.skip(from, id, longestId);
  if (colon - from < shortestId || !reader.has(colon, separator)) return undefined;
  const end = reader.skip(colon + 1, run);
  return end - colon - 1 < min ? undefined : end;
}

/** Keys without any mark: those of AWS and Azure, and long base64. Only the begin of a run is looked at. */
function opaqueEnd(reader: TextReader, start: number): number | undefined {
  if (reader.is(start - 1, OPAQUE)) return undefined;
  const end = reader.skip(start, OPAQUE);
  return end - start >= SHORTEST_OPAQUE && isOpaque(reader, start, end) ? end : undefined;
}

function isOpaque(reader: TextReader, start: number, end: number): boolean {
  const length = end - start;
  const count = (set: CharacterSet): number => {
    let found = 0;
    for (let index = start; index < end; index += 1) if (reader.is(index, set)) found += 1;
    return found;
  };
  if (length <= LONGEST_AZURE && hasAzureMark(reader, start)) return true;
  if (length !== AWS_LENGTH && length < SHORTEST_BASE64) return false;
  if (length === AWS_LENGTH && count(NOT_BASE64) > 0) return false;
  // Paths have many slashes; names and hashes are not of all three kinds.
  return count(UPPER) >= 5 && count(LOWER) >= 5 && count(DIGITS) >= 2 && count(SLASH) * 12 <= length;
}

/** Client secrets of Azure have a digit and `Q~` behind three characters, as the rule of gitleaks for them says. */
function hasAzureMark(reader: TextReader, start: number): boolean {
  return reader.has(start + 4, "Q~");
}
