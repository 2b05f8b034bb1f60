import type { NotifyReason } from "../notification.ts";
import type { SinkPolicy } from "../policy.ts";
import { timerFor } from "../routing/route-timers.ts";
import type { DigestCause } from "../sink-load.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";
import { heldByCause } from "../suppression/held-by-cause.ts";
import { checkResultOf, isConfirmed } from "./check-result.ts";
import { decide } from "./decide.ts";
import { accountOf } from "./decision-log.ts";
import { sendEnd, sendFiring } from "./deliveries.ts";
import type { DispatchContext, SinkTurn } from "./dispatch-context.ts";
import { leaveToDigest } from "./leave.ts";
import { endsToTell, keptEnds } from "./part-ends.ts";
import { afterMessage, onlyOf } from "./sent-state.ts";
import { hasCritical, heldBack, subjectsOf, type View } from "./view.ts";
import { problemOf, type WaveKind } from "./wave-book.ts";
import { WINDOW_MS } from "./wave.ts";

/** The result of one sink's turn. */
export interface TurnResult {
  /** The sent state of the sink after the turn; undefined for none. */
  readonly told: SentState | undefined;
  /** The reason why news of the group waits for the sink's digest; undefined when none waits. */
  readonly waits: DigestCause | undefined;
  /** When its news is told together with that of other groups, epoch milliseconds; undefined: it waits for none. */
  readonly joinsAt?: number;
}

/** Decides which message a sink gets about a group now, sends it, and records decisions for the other alerts. */
export function dispatchTo(context: DispatchContext, turn: SinkTurn, view: View): TurnResult {
  const { group, told } = turn;
  const reason = decide(view, told, context.now, group);
  const joinsAt = joinTime(context, turn, { view, reason });
  if (joinsAt !== undefined) {
    accountForRest(context, turn, view);
    return { told, waits: group.waiting?.[turn.sink.name], joinsAt };
  }
  if (reason?.kind === "resolved") dispatchEnd(context, turn, { view, reason });
  accountForRest(context, turn, view);
  const isRefused = reason?.trigger === "ended-in-part" && !admits(context, turn, false);
  const waits = waitsFor(context, turn, { view, reason });
  if (reason !== undefined && reason.kind !== "resolved" && waits === undefined && !isRefused)
    return { told: sendNews(context, turn, { view, reason }), waits };
  // Alerts whose end was not sent yet stay in the sent state, and those that the last message is going to name.
  const kept = reason?.kind === "resolved" ? view.firing : [...view.firing, ...keptEnds(view, told)];
  return { told: told === undefined ? undefined : onlyOf(told, kept), waits };
}

/** Sends the news of a group in a message of its own. @returns The sent state after it. */
export function sendNews(
  context: DispatchContext,
  turn: SinkTurn,
  { view, reason }: { readonly view: View; readonly reason: NotifyReason },
): SentState {
  const { told } = turn;
  const suppressed = heldBack(view, told, consequencesOf(context, view.firing));
  const isOpening = told?.inDigest === true;
  const ended = isOpening ? [] : endsToTell(view, told);
  const checked = checkResultOf(context, subjectsOf(view, told, reason));
  context.observer.checked(turn.sink.name, checked);
  const deliveryId = sendFiring(context, isOpening ? { ...turn, told: undefined } : turn, {
    alerts: view.firing,
    reason: isOpening ? { kind: "firing", trigger: "first" } : reason,
    suppressed,
    ended,
    isConfirmed: reason.kind === "repeat" && isConfirmed(context, view.firing),
    checked,
  });
  const message = { view, ended, deliveryId, inDigest: undefined };
  // An end in part is no reason to repeat the rest later.
  if (reason.trigger === "ended-in-part" && told !== undefined)
    return afterMessage(context, turn, { ...message, repeats: told.repeats, repeatAt: told.repeatAt });
  const repeats = reason.kind === "repeat" ? (told?.repeats ?? 0) + 1 : 0;
  return afterMessage(context, turn, { ...message, repeats });
}

function dispatchEnd(
  context: DispatchContext,
  turn: SinkTurn,
  { view, reason }: { readonly view: View; readonly reason: NotifyReason },
): void {
  if (turn.told?.inDigest !== true) {
    const suppressed = heldBack(view, turn.told, consequencesOf(context, view.owed));
    return sendEnd(context, turn, { owed: view.owed, reason, suppressed });
  }
  for (const alert of view.owed) recordEndAfterDigest(context, turn, alert);
}

/** The sink has the alert from a digest only: its end is in the next one, if there is a next one. */
function recordEndAfterDigest(context: DispatchContext, turn: SinkTurn, alert: AlertState): void {
  const reason = leaveToDigest(context, turn, alert) ? "next_digest" : "digest";
  context.decisions.recordSuppressed(alert, accountOf(context, turn), reason);
}

