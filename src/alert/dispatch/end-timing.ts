import { timerFor } from "../routing/route-timers.ts";
import type { AlertState, GroupState } from "../state.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { groupsOf, sync } from "./membership.ts";
import { partEndsAt } from "./part-ends.ts";
import { isLasting } from "./view.ts";

/** Ends that the state of objects has shown for a while wait this long for others that were seen by the same looks. */
const PROVEN_WAIT_MS = 5000;

/**
 * Schedules a flush of the groups of an alert that has ended. The last end of a group does not wait for `groupInterval`,
 * and hardly at all when the state of its objects has shown it for a while; others wait to be told together.
 */
export function touchEnd(context: DispatchContext, alert: AlertState): void {
  const { alerts, groups, routes, now } = context;
  for (const group of groupsOf(context, alert)) {
    const route = routes.of(group);
    const wait = route === undefined ? 0 : timerFor(route.groupWait, alert.severity);
    // While others go on, the flush finds out whether they end meanwhile too.
    const isSoon = alert.well !== undefined && !goesOn(group, alerts.ofGroup(group.key));
    const at = now + (isSoon ? Math.min(wait, PROVEN_WAIT_MS) : wait);
    groups.put({ ...group, flushAt: Math.min(group.flushAt ?? Infinity, at) });
  }
  sync(context, alert);
}

/** Whether a group that was told has an alert that lasts and fires. */
export function goesOn({ told }: GroupState, alerts: readonly AlertState[]): boolean {
  return alerts.some(
    (alert) =>
      alert.phase === "firing" &&
      isLasting(alert) &&
      told.some(({ firing }) => firing[alert.fingerprint] !== undefined),
  );
}

/** When these ends of a group that goes on are told in a message of their own; epoch milliseconds, or infinity. */
export function partTime({ told }: GroupState, ended: readonly AlertState[]): number {
  const times = told.map((entry) => {
    const ofSink = ended.filter(({ fingerprint }) => entry.firing[fingerprint] !== undefined);
    return partEndsAt(ofSink, entry) ?? Infinity;
  });
  return Math.min(...times);
}
