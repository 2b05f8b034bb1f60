import type { SeenState } from "../../alert/index.ts";
import type { EventExplanation, ExplainedAlert } from "../../explain/index.ts";
import type { Explanation } from "../schemas/explanation.ts";
import { toCause } from "./cause-text.ts";
import { heldBackText } from "./held-back.ts";
import { toInstant } from "./instant.ts";
import { toMessageToCome } from "./message-to-come.ts";
import { outcomeText } from "./outcome-text.ts";
import { stillOpenText, toSeenState } from "./seen-state.ts";

/** The knowledge around an explanation. */
export interface ExplainedWith {
  /** The known state of the objects of an open alert; undefined where no bridge runs, or none is read. */
  readonly seenState?: (fingerprint: string) => SeenState | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Makes the answer's form of an explanation: here its reasons become words. */
export function toExplanation(explanation: EventExplanation, context: ExplainedWith): Explanation {
  const { alerts, event, forwards, mistakenReason, otherNamespace, outcome, rules } = explanation;
  return {
    event,
    rules: rules.map(({ clauses, ...rule }) => ({ ...rule, clauses: clauses.map(toClause) })),
    alerts: alerts.map((alert) => toExplainedAlert(alert, context)),
    forwards,
    notes: [
      ...(otherNamespace === undefined ? [] : [namespaceText(otherNamespace)]),
      ...(mistakenReason === undefined ? [] : [mistakenReason]),
    ],
    summary: outcomeText(outcome),
  };
}

type ExplainedAnswer = Explanation["alerts"][number];

type ClauseAnswer = Explanation["rules"][number]["clauses"][number];

/** `match[1].reason` is of the alternative 1. */
function toClause(clause: EventExplanation["rules"][number]["clauses"][number]): ClauseAnswer {
  const alternative = /^match\[(?<index>\d+)\]/u.exec(clause.path)?.groups?.["index"];
  return { ...clause, alternative: alternative === undefined ? null : Number(alternative) };
}

function toExplainedAlert(alert: ExplainedAlert, context: ExplainedWith): ExplainedAnswer {
  const {
    fingerprint,
    groupKey,
    heldBackBy,
    labels,
    open,
    proof,
    route,
    rule,
    severity,
    sinks,
    title,
    waitMs,
  } = alert;
  return {
    rule,
    fingerprint,
    title,
    severity,
    labels,
    proof: proof ?? null,
    route,
    groupKey,
    sinks,
    heldBackBy: heldBackBy.map(toHeldBack),
    ...(open === undefined ? {} : { open: toOpenAlert(open, context) }),
    waitMs,
  };
}

function toHeldBack(held: ExplainedAlert["heldBackBy"][number]): ExplainedAnswer["heldBackBy"][number] {
  const cause = "cause" in held && held.cause !== undefined ? toCause(held.cause) : null;
  return { reason: held.reason, detail: heldBackText(held), cause };
}

function toOpenAlert(
  { alert, sent, toCome }: NonNullable<ExplainedAlert["open"]>,
  { seenState, now }: ExplainedWith,
): NonNullable<ExplainedAnswer["open"]> {
  const seen = seenState?.(alert.fingerprint);
  return {
    phase: alert.phase,
    occurrences: alert.occurrences,
    since: toInstant(alert.openedAt),
    state: seen === undefined ? null : toSeenState(seen),
    stillOpen: stillOpenText(alert, seen, now),
    sent: sent.map(({ sink }) => sink),
    toCome: toCome.map(toMessageToCome),
    accepted: sent.filter(({ accepted }) => accepted).map(({ sink }) => sink),
  };
}

function namespaceText({ event, object }: NonNullable<EventExplanation["otherNamespace"]>): string {
  return `the Event lies in namespace ${event}, its object in ${object}: labels and routes use ${event}`;
}
