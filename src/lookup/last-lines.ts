import { cutMiddleBytes } from "../lib/cut-middle.ts";
import { cleanText } from "../lib/text.ts";
import { withoutSecrets } from "../lib/without-secrets.ts";

/** Most bytes of the lines of one container, UTF-8. */
const MOST_BYTES = 2048;

/**
 * The last lines of a log, without what looks like a secret, at most 2 KiB. A secret may have many lines, so the filter
 * sees the log before it is cut.
 *
 * @param most Lines.
 */
export function lastLines(log: string, most: number): readonly string[] {
  const lines = withoutSecrets(cleanText(log))
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-most);
  const kept: string[] = [];
  let room = MOST_BYTES;
  for (const line of lines.toReversed()) {
    const bytes = Buffer.byteLength(line) + 1;
    if (bytes > room) {
      // One line that is too long by itself is better cut than left out.
      return kept.length === 0 ? [cutMiddleBytes(line, MOST_BYTES)] : kept;
    }
    kept.unshift(line);
    room -= bytes;
  }
  return kept;
}
