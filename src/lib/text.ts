import { ESCAPE_SEQUENCES } from "./escape-sequences.ts";
import { UNSEEN_MARKS } from "./unseen-marks.ts";

/** The mark of a cut text; it counts towards the limit. */
const ELLIPSIS = "…";

/**
 * Cuts a text to at most `limit` UTF-16 code units, between code points, with `…` inside the limit. Lone surrogates
 * become U+FFFD, as they would on the wire.
 */
export function truncate(text: string, limit: number): string {
  const whole = text.toWellFormed();
  if (whole.length <= limit) return whole;
  if (limit <= 0) return "";
  let end = limit - ELLIPSIS.length;
  if (isHighSurrogate(whole.charCodeAt(end - 1))) end -= 1;
  return whole.slice(0, end) + ELLIPSIS;
}

/** As `truncate`, with the limit in UTF-8 bytes. */
export function truncateBytes(text: string, limit: number): string {
  const whole = text.toWellFormed();
  // A UTF-16 unit has three bytes at most, so that a short text need not be measured.
  if (whole.length * 3 <= limit || Buffer.byteLength(whole) <= limit) return whole;
  let room = limit - Buffer.byteLength(ELLIPSIS);
  if (room < 0) return "";
  let end = 0;
  for (const point of whole) {
    room -= Buffer.byteLength(point);
    if (room < 0) break;
    end += point.length;
  }
  return whole.slice(0, end) + ELLIPSIS;
}

/**
 * Replaces control characters except newline and tab by spaces, and removes escape sequences and marks that nobody sees.
 */
export function cleanText(text: string): string {
  return (
    text
      .toWellFormed()
      .replaceAll("\r\n", "\n")
      .replaceAll(ESCAPE_SEQUENCES, "")
      // oxlint-disable-next-line no-control-regex -- control characters are what is removed here
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/gu, " ")
      .replaceAll(UNSEEN_MARKS, "")
  );
}

/** `cleanText`, folded to one line without blanks at its ends. */
export function oneLine(text: string): string {
  return cleanText(text).replaceAll(/\s+/gu, " ").trim();
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
