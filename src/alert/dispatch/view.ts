import { atLeast, type Severity } from "../../lib/severity.ts";
import type { Hold, HoldReason } from "../hold.ts";
import { isProven, type NotifyReason } from "../notification.ts";
import type { SinkPolicy } from "../policy.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";

/**
 * The alerts of a group that count for one sink: routed to it, and either in its sent state, or as severe as its
 * `minSeverity` and held back by nothing.
 */
export interface View {
  readonly firing: readonly AlertState[];
  /** Ended, and in the sent state as firing. */
  readonly ended: readonly AlertState[];
  /** Of these, the ends that are sent with the end of the group: none while an alert that lasts still fires. */
  readonly owed: readonly AlertState[];
  /** Of these, the ends that were not told yet and that the sink wants, while an alert that lasts still fires. */
  readonly meanwhile: readonly AlertState[];
  /** Of these, the ones that stay in the sent state until the end of the group. */
  readonly kept: readonly AlertState[];
  /** Firing, but below its `minSeverity`. */
  readonly tooMild: readonly AlertState[];
  /** Firing, severe enough or sent before, and held back now: they cause no message. */
  readonly held: ReadonlyMap<AlertState, Hold>;
}

/** The sink for which a view is made. */
export interface Viewer {
  readonly sink: SinkPolicy;
  /** Its sent state in the group; undefined for none. */
  readonly told: SentState | undefined;
  /** Finds the hold that keeps an alert back now. */
  readonly holdOf: (alert: AlertState) => Hold | undefined;
}

/** Makes the view of a sink on a group. @param alerts All alerts of the group. */
export function viewOf(
  group: GroupState,
  alerts: readonly AlertState[],
  { sink, told, holdOf }: Viewer,
): View {
  const isTold = (alert: AlertState): boolean => told?.firing[alert.fingerprint] !== undefined;
  const sent = alerts.filter((alert) =>
    alert.destinations.some(({ groupKey, sinks }) => groupKey === group.key && sinks.includes(sink.name)),
  );
  const firing = sent.filter((alert) => alert.phase === "firing");
  const held = new Map<AlertState, Hold>();
  for (const alert of firing) {
    const hold = isTold(alert) || isSevereEnough(alert, sink) ? holdOf(alert) : undefined;
    if (hold !== undefined) held.set(alert, hold);
  }
  const seen = firing.filter((alert) => isTold(alert) || (isSevereEnough(alert, sink) && !held.has(alert)));
  const ended = sent.filter((alert) => alert.phase === "resolved" && isTold(alert));
  return {
    firing: seen,
    ended,
    ...endsOf(ended, { lasts: seen.some(isLasting), sink, told }),
    tooMild: firing.filter((alert) => !isTold(alert) && !isSevereEnough(alert, sink)),
    held,
  };
}

function endsOf(
  ended: readonly AlertState[],
  { lasts, sink, told }: Pick<Viewer, "sink" | "told"> & { readonly lasts: boolean },
): Pick<View, "owed" | "meanwhile" | "kept"> {
  const all = ended.filter(hasEnd);
  if (!lasts) return { owed: all, meanwhile: [], kept: all };
  const isOver = ({ fingerprint }: AlertState): boolean => told?.firing[fingerprint]?.over !== undefined;
  const kept = all.filter((alert) => isOver(alert) || (told?.inDigest !== true && wantsEnd(sink, alert)));
  return { owed: [], meanwhile: kept.filter((alert) => !isOver(alert)), kept };
}

/** Whether a sink wants the end of an alert. */
export function wantsEnd(
  { sendResolved }: SinkPolicy,
  { resolvedBy }: Pick<AlertState, "resolvedBy">,
): boolean {
  return sendResolved === "proven" ? isProven(resolvedBy) : sendResolved;
}

/** Whether the end of an alert is sent: a point has none, unless a state proves that it was mended. */
function hasEnd(alert: AlertState): boolean {
  return isLasting(alert) || alert.resolvedBy?.how === "healthy";
}

/** Whether an alert reaches the `minSeverity` of a sink. */
export function isSevereEnough({ severity }: Pick<AlertState, "severity">, sink: SinkPolicy): boolean {
  return sink.minSeverity === undefined || atLeast(severity, sink.minSeverity);
}

/** The alerts of a view that are new, again, or more severe, for the sink; without any all that nothing holds back. */
export function newsOf({ firing, held }: View, told: SentState | undefined): readonly AlertState[] {
  const free = firing.filter((alert) => !held.has(alert));
  const news = free.filter(({ fingerprint, severity }) => {
    const known = told?.firing[fingerprint];
    return known === undefined || known.over !== undefined || isWorse(severity, known.severity);
  });
  return news.length > 0 ? news : free;
}

/** The alerts that a message of this kind is about: its news, or what it repeats. */
export function subjectsOf(
  view: View,
  told: SentState | undefined,
  { kind }: Pick<NotifyReason, "kind">,
): readonly AlertState[] {
  return kind === "repeat"
    ? view.firing.filter((alert) => isLasting(alert) && !view.held.has(alert))
    : newsOf(view, told);
}

/**
 * Counts the alerts that a message leaves out, by the reason that holds them back.
 *
 * @param consequences Alerts of other groups that alerts of this group hold back.
 */
export function heldBack(
  view: View,
  told: SentState | undefined,
  consequences: readonly AlertState[],
): Readonly<Record<string, number>> {
  const held = new Map<string, HoldReason>();
  for (const { fingerprint } of consequences) held.set(fingerprint, "inhibition");
  for (const [{ fingerprint }, { reason }] of view.held) {
    if (told?.firing[fingerprint] === undefined) held.set(fingerprint, reason);
  }
  const counts: Record<string, number> = {};
  for (const reason of held.values()) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/** Whether an alert lasts: a point has no end and no repeat. */
export function isLasting(alert: AlertState): boolean {
  return alert.lifecycle !== "point";
}

/** Whether a firing alert of a view is critical. */
export function hasCritical({ firing }: Pick<View, "firing">): boolean {
  return firing.some(({ severity }) => severity === "critical");
}

/** Whether a severity is worse than the one that was sent; false when none was sent. */
export function isWorse(a: Severity, b: Severity | undefined): boolean {
  return b !== undefined && a !== b && atLeast(a, b);
}
