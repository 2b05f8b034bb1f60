import { atLeast, type Severity } from "../../lib/severity.ts";
import type { Hold, HoldReason } from "../hold.ts";
import type { NotifyReason } from "../notification.ts";
import type { SinkPolicy } from "../policy.ts";
import { LONGEST_REPEAT_MS, SHORTEST_REPEAT_MS } from "../routing/route-timers.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";
import { isFlapping, settledAt } from "./flapping.ts";

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

/** What is said of a first message, by what held it back until now. */
const OPENINGS = {
  nothing: "first",
  inhibition: "first",
  mute: "unmuted",
  silence: "silence-ended",
} as const;

/**
 * Decides whether a sink gets a message about a group now (docs/design/alerting.md#when-a-group-becomes-a-message). The
 * end of a part of a group is never a message. Points neither repeat nor end. An alert that is held back is no reason
 * for a message; the end of the hold is. The end of a flapping group waits until the group has settled.
 *
 * @param now Epoch milliseconds.
 */
export function decide(
  view: View,
  told: SentState | undefined,
  now: number,
  group: Pick<GroupState, "held" | "moved" | "ends" | "flapping">,
): NotifyReason | undefined {
  if (told === undefined) {
    if (view.firing.length === 0) return undefined;
    const trigger = isFlapping(group, now) ? "flapping" : OPENINGS[group.held ?? "nothing"];
    return { kind: "firing", trigger };
  }
  if (view.firing.some((alert) => told.firing[alert.fingerprint] === undefined)) {
    return { kind: "update", trigger: "new-alert" };
  }
  const free = view.firing.filter((alert) => !view.held.has(alert));
  if (free.some((alert) => isWorse(alert.severity, told.firing[alert.fingerprint]?.severity))) {
    return { kind: "update", trigger: "severity" };
  }
  if (view.firing.some(isLasting))
    return now >= told.repeatAt && free.some(isLasting) ? { kind: "repeat", trigger: "repeat" } : undefined;
  if (view.owed.length > 0)
    return now >= settledAt(group, view.owed) ? { kind: "resolved", trigger: "all-resolved" } : undefined;
  const left = group.moved && Object.keys(told.firing).length > 0 && view.firing.length === 0;
  return left ? { kind: "resolved", trigger: "moved" } : undefined;
}

/** When the next repeat is due: the interval doubles while nothing changes, up to a day. Epoch milliseconds. */
export function nextRepeatAt(now: number, intervalMs: number, repeats: number): number {
  const interval = Math.max(SHORTEST_REPEAT_MS, intervalMs);
  const longest = Math.max(LONGEST_REPEAT_MS, interval);
  return now + Math.min(longest, interval * 2 ** Math.min(repeats, 20));
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

function isLasting(alert: AlertState): boolean {
  return alert.lifecycle !== "point";
}

function isWorse(a: Severity, b: Severity | undefined): boolean {
  return b !== undefined && a !== b && atLeast(a, b);
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
