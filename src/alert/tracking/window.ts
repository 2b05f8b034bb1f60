/** Occurrences by time: [start of the bucket in epoch milliseconds, their number]; oldest first, at most 12 buckets. */
export type Window = readonly (readonly [number, number])[];

const BUCKETS = 12;

/**
 * Adds occurrences to a sliding window.
 *
 * A jump of the counter stands for occurrences anywhere in (`since`, `at`]. The window assumes that they are spread
 * evenly, so that 400 after 85 silent minutes are not "400 in 10 minutes": only the share that can lie inside the
 * window counts, and at least 1.
 *
 * @param amount.at Epoch milliseconds. @param withinMs Length of the window, 1 or more.
 */
export function addToWindow(
  window: Window,
  amount: { readonly count: number; readonly since: number; readonly at: number },
  withinMs: number,
): Window {
  const span = amount.at - amount.since;
  const count = span > withinMs ? Math.max(1, Math.floor((amount.count * withinMs) / span)) : amount.count;
  const width = Math.max(1, Math.floor(withinMs / BUCKETS));
  const start = Math.floor(amount.at / width) * width;
  const next = new Map(window);
  next.set(start, (next.get(start) ?? 0) + count);
  return [...next].toSorted(([a], [b]) => a - b).slice(-BUCKETS - 1);
}

/** The number of occurrences in the `withinMs` before `end` (epoch milliseconds). */
export function countInWindow(window: Window, end: number, withinMs: number): number {
  let total = 0;
  for (const [start, count] of window) if (start > end - withinMs) total += count;
  return total;
}
