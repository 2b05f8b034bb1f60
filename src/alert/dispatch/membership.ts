import type { AlertState, GroupState } from "../state.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { flushTime } from "./group-timing.ts";

/**
 * Adds an alert that fires, or whose route has changed, to its groups. The groups then wait for more alerts.
 *
 * @param since Epoch milliseconds: the group wait begins then.
 */
export function join(context: DispatchContext, alert: AlertState, since: number): void {
  const { alerts, groups, routes } = context;
  const destinations = routes.destinationsOf(alert).map(({ route, sinks, groupKey, labels }) => {
    const group = groups.get(groupKey) ?? newGroup(groupKey, route.name, labels);
    groups.put({ ...group, flushAt: flushTime(group, route, { alert, since }) });
    // The key of the known group, so that all its alerts share one string.
    return { groupKey: group.key, sinks };
  });
  alerts.patch(alert.fingerprint, { destinations });
  sync(context, alert);
}

/** Schedules a flush of all groups of an alert that has news, as their timers allow. */
export function touch(context: DispatchContext, alert: AlertState): void {
  for (const group of groupsOf(context, alert)) touchGroup(context, group, alert);
  sync(context, alert);
}

/** Schedules a flush of one group of an alert that has news. */
export function touchGroup(
  { groups, routes, now }: DispatchContext,
  group: GroupState,
  alert: AlertState,
): void {
  groups.put({ ...group, flushAt: flushTime(group, routes.of(group), { alert, since: now }) });
}

/** Flushes the groups of all alerts that an ended cause holds back, at `until` at the latest; epoch milliseconds. */
export function freeConsequences(context: DispatchContext, cause: AlertState, until: number): void {
  const { alerts, groups, holds } = context;
  for (const fingerprint of holds.targetsOf(cause)) {
    const target = alerts.get(fingerprint);
    if (target?.inhibited === undefined) continue;
    const soonest = Math.min(target.inhibited.until ?? Infinity, until);
    alerts.patch(fingerprint, { inhibited: { ...target.inhibited, until: soonest } });
    for (const group of groupsOf(context, target))
      groups.put({ ...group, flushAt: Math.min(group.flushAt ?? Infinity, until) });
    sync(context, target);
  }
}

/** Keeps with an alert the two facts about its groups that tracking uses: `isTold` and `firstLookAt`. */
export function sync(context: DispatchContext, { fingerprint }: Pick<AlertState, "fingerprint">): void {
  const alert = context.alerts.get(fingerprint);
  if (alert === undefined) return;
  const groups = groupsOf(context, alert);
  const isTold = groups.some(({ told }) => told.some(({ firing }) => firing[fingerprint] !== undefined));
  const firstLookAt = isTold ? undefined : laterOf(firstLookOf(groups), context.gate.untilOf(fingerprint));
  if (isTold !== alert.isTold || firstLookAt !== alert.firstLookAt)
    context.alerts.patch(fingerprint, { isTold, firstLookAt });
}

/** The groups of an alert; without those that are forgotten. */
export function groupsOf({ groups }: DispatchContext, { destinations }: AlertState): readonly GroupState[] {
  return destinations.flatMap(({ groupKey }) => groups.get(groupKey) ?? []);
}

function firstLookOf(groups: readonly GroupState[]): number | undefined {
  const looks = groups.flatMap(({ held, flushAt, joins = {} }) => {
    const ofGroup = [...(flushAt === undefined ? [] : [flushAt]), ...Object.values(joins)];
    return held === undefined ? ofGroup : [];
  });
  return looks.length === 0 ? undefined : Math.max(...looks);
}

/** The later of two times; an undefined one does not count. */
function laterOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function newGroup(key: string, route: string, labels: Readonly<Record<string, string>>): GroupState {
  return { key, route, labels, told: [], flushAt: undefined, moved: false };
}
