import { type CompiledRule, proofOf, type ReasonRow } from "../../rule/index.ts";
import { changed } from "../kept-alert.ts";
import type { Policy } from "../policy.ts";
import type { AlertState } from "../state.ts";
import { type Fill, fingerprintOf, identityOf, labelsOf, type Subject } from "./identity.ts";
import { natureOf } from "./nature.ts";

/** All alerts share one empty list: there may be 100,000 of them, each with several lists that are mostly empty. */
const NONE: readonly never[] = Object.freeze([]);

/** The values that an alert is opened with, besides its event. */
export interface Opening {
  readonly row: ReasonRow | undefined;
  readonly policy: Policy;
  readonly now: number;
  /** The remembered ends of the alert of a fingerprint; undefined for none. */
  readonly endsOf?: ((fingerprint: string) => AlertState["ends"]) | undefined;
  /**
   * Called when a text of the rule fails on this event. The text stays empty: a broken label must not prevent the
   * alert.
   */
  readonly onTextError: () => void;
}

/** The fingerprint of the alert of an event; far cheaper than `openAlert`. */
export function fingerprintFor(rule: CompiledRule, subject: Subject, opening: Opening): string {
  return fingerprintOf(
    subject.event.cluster,
    rule.name,
    identityOf(rule, subject, fillFor(subject, opening)),
  );
}

/** A new alert, without occurrences. */
export function openAlert(rule: CompiledRule, subject: Subject, opening: Opening): AlertState {
  const { row, policy, now } = opening;
  const nature = natureOf(rule, subject, row, policy);
  const fill = fillFor(subject, opening);
  const identity = identityOf(rule, subject, fill);
  const fingerprint = fingerprintOf(subject.event.cluster, rule.name, identity);
  const ends = opening.endsOf?.(fingerprint);
  return {
    fingerprint,
    rule: rule.name,
    ruleVersion: rule.version,
    phase: "pending",
    ...nature,
    labels: labelsOf(rule, subject, { severity: nature.severity, fill }),
    ...linksAndCounters(rule, { row, fill, policy }),
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
    ends,
    againAt: ends === undefined ? undefined : now,
    accounted: {},
    inhibited: undefined,
    overflow: undefined,
    isTombstone: false,
    destinations: NONE,
    isTold: false,
    firstLookAt: undefined,
  };
}

/** An open alert after its rule has changed: timers, severity and links follow the rule; occurrences stay. */
export function underRule(alert: AlertState, rule: CompiledRule, opening: Opening): AlertState {
  const nature = natureOf(rule, alert, opening.row, opening.policy);
  const fill = fillFor(alert, opening);
  const ofRule = linksAndCounters(rule, { ...opening, fill });
  return changed(alert, {
    ...nature,
    ...ofRule,
    // Another proof may say something else; the next fact decides.
    well: ofRule.proof === alert.proof ? alert.well : undefined,
    ruleVersion: rule.version,
    labels: { ...alert.labels, severity: nature.severity },
  });
}

/** The links and counter-events that a rule gives its alerts. */
function linksAndCounters(
  rule: CompiledRule,
  { row, fill, policy }: Pick<Opening, "row" | "policy"> & { readonly fill: Fill },
): Pick<AlertState, "runbook" | "dashboard" | "counters" | "proof"> {
  return {
    runbook: (rule.runbook === undefined ? policy.runbookOf?.(rule.name) : fill(rule.runbook)) || null,
    dashboard: (rule.dashboard && fill(rule.dashboard)) || null,
    counters: rule.resolve.by === undefined ? row?.counterEvents : undefined,
    proof: proofOf(rule, row),
  };
}

function fillFor({ event }: Pick<Subject, "event">, { now, onTextError }: Opening): Fill {
  return (text) => {
    try {
      return text.render({ event, now });
    } catch {
      onTextError();
      return "";
    }
  };
}
