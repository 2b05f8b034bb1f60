/** Longest wait that a receiver can ask for, milliseconds: its mistake must not stop a sink for days. */
export const LONGEST_RETRY_AFTER_MS = 15 * 60_000;

/**
 * Milliseconds of a Retry-After in seconds or as an HTTP date (RFC 9110 §10.2.3), at most `longestMs`; undefined when
 * the header is missing or is neither.
 *
 * @param now Epoch milliseconds.
 */
export function parseRetryAfter(
  value: string | undefined,
  now: number,
  longestMs = LONGEST_RETRY_AFTER_MS,
): number | undefined {
  if (value === undefined) return undefined;
  const wait = /^\s*\d+(?:\.\d+)?\s*$/u.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : boundedWait(wait, longestMs);
}

/** A wait in whole milliseconds, from 0 to `longestMs`. */
export function boundedWait(ms: number, longestMs = LONGEST_RETRY_AFTER_MS): number {
  return Math.min(Math.max(0, Math.ceil(ms)), longestMs);
}
