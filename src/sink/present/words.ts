import { cutMiddle } from "../../lib/cut-middle.ts";
import { formatDuration } from "../../lib/duration.ts";
import { oneLine } from "../../lib/text.ts";

/** An instant inside a text: each sink writes it in its own way. */
export interface Instant {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Minutes unless told otherwise. */
  readonly precision?: "seconds";
}

/** A text, not escaped, with instants left open: escape the strings, then write the instants. */
export type TimedText = readonly (string | Instant)[];

/** Joins the words and writes each part with the given functions. */
export function spell(
  words: TimedText,
  write: {
    readonly text?: (text: string) => string;
    readonly instant: (at: number, precision: Instant["precision"]) => string;
  },
): string {
  const { text = String, instant } = write;
  return words
    .map((word) => (typeof word === "string" ? text(word) : instant(word.at, word.precision)))
    .join("");
}

/** Makes one line of a foreign text, at most `limit` code units; a megabyte of it costs no more than some lines. */
export function shortLine(text: string, limit: number): string {
  return cutMiddle(oneLine(cutMiddle(text, 4 * limit)), limit);
}

/** `8 min`; "" when both ends are the same second or one is no instant. */
export function lasted(from: number, to: number): string {
  return to - from >= 1000 ? formatDuration(to - from) : "";
}

/** `1 pod`, `3 network policies`: a Kubernetes kind as a counted word. */
export function counted(count: number, kind: string): string {
  const word = kindWord(kind);
  return `${count} ${count === 1 ? word : plural(word)}`;
}

/** `PersistentVolumeClaim` → `persistent volume claim`. */
function kindWord(kind: string): string {
  const spaced = kind.replaceAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/gu, " ");
  return spaced === "" ? "object" : spaced.toLowerCase();
}

function plural(word: string): string {
  if (/[^s]s$/u.test(word)) return word;
  if (/(?:ss|x|ch|sh)$/u.test(word)) return `${word}es`;
  return /[^aeiou]y$/u.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}
