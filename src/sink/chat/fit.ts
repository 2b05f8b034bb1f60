import { cutMiddle } from "../../lib/cut-middle.ts";

/** Code units of a text, as most receivers count it; never less than its code points. */
export const codeUnits = (text: string): number => text.length;

/** UTF-8 bytes of a text, as some receivers count it. */
export const utf8Bytes = (text: string): number => Buffer.byteLength(text);

/**
 * Writes a foreign text as markup that measures at most `limit`. A longer one loses its middle, before it is
 * written: so no cut is inside an entity, an escape or a tag. "" where not even the mark of the cut has room.
 */
export function fit(
  text: string,
  limit: number,
  write: (text: string) => string,
  measure: (markup: string) => number,
): string {
  if (text === "") return "";
  const whole = write(text);
  if (measure(whole) <= limit) return whole;
  let best = "";
  let [tooLong, short] = [text.length, 0];
  // The share that fits of an evenly written text is a good first guess.
  let guess = Math.floor((text.length * Math.max(limit, 0)) / measure(whole));
  while (tooLong - short > 1) {
    const length = Math.min(Math.max(guess, short + 1), tooLong - 1);
    const markup = write(cutMiddle(text, length));
    const measured = measure(markup);
    if (measured <= limit) [best, short] = [markup, length];
    else tooLong = length;
    // A guess that wastes little is good enough.
    if (measured <= limit && limit - measured <= limit / 32) break;
    guess = (short + tooLong) >> 1;
  }
  return best;
}

/** The bytes of a text inside JSON, where a quote, a backslash and a line break take two. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}
