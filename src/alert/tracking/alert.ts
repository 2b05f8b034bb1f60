import type { Occurrence } from "../../event/index.ts";
import { Severity } from "../../lib/severity.ts";
import type { CompiledRule, Lifecycle, ReasonRow } from "../../rule/index.ts";
import type { ResolvedBy } from "../notification.ts";
import type { Policy } from "../policy.ts";
import type { AlertState } from "../state.ts";
import { type CounterEvent, clearedBy } from "./counters.ts";
import { type Fill, fingerprintOf, identityOf, labelsOf, type Subject } from "./identity.ts";
import {
  addOccurrence,
  hasOpenMember,
  type Members,
  meetsThreshold,
  mergeMembers,
  withoutWindows,
} from "./members.ts";
import { MAX_AGE_MS, POINT_MAX_AGE_MS, QUIET_MS } from "./timing.ts";

/** One for all: there may be 100,000 alerts, each with several lists that are mostly empty. */
const NONE: readonly never[] = Object.freeze([]);

/** The annotation by which a component says how bad its event is. */
const SEVERITY_ANNOTATION = "tocsin.dev/severity";

/** Sources kept per alert. */
const MOST_SOURCES = 100;

/** Severity, lifecycle and timers by rule, reason table and defaults (docs/design/alerting.md#lifecycles). */
export interface Nature {
  readonly severity: Severity;
  readonly lifecycle: Lifecycle;
  /** Milliseconds; undefined: mere quiet never ends it. */
  readonly quietMs: number | undefined;
  readonly maxAgeMs: number;
}

/** The nature of the alert that an event would open. */
export function natureOf(
  rule: CompiledRule,
  subject: Pick<Subject, "event">,
  row: ReasonRow | undefined,
  policy: Policy,
): Nature {
  const lifecycle = rule.lifecycle ?? row?.lifecycle ?? "recurring";
  return {
    severity: rule.severity ?? annotatedSeverity(subject, policy) ?? row?.severity ?? severityOfType(subject),
    lifecycle,
    quietMs: rule.resolve.quietMs ?? (lifecycle === "recurring" ? (row?.quietMs ?? QUIET_MS) : undefined),
    maxAgeMs: rule.resolve.maxAgeMs ?? (lifecycle === "point" ? POINT_MAX_AGE_MS : MAX_AGE_MS),
  };
}

/** Whether what a rule is about lasts until something ends it, however long ago it was told. */
export function outlivesItsEvent(rule: CompiledRule, row: ReasonRow | undefined): boolean {
  return (rule.lifecycle ?? row?.lifecycle) === "transition";
}

/** What an alert is opened with. */
export interface Opening {
  readonly row: ReasonRow | undefined;
  readonly policy: Policy;
  readonly now: number;
  /** A text of the rule failed on this event; it is left empty, for a broken label must not cost the alert. */
  readonly onTextError: () => void;
}

/** The fingerprint of the alert that an event belongs to; far cheaper than opening it. */
export function fingerprintFor(rule: CompiledRule, subject: Subject, opening: Opening): string {
  return fingerprintOf(
    opening.policy.cluster,
    rule.name,
    identityOf(rule, subject, fillFor(subject, opening)),
  );
}

/** A new alert without occurrences yet. */
export function openAlert(rule: CompiledRule, subject: Subject, opening: Opening): AlertState {
  const { row, policy, now } = opening;
  const { cluster } = policy;
  const nature = natureOf(rule, subject, row, policy);
  const fill = fillFor(subject, opening);
  const identity = identityOf(rule, subject, fill);
  return {
    fingerprint: fingerprintOf(cluster, rule.name, identity),
    rule: rule.name,
    ruleVersion: rule.version,
    phase: "pending",
    ...nature,
    labels: labelsOf(rule, subject, { cluster, severity: nature.severity, fill }),
    ...surroundingsOf(rule, row, fill),
    openedAt: now,
    metAt: undefined,
    firedAt: undefined,
    resolvedAt: undefined,
    resolvedBy: undefined,
    firstSeenAt: Infinity,
    lastSeenAt: 0,
    occurredAt: now,
    activeAt: now,
    series: false,
    occurrences: 0,
    estimated: false,
    members: NONE,
    membersOmitted: NONE,
    windowOmitted: NONE,
    sources: NONE,
    event: subject.event,
    identity,
    accounted: {},
    destinations: NONE,
  };
}

/** An open alert whose rule has changed: what is due and how bad it is follow the rule, what happened stays. */
export function underRule(alert: AlertState, rule: CompiledRule, opening: Opening): AlertState {
  const nature = natureOf(rule, alert, opening.row, opening.policy);
  const fill = fillFor(alert, opening);
  return {
    ...alert,
    ...nature,
    ...surroundingsOf(rule, opening.row, fill),
    ruleVersion: rule.version,
    labels: { ...alert.labels, severity: nature.severity },
  };
}

/** What a rule says beside what it matches. */
function surroundingsOf(
  rule: CompiledRule,
  row: ReasonRow | undefined,
  fill: Fill,
): Pick<AlertState, "runbook" | "dashboard" | "counters"> {
  return {
    runbook: (rule.runbook && fill(rule.runbook)) || null,
    dashboard: (rule.dashboard && fill(rule.dashboard)) || null,
    counters: rule.resolve.by === undefined ? row?.counterEvents : undefined,
  };
}

function fillFor({ event }: Pick<Subject, "event">, { policy, now, onTextError }: Opening): Fill {
  return (text) => {
    try {
      return text.render({ event, cluster: policy.cluster, now });
    } catch {
      onTextError();
      return "";
    }
  };
}

