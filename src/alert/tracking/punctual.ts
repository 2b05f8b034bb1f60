import type { Occurrence } from "../../event/index.ts";

/** The farthest that a writer's clock may be ahead of ours before its times are cut. */
const MOST_AHEAD_MS = 5 * 60_000;

/**
 * Cuts times of an occurrence that lie far after its arrival. Otherwise the event of a writer whose clock is a day
 * ahead would stay the newest event of its alert for a day.
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
