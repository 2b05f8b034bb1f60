import type { Occurrence } from "./occurrence.ts";

/** How far the clock of a writer may be ahead of ours before it is not believed. */
const MOST_AHEAD_MS = 5 * 60_000;

/**
 * The occurrence with times that can be: nothing happened long after we heard of it. One writer whose clock is a day
 * ahead would else have the last word in every text for a day.
 */
export function punctual(occurrence: Occurrence): Occurrence {
  const latest = occurrence.receivedAt + MOST_AHEAD_MS;
  const { event, since } = occurrence;
  if (event.lastSeenAt <= latest && event.firstSeenAt <= latest) return occurrence;
  return {
    ...occurrence,
    since: Math.min(since, latest),
    event: {
      ...event,
      firstSeenAt: Math.min(event.firstSeenAt, latest),
      lastSeenAt: Math.min(event.lastSeenAt, latest),
    },
  };
}
