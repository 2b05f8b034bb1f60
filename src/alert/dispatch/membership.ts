import type { Inhibition } from "../hold.ts";
import type { AlertState, GroupState } from "../state.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { flushTime } from "./group-timing.ts";
import { holdQuestion } from "./hold-question.ts";

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

/**
 * Whether anybody has heard of an alert: a sink was sent it, or a person, a time or a cause of its own holds it back, or it
 * waits for a digest, which tells also what came and went.
 */
export function isHeardOf(context: DispatchContext, alert: AlertState): boolean {
  if (alert.isTold) return true;
  return groupsOf(context, alert).some(
    (group) =>
      group.waiting !== undefined || context.holds.holdOf(alert, holdQuestion(context, group)) !== undefined,
  );
}

/** Flushes the groups of all alerts that an ended cause holds back, at `until` at the latest; epoch milliseconds. */
export function freeConsequences(context: DispatchContext, cause: AlertState, until: number): void {
  const { alerts, groups, holds } = context;
  for (const fingerprint of holds.targetsOf(cause)) {
    const target = alerts.get(fingerprint);
    if (target?.inhibited === undefined) continue;
    const soonest = Math.min(target.inhibited.until ?? Infinity, until);
    const endedAt = target.inhibited.endedAt ?? cause.endedAt ?? cause.resolvedAt;
    alerts.patch(fingerprint, { inhibited: { ...target.inhibited, until: soonest, endedAt } });
    for (const group of groupsOf(context, target))
      groups.put({ ...group, flushAt: Math.min(group.flushAt ?? Infinity, until) });
    sync(context, target);
  }
}

/**
 * Lets go of the alerts that a cause held back, as if it had never been: it ended, and nobody was told of it. Their groups
 * wait for `groupWait` again, in which what is over may end. An alert that was expected stays held back until it happens
 * again.
 */
export function releaseConsequences(context: DispatchContext, cause: AlertState): void {
  const { alerts, holds, now } = context;
  for (const fingerprint of holds.targetsOf(cause)) {
    const target = alerts.get(fingerprint);
    if (target?.inhibited === undefined) continue;
    const past = holds.isExpected(target) ? { ...target.inhibited, until: now, endedAt: now } : undefined;
    alerts.patch(fingerprint, { inhibited: past });
    touch(context, target);
  }
}

/** Keeps with an alert the cause that holds it back now, so that the alert can be found when the cause ends. */
export function recordInhibition(
  { alerts }: DispatchContext,
  { fingerprint, inhibited }: AlertState,
  inhibition: Inhibition | undefined,
): void {
  if (JSON.stringify(inhibited) !== JSON.stringify(inhibition))
    alerts.patch(fingerprint, { inhibited: inhibition });
}

/** Keeps the cause of an alert that fires, so that the message of the cause counts it before its own group is due. */
export function recordCause(context: DispatchContext, { fingerprint }: AlertState): void {
  const alert = context.alerts.get(fingerprint);
  if (alert === undefined) return;
  for (const group of groupsOf(context, alert)) {
    const hold = context.holds.holdOf(alert, holdQuestion(context, group));
    if (hold?.inhibition !== undefined) recordInhibition(context, alert, hold.inhibition);
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

/** A group without alerts, that no sink was sent. */
export function newGroup(key: string, route: string, labels: Readonly<Record<string, string>>): GroupState {
  return { key, route, labels, told: [], flushAt: undefined, moved: false };
}
