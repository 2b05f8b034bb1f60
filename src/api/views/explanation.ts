import type { EventExplanation, ExplainedAlert } from "../../explain/index.ts";
import type { Explanation } from "../schemas/explanation.ts";
import { heldBackText } from "./held-back.ts";
import { toInstant } from "./instant.ts";
import { outcomeText } from "./outcome-text.ts";

/** Makes the answer's form of an explanation: here its reasons become words. */
export function toExplanation(explanation: EventExplanation): Explanation {
  const { alerts, event, forwards, mistakenReason, otherNamespace, outcome, rules } = explanation;
  return {
    event,
    rules,
    alerts: alerts.map(toExplainedAlert),
    forwards,
    notes: [
      ...(otherNamespace === undefined ? [] : [namespaceText(otherNamespace)]),
      ...(mistakenReason === undefined ? [] : [mistakenReason]),
    ],
    summary: outcomeText(outcome),
  };
}

function toExplainedAlert(alert: ExplainedAlert): Explanation["alerts"][number] {
  const { fingerprint, groupKey, heldBackBy, labels, open, route, rule, severity, sinks, title, waitMs } =
    alert;
  return {
    rule,
    fingerprint,
    title,
    severity,
    labels,
    route,
    groupKey,
    sinks,
    heldBackBy: heldBackBy.map((each) => ({ reason: each.reason, detail: heldBackText(each) })),
    ...(open === undefined ? {} : { open: toOpenAlert(open) }),
    waitMs,
  };
}

function toOpenAlert({ phase, occurrences, openedAt, sent }: NonNullable<ExplainedAlert["open"]>) {
  return {
    phase,
    occurrences,
    since: toInstant(openedAt),
    sent: sent.map(({ sink }) => sink),
    accepted: sent.filter(({ accepted }) => accepted).map(({ sink }) => sink),
  };
}

function namespaceText({ event, object }: NonNullable<EventExplanation["otherNamespace"]>): string {
  return `the Event lies in namespace ${event}, its object in ${object}: labels and routes use ${event}`;
}
