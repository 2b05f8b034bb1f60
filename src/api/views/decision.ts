import type { DecisionRow } from "../../store/index.ts";
import type { Decision } from "../schemas/decision.ts";
import { causeText, toCause } from "./cause-text.ts";
import { toInstant } from "./instant.ts";
import { waitTexts } from "./wait-text.ts";
import { why } from "./why.ts";

/** Makes the answer's form of a decision. */
export function toDecision(row: DecisionRow): Decision {
  const { rule, fingerprint, namespace, outcome, reason, occurrences, waits = [], checked, cause } = row;
  return {
    at: toInstant(row.at),
    rule,
    fingerprint,
    namespace,
    group: orNull(row.groupKey),
    sink: orNull(row.sink),
    outcome,
    reason,
    why: [
      cause === undefined ? why(outcome, reason) : causeText(cause),
      ...waitTexts(waits, checked === "late"),
    ].join("; "),
    waits: waits.map((wait) => ({ for: wait.for, seconds: wait.ms / 1000 })),
    checked: checked ?? null,
    occurrences,
    cause: cause === undefined ? null : toCause(cause),
    delivery: row.delivery ?? null,
    deliveryId: orNull(row.deliveryId),
  };
}

function orNull(text: string): string | null {
  return text === "" ? null : text;
}
