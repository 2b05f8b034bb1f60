import type { Occurrence } from "../../event/index.ts";
import { formatDuration } from "../../lib/duration.ts";
import { atLeast } from "../../lib/severity.ts";
import type { CompiledRule } from "../../rule/index.ts";
import type { Hold } from "../hold.ts";
import type { Policy, SinkPolicy } from "../policy.ts";
import { destinationsOf } from "../routing/destinations.ts";
import { timerFor } from "../routing/route-timers.ts";
import type { AlertState } from "../state.ts";
import { withOccurrence } from "../tracking/alert.ts";
import { subjectOf } from "../tracking/identity.ts";
import { openAlert } from "../tracking/opening.ts";
import type { LiveState } from "./live-state.ts";

/** The alert that an event would open, or be added to, under a rule that matches it, if it came now. */
export interface AlertPreview {
  readonly rule: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The open alert that the event would be added to; undefined when it would open one. */
  readonly open: Pick<AlertState, "phase" | "occurrences" | "openedAt"> | undefined;
  readonly places: readonly {
    readonly route: string;
    readonly groupKey: string;
    readonly sinks: readonly string[];
    /** The sinks among these that were sent the alert. */
    readonly told: readonly string[];
    /** Milliseconds from the firing of the alert to the first message. */
    readonly waitMs: number;
    /** Reasons in words: a cause, a mute timing, a silence; empty when nothing holds the alert back. */
    readonly heldBackBy: readonly string[];
  }[];
  /** Reasons in words, such as `threshold 1 of 3` and `for 2 min`; empty when nothing holds the alert back. */
  readonly heldBackBy: readonly string[];
}

/**
 * Previews the alert that an event would open, or be added to.
 *
 * @param now Epoch milliseconds.
 */
export function previewAlert(
  policy: Policy,
  rule: CompiledRule,
  occurrence: Pick<Occurrence, "event" | "owners" | "node" | "delta">,
  { situation, now }: { readonly situation: LiveState; readonly now: number },
): AlertPreview {
  const subject = subjectOf(occurrence);
  const row = policy.rules.reasonRow(subject.event);
  const opened = openAlert(rule, subject, { row, policy, now, onTextError: () => undefined });
  const open = situation.alertOf(opened.fingerprint);
  const alert = withOccurrence(open ?? opened, rule, subject, {
    occurrence: asIfNow(occurrence, now),
    delta: occurrence.delta,
    now,
  });
  const { severity } = alert;
  const refused = new Set<string>();
  const places = destinationsOf(policy, alert, rule).map(({ route, groupKey, sinks }) => {
    const taking = sinks.filter((sink) => accepts(policy.sinks.get(sink), severity));
    for (const sink of sinks) if (!taking.includes(sink)) refused.add(sink);
    const first = situation.holdOf(alert, route, now);
    return {
      route: route.name,
      groupKey,
      sinks: taking,
      told: situation.toldOf(alert, groupKey).filter((sink) => taking.includes(sink)),
      waitMs: timerFor(route.groupWait, severity),
      heldBackBy: first === undefined ? [] : [holdText(first)],
    };
  });
  return {
    rule: rule.name,
    fingerprint: alert.fingerprint,
    severity,
    labels: alert.labels,
    open,
    places,
    heldBackBy: [
      ...heldBackByRule(rule, alert),
      ...[...refused].map((sink) => `minSeverity of sink ${sink} (this is ${severity})`),
    ],
  };
}

function asIfNow(
  { event, owners, node, delta }: Pick<Occurrence, "event" | "owners" | "node" | "delta">,
  now: number,
): Occurrence {
  const place = { key: "", epoch: 0, via: "watch", history: false, unseen: true, receivedAt: now } as const;
  return { ...place, event, owners, node, delta, since: event.firstSeenAt, estimated: false };
}

/** The conditions of the rule that the alert still waits for; none for one that fires. */
function heldBackByRule(
  rule: CompiledRule,
  { phase, metAt, occurrences, members, membersOmitted }: AlertState,
): readonly string[] {
  if (phase === "firing") return [];
  const { count, distinct } = rule.threshold;
  const objects = members.length + membersOmitted.length;
  const held: string[] = [];
  if (metAt === undefined && occurrences < count) held.push(`threshold ${occurrences} of ${count}`);
  if (metAt === undefined && objects < distinct)
    held.push(`threshold ${objects} of ${distinct} different objects`);
  if (rule.forMs > 0) held.push(`for ${formatDuration(rule.forMs)}`);
  return held;
}

function accepts(sink: SinkPolicy | undefined, severity: Parameters<typeof atLeast>[0]): boolean {
  return sink !== undefined && (sink.minSeverity === undefined || atLeast(severity, sink.minSeverity));
}

/** A hold in words: `mute weekend until 2026-06-01T08:00Z`, `silence config/upgrade`. */
function holdText({ reason, by, until }: Hold): string {
  const end = until === undefined ? "" : ` until ${new Date(until).toISOString().slice(0, 16)}Z`;
  return `${reason} ${by}${end}`;
}
