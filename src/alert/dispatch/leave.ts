import type { Timetable } from "../../lib/timetable.ts";
import type { UntoldReason } from "../ended-alert.ts";
import type { Suppression } from "../observer.ts";
import type { SinkPolicy } from "../policy.ts";
import type { AlertState, GroupState } from "../state.ts";
import { muteOf } from "../suppression/mute.ts";
import { addresseeOf } from "./addressee.ts";
import { describeMissed } from "./deliveries.ts";
import type { DispatchContext } from "./dispatch-context.ts";
import { holdQuestion } from "./hold-question.ts";
import { keepEnded } from "./keep-ended.ts";
import { sentTo } from "./sent-state.ts";
import { isSevereEnough, wantsEnd } from "./view.ts";

/**
 * Removes an alert from its groups and from the book: it is over, and no sink gets another message about it.
 *
 * @param reason The reason for occurrences that have no decision yet. @param isHeard Whether anybody heard of it: then it
 * may go on as the cause of late alerts.
 */
export function leave(
  context: DispatchContext,
  alert: AlertState,
  reason: Suppression,
  isHeard: boolean,
): void {
  const { alerts, decisions, holds, policy, now } = context;
  if (alert.destinations.length === 0) decisions.recordUnsent(alert, reason, now);
  for (const { groupKey, sinks } of alert.destinations) {
    for (const name of sinks) {
      const sink = policy.sinks.get(name);
      const isTooMild = sink !== undefined && !isSevereEnough(alert, sink);
      decisions.recordHeldBack(alert, { groupKey, sink: name, now }, isTooMild ? "min_severity" : reason);
    }
  }
  keepEnded(context, alert, untoldReason(context, alert, reason));
  alerts.patch(alert.fingerprint, { leaves: isHeard && holds.remembers(alert) ? "remembered" : "forgotten" });
  leaveGroups(context, alert);
}

/** Why nobody was told of an alert that leaves, should that be so: the first reason that is no choice of the sink. */
function untoldReason(context: DispatchContext, alert: AlertState, reason: Suppression): UntoldReason {
  const reasons = alert.destinations.flatMap(({ groupKey, sinks }) => {
    const group = context.groups.get(groupKey);
    const hold = group && context.holds.holdOf(alert, holdQuestion(context, group));
    return sinks.map((name): UntoldReason => {
      const sink = context.policy.sinks.get(name);
      if (sink !== undefined && !isSevereEnough(alert, sink)) return "min_severity";
      // A decision for a sink that was not told: the hold of the last flush, which may have ended with the alert.
      const held = alert.accounted[name] === undefined ? undefined : group?.held;
      // "repeat" stands for what the sinks have.
      return hold?.reason ?? held ?? (reason === "repeat" ? unsentReason(alert) : reason);
    });
  });
  return reasons.find((each) => each !== "min_severity") ?? reasons[0] ?? "no_sink";
}

/** Why an alert that has ended was never sent. */
export function unsentReason({ resolvedBy }: Pick<AlertState, "resolvedBy">): Suppression {
  return BY_STATE.get(resolvedBy?.how) ?? "cleared_before_notice";
}

/** The ends that the state of objects shows. */
const BY_STATE: ReadonlyMap<string | undefined, Suppression> = new Map<string | undefined, Suppression>([
  ["healthy", "healthy_before_notice"],
  ["deleted", "gone_before_notice"],
  ["replaced", "replaced_before_notice"],
]);

/** Removes an alert from its groups. */
export function leaveGroups({ groups }: DispatchContext, { destinations, fingerprint }: AlertState): void {
  for (const { groupKey } of destinations) groups.removeFrom(groupKey, fingerprint);
}

/**
 * Puts an alert that ended into the digests of the sinks that were not told of it, because its news was waiting. A digest
 * tells what was muted, but nothing that a silence or a cause holds back.
 */
export function recordMissed(context: DispatchContext, alert: AlertState): void {
  for (const { groupKey, sinks } of alert.destinations) {
    const group = context.groups.get(groupKey);
    if (group === undefined) continue;
    const hold = context.holds.holdOf(alert, holdQuestion(context, group));
    if (hold !== undefined && hold.reason !== "mute") continue;
    for (const name of sinks) {
      const sink = context.policy.sinks.get(name);
      if (sink !== undefined) missFor(context, { group, sink }, alert);
    }
  }
}

/** Leaves an alert to the digest of one sink, if the sink waits for one and was not told of the alert. */
function missFor(
  context: DispatchContext,
  { group, sink }: { readonly group: GroupState; readonly sink: SinkPolicy },
  alert: AlertState,
): void {
  const cause = group.waiting?.[sink.name] ?? (group.held === "mute" ? "mute" : undefined);
  if (cause === undefined || !isSevereEnough(alert, sink)) return;
  if (sentTo(group, sink.name)?.firing[alert.fingerprint] !== undefined) return;
  const at = group.held === "mute" ? unmutedAt(context, group) : context.now;
  context.digests.miss(sink.name, {
    alert: describeMissed(context, alert, group),
    addressee: addresseeOf(sink, group.labels),
    ...(sink.digest === undefined
      ? { cause, tellAt: cause === "mute" ? at : context.now }
      : { cause: "scheduled", tellAt: nextDigestOf(context, sink.name, sink.digest, at) }),
  });
}

/**
 * Leaves the end of an alert that a sink has from a digest to its next scheduled digest.
 *
 * @returns False for a sink without scheduled digests, or one that wants no such end.
 */
export function leaveToDigest(
  context: DispatchContext,
  { group, sink }: { readonly group: GroupState; readonly sink: SinkPolicy },
  alert: AlertState,
): boolean {
  if (sink.digest === undefined || !wantsEnd(sink, alert)) return false;
  context.digests.miss(sink.name, {
    alert: describeMissed(context, alert, group),
    addressee: addresseeOf(sink, group.labels),
    cause: "scheduled",
    tellAt: nextDigestOf(context, sink.name, sink.digest, context.now),
  });
  return true;
}

/** The first digest after an instant: the one that is due already, or one of its own. */
function nextDigestOf({ digests }: DispatchContext, sink: string, digest: Timetable, at: number): number {
  const dueAt = digests.dueAt(sink) ?? 0;
  return dueAt > at ? Math.min(dueAt, digest.next(at)) : digest.next(at);
}

function unmutedAt({ routes, now }: DispatchContext, group: GroupState): number {
  const route = routes.of(group);
  return (route && muteOf(route, now))?.until ?? now;
}