/** The alert with an occurrence added; a resolved one fires again. */
export function withOccurrence(
  alert: AlertState,
  rule: CompiledRule,
  subject: Subject,
  amount: { readonly occurrence: Occurrence; readonly delta: number; readonly now: number },
): AlertState {
  const { occurrence, delta, now } = amount;
  const { event } = subject;
  const counting = alert.metAt === undefined && (rule.threshold.count > 1 || rule.threshold.distinct > 1);
  const withinMs = counting ? rule.threshold.withinMs : 0;
  const source = sourceKey(event.source.component, subject);
  const isNewest = event.lastSeenAt >= alert.lastSeenAt;
  return {
    ...alert,
    ...addOccurrence(alert, subject, occurrence, { delta, withinMs }),
    phase: alert.phase === "resolved" ? "firing" : alert.phase,
    resolvedAt: undefined,
    resolvedBy: undefined,
    firstSeenAt: Math.min(alert.firstSeenAt, event.lastSeenAt, delta > 1 ? occurrence.since : Infinity),
    lastSeenAt: Math.max(alert.lastSeenAt, event.lastSeenAt),
    occurredAt: now,
    activeAt: now,
    series: isNewest ? event.series : alert.series,
    occurrences: alert.occurrences + delta,
    estimated: alert.estimated || occurrence.estimated || delta < occurrence.delta,
    sources:
      alert.sources.includes(source) || alert.sources.length >= MOST_SOURCES
        ? alert.sources
        : alert.sources.concat(source),
    event: isNewest ? event : alert.event,
  };
}

/** The alert after a counter-event; the same object when it clears nothing. */
export function withCounter(
  alert: AlertState,
  rule: CompiledRule | undefined,
  counter: CounterEvent,
): AlertState {
  const cleared = clearedBy({ rule, alert, members: alert.members }, counter);
  if (cleared.size === 0) return alert;
  return {
    ...alert,
    members: alert.members.map((member) =>
      cleared.has(member.key) ? { ...member, clearedAt: counter.event.lastSeenAt, window: NONE } : member,
    ),
  };
}

/** The alert without an object, `Kind/namespace/name`, that is gone; the same one when it is not about it. */
export function withoutObject(alert: AlertState, object: string, now: number): AlertState {
  const isIt = ({ kind, namespace, name, clearedAt }: AlertState["members"][number]): boolean =>
    clearedAt === undefined && `${kind}/${namespace}/${name}` === object;
  if (!alert.members.some(isIt)) return alert;
  return {
    ...alert,
    members: alert.members.map((member) =>
      isIt(member) ? { ...member, clearedAt: now, window: NONE } : member,
    ),
  };
}

/** Whether counter-events have cleared everything it was about. */
export function isCleared(alert: Members): boolean {
  return !hasOpenMember(alert);
}

/** The alert with its threshold met, if it is; the same object otherwise. */
export function withThreshold(alert: AlertState, rule: CompiledRule, now: number): AlertState {
  if (alert.phase !== "pending" || alert.metAt !== undefined || !meetsThreshold(alert, rule.threshold))
    return alert;
  return { ...alert, ...withoutWindows(alert), metAt: now };
}

/** The alert at its end. */
export function resolved(alert: AlertState, by: ResolvedBy, now: number): AlertState {
  return { ...alert, phase: "resolved", resolvedAt: now, resolvedBy: by };
}

/**
 * Two alerts that turn out to have the same identity; `into` keeps its labels and its groups. What has met its
 * threshold stays met, and an end that was not told yet is taken back.
 */
export function merge(into: AlertState, other: AlertState): AlertState {
  const newest = other.lastSeenAt >= into.lastSeenAt ? other : into;
  return {
    ...into,
    ...mergeMembers(into, other),
    phase: into.phase === "pending" ? other.phase : "firing",
    metAt: into.metAt ?? other.metAt,
    firedAt: into.firedAt ?? other.firedAt,
    resolvedAt: undefined,
    resolvedBy: undefined,
    accounted: sumOf(into.accounted, other.accounted),
    openedAt: Math.min(into.openedAt, other.openedAt),
    firstSeenAt: Math.min(into.firstSeenAt, other.firstSeenAt),
    lastSeenAt: newest.lastSeenAt,
    occurredAt: Math.max(into.occurredAt, other.occurredAt),
    activeAt: Math.max(into.activeAt, other.activeAt),
    series: newest.series,
    event: newest.event,
    occurrences: into.occurrences + other.occurrences,
    estimated: into.estimated || other.estimated,
    sources: [...new Set([...into.sources, ...other.sources])].slice(0, MOST_SOURCES),
  };
}

function sumOf(a: AlertState["accounted"], b: AlertState["accounted"]): AlertState["accounted"] {
  const sum: Record<string, number> = { ...a };
  for (const [sink, count] of Object.entries(b)) sum[sink] = (sum[sink] ?? 0) + count;
  return sum;
}

/** `component|Kind/namespace/name`: events with the same one share the writer's spam filter. */
export function sourceKey(
  component: string,
  object: { readonly event: Subject["event"]; readonly namespace: string },
): string {
  const { kind, name } = object.event.involvedObject;
  return `${component}|${kind}/${object.namespace}/${name}`;
}

function annotatedSeverity({ event }: Pick<Subject, "event">, policy: Policy): Severity | undefined {
  const wish = Severity.safeParse(event.annotations[SEVERITY_ANNOTATION]);
  if (!wish.success) return undefined;
  // Anybody may write Events; paging somebody is for those the operator trusts.
  return wish.data === "critical" && !policy.trustSeverityFrom.has(event.source.component)
    ? "warning"
    : wish.data;
}

function severityOfType({ event }: Pick<Subject, "event">): Severity {
  return event.type === "Normal" ? "info" : "warning";
}
