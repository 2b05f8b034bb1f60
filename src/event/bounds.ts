import { cutMiddle } from "../lib/cut-middle.ts";
import { fingerprint } from "../lib/hash.ts";

/**
 * The API server bounds names (253), kinds and reasons (63 to 128) and the note of events.k8s.io (1 KiB), but neither
 * the message of a core/v1 Event nor the fields of its object references: an Event may have 1.5 MB of anything. Texts
 * longer than any honest one are cut here, at the edge.
 */
const LONGEST_IDENTIFIER = 512;
const LONGEST_MESSAGE = 32 * 1024;
const MOST_ENTRIES = 64;
const LONGEST_VALUE = 4096;
const MOST_CHARACTERS = 32 * 1024;

/** Annotations with a meaning for this program. */
const OWN_PREFIX = "tocsin.dev/";

/**
 * Bounds a name. A cut one ends in a hash of the whole, so that two different names stay different; so does one with
 * half of a character, since stores and hashes know no such text.
 */
export function identifier(value: unknown): string {
  if (typeof value !== "string") return "";
  if (value.length <= LONGEST_IDENTIFIER && value.isWellFormed()) return value;
  const mark = `~${fingerprint([value])}`;
  return value.slice(0, LONGEST_IDENTIFIER - mark.length).toWellFormed() + mark;
}

/** Bounds a text for people. */
export function message(value: unknown): string {
  if (typeof value !== "string") return "";
  return value.length <= LONGEST_MESSAGE ? value : cutMiddle(value, LONGEST_MESSAGE);
}

/**
 * Bounds labels or annotations: keeps the entries that are texts, and this program's own first when there is no room
 * for all.
 */
export function entries(value: object): readonly (readonly [string, string])[] {
  const texts = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  let room = MOST_CHARACTERS;
  const fits = ([key, text]: readonly [string, string]): boolean => {
    const length = key.length + Math.min(text.length, LONGEST_VALUE);
    if (key.length > LONGEST_IDENTIFIER || length > room) return false;
    room -= length;
    return true;
  };
  if (texts.length <= MOST_ENTRIES && texts.every(fits)) return texts.map(shortened);
  room = MOST_CHARACTERS;
  const own = texts.filter(([key]) => key.startsWith(OWN_PREFIX));
  const others = texts.filter(([key]) => !key.startsWith(OWN_PREFIX));
  return [...own, ...others].slice(0, MOST_ENTRIES).filter(fits).map(shortened);
}

function shortened([key, text]: readonly [string, string]): readonly [string, string] {
  return [key, text.length <= LONGEST_VALUE ? text : cutMiddle(text, LONGEST_VALUE)];
}
