/** Instructions of a class of Unicode, which holds hundreds of ranges. */
const UNICODE_CLASS = 10;

const REPEAT = /^\{(\d+)(?:,(\d*))?\}/u;

/**
 * About how many instructions RE2 makes of a pattern: counted repetitions are copies there, so a short pattern may be a
 * program of a million. It is an estimate from above that takes no longer than the pattern is long.
 */
export function patternSize(source: string): number {
  /** Sizes of the open groups, the innermost one last. */
  const groups = [0];
  let last = 0;
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at);
    const repeat = REPEAT.exec(rest);
    if (repeat !== null) {
      const [whole, least = "0", most] = repeat;
      const copies = Math.max(Number(least), Number(most ?? least), 1);
      add(groups, last * (copies - 1));
      last *= copies;
      at += whole.length;
      continue;
    }
    const token = /^(?:\\[pP](?:\{[^}]*\}|.)|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.)/su.exec(rest)?.[0] ?? " ";
    at += token.length;
    if (token === "(") {
      groups.push(0);
      last = 0;
    } else if (token === ")") {
      last = groups.length > 1 ? (groups.pop() ?? 0) : 0;
      add(groups, last);
    } else if (!/^[*+?]$/u.test(token)) {
      last = /\\[pP]/u.test(token) ? UNICODE_CLASS : 1;
      add(groups, last);
    }
  }
  return groups.reduce((sum, size) => sum + size, 0);
}

function add(groups: number[], size: number): void {
  groups[groups.length - 1] = (groups.at(-1) ?? 0) + size;
}