/** Records decisions for alerts that are in no message: ended while others fire, below `minSeverity`, or held back. */
function accountForRest(context: DispatchContext, turn: SinkTurn, view: View): void {
  const { decisions } = context;
  const at = accountOf(context, turn);
  for (const alert of view.ended) {
    if (view.owed.includes(alert)) continue;
    if (view.kept.includes(alert) || alert.lifecycle === "point")
      decisions.recordHeldBack(alert, at, "repeat");
    else if (turn.told?.inDigest === true) recordEndAfterDigest(context, turn, alert);
    else decisions.recordSuppressed(alert, at, "send_resolved");
  }
  for (const alert of view.tooMild) decisions.recordHeldBack(alert, at, "min_severity");
  for (const [alert, hold] of view.held) {
    if (turn.told?.firing[alert.fingerprint] === undefined)
      decisions.recordHeldBack(alert, at, hold.reason, heldByCause(hold));
  }
}

/**
 * The time at which the news of a group is told together with that of other groups of its rule; undefined when it is
 * told now, or waits for the digest.
 */
function joinTime(
  { groups, waves, routes, now, waitedMs }: DispatchContext,
  { group, sink, told, bundling }: SinkTurn,
  { view, reason }: { readonly view: View; readonly reason: NotifyReason | undefined },
): number | undefined {
  if (reason === undefined || bundling !== undefined || !sink.merges) return undefined;
  const problem = problemOf(group);
  const route = routes.of(group);
  if (problem === undefined || route === undefined || route.groupBy === "alone") return undefined;
  const isUrgent = hasCritical(view);
  const isEnd = reason.kind === "resolved";
  if (isEnd ? told?.inDigest === true : isForDigest(group, sink) && !isUrgent) return undefined;
  const kind = waveKindOf(reason);
  return waves.join({ sink: sink.name, problem, kind }, group.key, {
    isFirst: told === undefined,
    isUrgent,
    takesSteps: kind === "news" && !isNewTrouble(reason),
    intervalMs: timerFor(route.groupInterval, isUrgent ? "critical" : "warning"),
    othersComing: () => groups.areComing(problem, group.key, { now, by: now + WINDOW_MS }),
    waitedMs,
    now,
  });
}

/** Whether news of a group that is not critical is for the digest of the sink. */
function isForDigest(group: GroupState, { digest, name }: SinkPolicy): boolean {
  return digest !== undefined || group.waiting?.[name] !== undefined || group.held === "mute";
}

/** Whether a group that the sink knows has something new to tell: no further alerts, but worse ones, or a new episode. */
function isNewTrouble({ trigger }: NotifyReason): boolean {
  return trigger === "severity" || trigger === "again" || trigger === "failed-again";
}

function waveKindOf({ kind, trigger }: NotifyReason): WaveKind {
  if (kind === "resolved") return "end";
  if (trigger === "ended-in-part") return "part";
  return kind === "repeat" ? "repeat" : "news";
}

/**
 * The reason why news waits for the digest of the sink; undefined when it does not wait. Critical alerts never wait.
 */
function waitsFor(
  context: DispatchContext,
  turn: SinkTurn,
  { view, reason }: { readonly view: View; readonly reason: NotifyReason | undefined },
): DigestCause | undefined {
  const { digests, now } = context;
  const { group, sink } = turn;
  const before = group.waiting?.[sink.name];
  if (view.firing.length === 0) return undefined;
  if (reason === undefined || reason.kind === "resolved" || reason.trigger === "ended-in-part") return before;
  const isCritical = hasCritical(view);
  if (before !== undefined && !isCritical) return before;
  if (sink.digest !== undefined && !isCritical) {
    digests.lookAt(sink.name, sink.digest.next(now));
    digests.wait(sink.name, group.key);
    return "scheduled";
  }
  if (group.held === "mute" && !isCritical) {
    digests.lookAt(sink.name, now);
    digests.wait(sink.name, group.key);
    return "mute";
  }
  if (admits(context, turn, isCritical)) return undefined;
  digests.wait(sink.name, group.key);
  return "storm";
}

/** Whether the sink takes a message about the group now; see `admit`. */
function admits(
  { digests, now }: DispatchContext,
  { sink, told, bundling }: SinkTurn,
  isCritical: boolean,
): boolean {
  // Only critical news goes by itself there, and no storm makes a digest come early.
  if (sink.digest !== undefined) return true;
  const opening = told === undefined || told.inDigest === true;
  const ask = (): boolean => digests.admits(sink.name, { opening, isCritical }, now);
  return bundling === undefined ? ask() : bundling.admits(isCritical, ask);
}

/** Firing alerts of any group that are not sent because these alerts are their causes. */
function consequencesOf(
  { alerts, holds }: DispatchContext,
  causes: readonly AlertState[],
): readonly AlertState[] {
  return causes
    .flatMap((cause) => holds.targetsOf(cause))
    .flatMap((fingerprint) => alerts.get(fingerprint) ?? [])
    .filter(({ phase, isTold }) => phase === "firing" && !isTold);
}
