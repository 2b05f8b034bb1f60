import { UNSEEN_MARKS } from "./unseen-marks.ts";

/** JSON leaves these as they are: a terminal obeys the first ones, a reader of lines the other two. */
const LIVE = /[\u007f-\u009f\u2028\u2029]/gu;

/**
 * The same JSON with `\u…` for characters that a terminal or a reader of lines may obey, and for those that nobody
 * sees. They stand only inside strings there, so a parser finds the same values.
 */
export function plainJson(json: string): string {
  return json.replaceAll(LIVE, escapeUnits).replaceAll(UNSEEN_MARKS, escapeUnits);
}

function escapeUnits(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
