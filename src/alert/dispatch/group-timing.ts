import type { Hold } from "../hold.ts";
import type { Route } from "../route.ts";
import { LONGEST_REPEAT_MS, SHORTEST_REPEAT_MS, timerFor } from "../routing/route-timers.ts";
import type { AlertState, GroupState } from "../state.ts";

/**
 * When a group with news is looked at: `groupWait` after the news, and in a group that was told something not sooner
 * than `groupInterval` after that. Epoch milliseconds.
 *
 * @param route Undefined when a reload has removed it: the group is looked at at once then.
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

/** When the next repeat is due: the interval doubles while nothing changes, up to a day. Epoch milliseconds. */
export function nextRepeatAt(now: number, intervalMs: number, repeats: number): number {
  const interval = Math.max(SHORTEST_REPEAT_MS, intervalMs);
  const longest = Math.max(LONGEST_REPEAT_MS, interval);
  return now + Math.min(longest, interval * 2 ** Math.min(repeats, 20));
}

/** When a group is to be looked at again because of what holds news of it back; undefined: nothing does. */
export function lookAgainAt(holds: readonly Hold[]): number | undefined {
  const at = Math.min(...holds.map(({ until }) => until ?? Infinity));
  return Number.isFinite(at) ? at : undefined;
}
