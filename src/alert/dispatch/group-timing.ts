import type { Hold } from "../hold.ts";
import type { Route } from "../route.ts";
import { LONGEST_REPEAT_MS, SHORTEST_REPEAT_MS, timerFor } from "../routing/route-timers.ts";
import type { AlertState, GroupState } from "../state.ts";

/**
 * The time at which a group with news is flushed: `groupWait` after the news, and `groupInterval` after its last
 * message at the earliest. Epoch milliseconds.
 *
 * @param route Undefined when a reload has removed it: then the group is flushed at once.
 */
export function flushTime(
  group: GroupState,
  route: Route | undefined,
  news: { readonly alert: Pick<AlertState, "severity">; readonly since: number },
): number {
  const { alert, since } = news;
  if (route === undefined) return since;
  const waited = since + timerFor(route.groupWait, alert.severity);
  const lastAt = Math.max(...group.told.map((told) => told.lastAt));
  const spaced = Math.max(waited, lastAt + timerFor(route.groupInterval, alert.severity));
  return Math.min(group.flushAt ?? Infinity, spaced);
}

/** The time of the next repeat: the interval doubles while nothing changes, up to a day. Epoch milliseconds. */
export function nextRepeatAt(now: number, intervalMs: number, repeats: number): number {
  const interval = Math.max(SHORTEST_REPEAT_MS, intervalMs);
  const longest = Math.max(LONGEST_REPEAT_MS, interval);
  return now + Math.min(longest, interval * 2 ** Math.min(repeats, 20));
}

/** The time at which the first of these holds ends, epoch milliseconds; undefined when none has a known end. */
export function lookAgainAt(holds: readonly Hold[]): number | undefined {
  const at = Math.min(...holds.map(({ until }) => until ?? Infinity));
  return Number.isFinite(at) ? at : undefined;
}
