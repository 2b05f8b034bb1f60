import { atLeast, type Severity } from "../../lib/severity.ts";
import type { Hold, HoldReason } from "../hold.ts";
import type { SinkPolicy } from "../policy.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";

/**
 * The alerts of a group as one sink sees them: sent to it, and told of already, or at least its `minSeverity` and held
 * back by nothing.
 */
export interface View {
  readonly firing: readonly AlertState[];
  /** Ended, and told of as firing. */
  readonly ended: readonly AlertState[];
  /** Of these, the ends that are still to be told: there is a new point now, and points alone never end a group. */
  readonly owed: readonly AlertState[];
  /** Firing, but below its `minSeverity`. */
  readonly tooMild: readonly AlertState[];
  /** Firing, severe enough, and held back now, whether or not it was told of before: of these there is no news. */
  readonly held: ReadonlyMap<AlertState, Hold>;
}

/** Who looks at a group. */
export interface Viewer {
  readonly sink: SinkPolicy;
  /** What it was told before. */
  readonly told: SentState | undefined;
  /** What holds an alert back now. */
  readonly holdOf: (alert: AlertState) => Hold | undefined;
}

/** What a sink sees of a group's alerts. */
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
    owed: seen.some(isLasting) ? [] : ended.filter(isLasting),
    tooMild: firing.filter((alert) => !isTold(alert) && !isSevereEnough(alert, sink)),
    held,
  };
}

/** Whether an alert reaches the `minSeverity` of a sink. */
export function isSevereEnough({ severity }: Pick<AlertState, "severity">, sink: SinkPolicy): boolean {
  return sink.minSeverity === undefined || atLeast(severity, sink.minSeverity);
}

/** What a sink has not heard of a group, or else all that it may hear of now. */
export function newsOf({ firing, held }: View, told: SentState | undefined): readonly AlertState[] {
  const free = firing.filter((alert) => !held.has(alert));
  const news = free.filter(({ fingerprint, severity }) => {
    const known = told?.firing[fingerprint];
    return known === undefined || isWorse(severity, known.severity);
  });
  return news.length > 0 ? news : free;
}

/**
 * How many alerts a sink is not told of, by what holds them back.
 *
 * @param consequences Alerts of other groups that those of this one hold back.
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

/** Whether a severity is worse than one that was told. */
export function isWorse(a: Severity, b: Severity | undefined): boolean {
  return b !== undefined && a !== b && atLeast(a, b);
}
