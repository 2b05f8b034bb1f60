import type { ClusterEvent } from "../event/index.ts";
import type { Clause, RuleSet } from "./compiled-rule.ts";

/** The answer of one rule to an event, with reasons. */
export interface RuleExplanation {
  readonly rule: string;
  readonly matched: boolean;
  /** Every clause of the rule, then what else kept the event from it: `drop`, `fallback`. */
  readonly clauses: readonly Clause[];
}

/** Asks every rule about an event. */
export function explainRules(rules: RuleSet, event: ClusterEvent): readonly RuleExplanation[] {
  const matched = new Set(rules.match(event).map((rule) => rule.name));
  const dropped = rules.droppedBy(event);
  const ordinary = rules.rules.find((rule) => !rule.fallback && rule.matches(event))?.name;
  return rules.rules.map((rule) => {
    const clauses = [...rule.explain(event)];
    if (dropped !== undefined) {
      clauses.push({ path: "drop", ok: false, expected: "not dropped", actual: `dropped by "${dropped}"` });
    }
    if (rule.fallback) {
      clauses.push({
        path: "fallback",
        ok: ordinary === undefined,
        expected: "no ordinary rule matches",
        actual: ordinary === undefined ? "none does" : `"${ordinary}" matches`,
      });
    }
    return { rule: rule.name, matched: matched.has(rule.name), clauses };
  });
}
