import type { Occurrence } from "../../event/index.ts";
import { atLeast } from "../../lib/severity.ts";
import type { CompiledRule } from "../../rule/index.ts";
import type { Hold } from "../hold.ts";
import type { Policy, SinkPolicy } from "../policy.ts";
import { destinationsOf } from "../routing/destinations.ts";
import { timerFor } from "../routing/route-timers.ts";
import type { AlertState } from "../state.ts";
import { heldByCause } from "../suppression/held-by-cause.ts";
import { withOccurrence } from "../tracking/alert.ts";
import { subjectOf } from "../tracking/identity.ts";
import { openAlert } from "../tracking/opening.ts";
import type { HeldBack } from "./held-back.ts";
import type { LiveState, SentTo } from "./live-state.ts";
import { titleOf } from "./title.ts";

/** The alert that an event would open, or be added to, under a rule that matches it, if it came now. */
export interface AlertPreview {
  readonly rule: string;
  readonly fingerprint: string;
  readonly severity: string;
  /** Of a message about this alert alone. */
  readonly title: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The open alert that the event would be added to; undefined when it would open one. */
  readonly open: AlertState | undefined;
  /** The object state that proves its end; undefined: Events or quiet alone end it. */
  readonly proof: AlertState["proof"];
  readonly destinations: readonly {
    readonly route: string;
    readonly groupKey: string;
    readonly sinks: readonly string[];
    /** The sinks among these that have a message that the alert fires. */
    readonly sent: readonly SentTo[];
    /** Milliseconds from the firing of the alert to the first message. */
    readonly waitMs: number;
    /** The hold on the alert in this group: a cause, hours of the route, a silence; empty when there is none. */
    readonly heldBackBy: readonly HeldBack[];
  }[];
  /** Reasons of every group: the threshold or the `for` of the rule, and sinks that want the alert more severe. */
  readonly heldBackBy: readonly HeldBack[];
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
  { live, now }: { readonly live: LiveState; readonly now: number },
): AlertPreview {
  const subject = subjectOf(occurrence);
  const row = policy.rules.reasonRow(subject.event);
  const opened = openAlert(rule, subject, { row, policy, now, onTextError: () => undefined });
  const open = live.alertOf(opened.fingerprint);
  const alert = withOccurrence(open ?? opened, rule, subject, {
    occurrence: asIfNow(occurrence, now),
    delta: occurrence.delta,
    now,
  });
  const { severity } = alert;
  const refused = new Set<string>();
  const destinations = destinationsOf(policy, alert, rule).map(({ route, groupKey, sinks }) => {
    const taking = sinks.filter((sink) => accepts(policy.sinks.get(sink), severity));
    for (const sink of sinks) if (!taking.includes(sink)) refused.add(sink);
    const first = live.holdOf(alert, route, now);
    return {
      route: route.name,
      groupKey,
      sinks: taking,
      sent: live.sentTo(alert, groupKey).filter(({ sink }) => taking.includes(sink)),
      waitMs: timerFor(route.groupWait, severity),
      heldBackBy: first === undefined ? [] : [heldBackByHold(first)],
    };
  });
  return {
    rule: rule.name,
    fingerprint: alert.fingerprint,
    severity,
    title: titleOf(alert, rule, now),
    labels: alert.labels,
    open,
    proof: alert.proof,
    destinations,
    heldBackBy: [
      ...heldBackByRule(rule, alert),
      ...[...refused].map((sink) => ({ reason: "min_severity", sink, severity }) as const),
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

function heldBackByHold(hold: Hold): HeldBack {
  const { reason, by, until } = hold;
  return { reason, by, until, cause: heldByCause(hold) };
}

/** The conditions of the rule that the alert still waits for; none for one that fires. */
function heldBackByRule(
  rule: CompiledRule,
  { phase, metAt, occurrences, members, membersOmitted }: AlertState,
): readonly HeldBack[] {
  if (phase === "firing") return [];
  const { count, distinct } = rule.threshold;
  const objects = members.length + membersOmitted.length;
  const held: HeldBack[] = [];
  if (metAt === undefined && occurrences < count)
    held.push({ reason: "threshold", counts: "occurrences", has: occurrences, needs: count });
  if (metAt === undefined && objects < distinct)
    held.push({ reason: "threshold", counts: "objects", has: objects, needs: distinct });
  if (rule.forMs > 0) held.push({ reason: "for", ms: rule.forMs });
  return held;
}

function accepts(sink: SinkPolicy | undefined, severity: Parameters<typeof atLeast>[0]): boolean {
  return sink !== undefined && (sink.minSeverity === undefined || atLeast(severity, sink.minSeverity));
}
