import type { Occurrence } from "../event/index.ts";
import { formatDuration } from "../lib/duration.ts";
import { atLeast } from "../lib/severity.ts";
import type { CompiledRule } from "../rule/index.ts";
import { natureOf, openAlert } from "./alert.ts";
import { subjectOf } from "./identity.ts";
import { placesOf } from "./place.ts";
import type { Policy, SinkPolicy } from "./policy.ts";
import { timerFor } from "./route.ts";
import { holdText, muteOf } from "./suppression/hold.ts";
import { SilenceBook } from "./suppression/silence-book.ts";

/** What one event would become under one rule that matches it, if it came now and alone. */
export interface AlertPreview {
  readonly rule: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly places: readonly {
    readonly route: string;
    readonly groupKey: string;
    readonly sinks: readonly string[];
    /** Milliseconds from the firing of the alert to the first message. */
    readonly waitMs: number;
    /** In words: hours of the route, a silence of the configuration; empty when nothing does. */
    readonly heldBackBy: readonly string[];
  }[];
  /** In words; empty when nothing does: `threshold 1 of 3`, `for 2 min`. */
  readonly heldBackBy: readonly string[];
}

/**
 * Previews the alert that an event would open.
 *
 * @param now Epoch milliseconds.
 */
export function previewAlert(
  policy: Policy,
  rule: CompiledRule,
  occurrence: Pick<Occurrence, "event" | "owners" | "node" | "delta">,
  now: number,
): AlertPreview {
  const subject = subjectOf(occurrence);
  const row = policy.rules.reasonRow(subject.event);
  const alert = openAlert(rule, subject, { row, policy, now, onTextError: () => undefined });
  const { severity } = natureOf(rule, subject, row, policy);
  const silence = new SilenceBook(policy.silences).holdOf(alert, now);
  const refused = new Set<string>();
  const places = placesOf(policy, alert, rule.sinks, rule.namesReason).map(({ route, key, sinks }) => {
    const open = sinks.filter((sink) => accepts(policy.sinks.get(sink), severity));
    for (const sink of sinks) if (!open.includes(sink)) refused.add(sink);
    const hold = muteOf(route, now) ?? silence;
    return {
      route: route.name,
      groupKey: key,
      sinks: open,
      waitMs: timerFor(route.groupWait, severity),
      heldBackBy: hold === undefined ? [] : [holdText(hold)],
    };
  });
  return {
    rule: rule.name,
    fingerprint: alert.fingerprint,
    severity,
    labels: alert.labels,
    places,
    heldBackBy: [
      ...heldBackByRule(rule, occurrence.delta),
      ...[...refused].map((sink) => `minSeverity of sink ${sink} (this is ${severity})`),
    ],
  };
}

function heldBackByRule(rule: CompiledRule, occurrences: number): readonly string[] {
  const { count, distinct } = rule.threshold;
  const held: string[] = [];
  if (occurrences < count) held.push(`threshold ${occurrences} of ${count}`);
  if (distinct > 1) held.push(`threshold 1 of ${distinct} different objects`);
  if (rule.forMs > 0) held.push(`for ${formatDuration(rule.forMs)}`);
  return held;
}

function accepts(sink: SinkPolicy | undefined, severity: Parameters<typeof atLeast>[0]): boolean {
  return sink !== undefined && (sink.minSeverity === undefined || atLeast(severity, sink.minSeverity));
}
