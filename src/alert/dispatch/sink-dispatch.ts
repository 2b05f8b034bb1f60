import type { NotifyReason } from "../notification.ts";
import type { DigestCause } from "../sink-load.ts";
import type { AlertState, SentState } from "../state.ts";
import { decide } from "./decide.ts";
import { accountOf } from "./decision-log.ts";
import { sendEnd, sendFiring } from "./deliveries.ts";
import type { DispatchContext, SinkTurn } from "./dispatch-context.ts";
import { afterMessage, onlyOf } from "./sent-state.ts";
import { heldBack, type View } from "./view.ts";

/** The result of one sink's turn. */
export interface TurnResult {
  /** The sent state of the sink after the turn; undefined for none. */
  readonly told: SentState | undefined;
  /** The reason why news of the group waits for the sink's digest; undefined when none waits. */
  readonly waits: DigestCause | undefined;
}

/** Decides which message a sink gets about a group now, sends it, and records decisions for the other alerts. */
export function dispatchTo(context: DispatchContext, turn: SinkTurn, view: View): TurnResult {
  const { group, told } = turn;
  const reason = decide(view, told, context.now, group);
  if (reason?.kind === "resolved") dispatchEnd(context, turn, { view, reason });
  accountForRest(context, turn, view);
  const waits = waitsFor(context, turn, { view, reason });
  if (reason !== undefined && reason.kind !== "resolved" && waits === undefined)
    return { told: sendNews(context, turn, { view, reason }), waits };
  // Alerts whose end was not sent yet stay in the sent state.
  const kept = reason?.kind === "resolved" ? view.firing : [...view.firing, ...view.owed];
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
  const deliveryId = sendFiring(context, isOpening ? { ...turn, told: undefined } : turn, {
    alerts: view.firing,
    reason: isOpening ? { kind: "firing", trigger: "first" } : reason,
    suppressed,
  });
  const repeats = reason.kind === "repeat" ? (told?.repeats ?? 0) + 1 : 0;
  return afterMessage(context, turn, { view, deliveryId, inDigest: undefined, repeats });
}

function dispatchEnd(
  context: DispatchContext,
  turn: SinkTurn,
  { view, reason }: { readonly view: View; readonly reason: NotifyReason },
): void {
  if (turn.told?.inDigest !== true) return sendEnd(context, turn, { owed: view.owed, reason });
  for (const alert of view.owed)
    context.decisions.recordSuppressed(alert, accountOf(context, turn), "digest");
}

/** Records decisions for alerts that are in no message: ended while others fire, below `minSeverity`, or held back. */
function accountForRest(context: DispatchContext, turn: SinkTurn, view: View): void {
  const { decisions } = context;
  const at = accountOf(context, turn);
  for (const alert of view.ended)
    if (!view.owed.includes(alert)) decisions.recordHeldBack(alert, at, "repeat");
  for (const alert of view.tooMild) decisions.recordHeldBack(alert, at, "min_severity");
  for (const [alert, { reason }] of view.held) {
    if (turn.told?.firing[alert.fingerprint] === undefined) decisions.recordHeldBack(alert, at, reason);
  }
}

/**
 * The reason why news waits for the digest of the sink; undefined when it does not wait. Critical alerts never wait.
 */
function waitsFor(
  { digests, now }: DispatchContext,
  { group, sink, told }: SinkTurn,
  { view, reason }: { readonly view: View; readonly reason: NotifyReason | undefined },
): DigestCause | undefined {
  const before = group.waiting?.[sink.name];
  if (view.firing.length === 0) return undefined;
  if (reason === undefined || reason.kind === "resolved") return before;
  const isCritical = view.firing.some(({ severity }) => severity === "critical");
  if (before !== undefined && !isCritical) return before;
  if (group.held === "mute" && !isCritical) {
    digests.lookAt(sink.name, now);
    digests.wait(sink.name, group.key);
    return "mute";
  }
  const opening = told === undefined || told.inDigest === true;
  if (digests.admits(sink.name, { opening, isCritical }, now)) return undefined;
  digests.wait(sink.name, group.key);
  return "storm";
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
