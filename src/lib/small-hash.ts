import { randomInt } from "node:crypto";

/** Small integers, which V8 keeps in a map itself. */
const MOST = 2 ** 30;

/**
 * Odd and not known to anybody, so that nobody can choose names that fall together. It decides no answer, since callers
 * check what they find.
 */
const FACTOR = 2 * randomInt(MOST / 4, MOST / 2) + 1;

/** The hash of a text, below 2^30: the same in one process only. Two texts may have the same one. */
export function smallHash(text: string): number {
  let hash = text.length;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), FACTOR);
    hash ^= hash >>> 15;
  }
  return hash & (MOST - 1);
}
