/** Longest Retry-After that is honoured; a server that asks for more has a wrong clock. */
export const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

/** Milliseconds of a Retry-After header, at most five minutes; undefined for none or nonsense. */
export function retryAfterMs(header: string, now: number): number | undefined {
  if (/^\d+$/u.test(header)) return Math.min(LONGEST_RETRY_AFTER_MS, Number(header) * 1000);
  const at = header === "" ? Number.NaN : Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, at - now));
}
