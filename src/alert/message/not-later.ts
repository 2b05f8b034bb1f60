import { changed } from "../kept-alert.ts";
import type { AlertState } from "../state.ts";

/**
 * The alert without a time later than `now`, epoch milliseconds: the clock of a writer may be minutes ahead of ours, and
 * nobody believes what is dated in the future.
 */
export function notLater(alert: AlertState, now: number): AlertState {
  const { event, members } = alert;
  const isPast = [alert, event, ...members].every(
    ({ firstSeenAt, lastSeenAt }) => firstSeenAt <= now && lastSeenAt <= now,
  );
  if (isPast) return alert;
  return changed(alert, {
    ...timesOf(alert, now),
    event: { ...event, ...timesOf(event, now) },
    members: members.map((member) => ({ ...member, ...timesOf(member, now) })),
  });
}

interface Times {
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

function timesOf({ firstSeenAt, lastSeenAt }: Times, now: number): Times {
  return { firstSeenAt: Math.min(firstSeenAt, now), lastSeenAt: Math.min(lastSeenAt, now) };
}
