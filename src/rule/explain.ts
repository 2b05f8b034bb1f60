import type { ClusterEvent } from "../event/index.ts";
import type { Clause, RuleSet } from "./compiled-rule.ts";

/** The answer of one rule to an event, with reasons. */
export interface RuleExplanation {
  readonly rule: string;
  readonly matched: boolean;
  /** It names the reason of the event, and does not match all the same. */
  readonly near: boolean;
  /** Of the nearest alternative, then `except`, `when`, `drop` and `fallback`. */
  readonly clauses: readonly Clause[];
  /** How many other alternatives failed as well; 0 when one holds. */
  readonly otherAlternatives: number;
}

/** Asks every rule about an event. */
export function explainRules(rules: RuleSet, event: ClusterEvent): readonly RuleExplanation[] {
  const matched = new Set(rules.match(event).map((rule) => rule.name));
  const dropped = rules.droppedBy(event);
  const ordinary = rules.rules.find((rule) => !rule.fallback && rule.matches(event))?.name;
  return rules.rules.map((rule) => {
    const { reasonFits, otherAlternatives, ...explained } = rule.explain(event);
    const clauses = [...explained.clauses];
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
    if (rule.state !== undefined)
      clauses.push({ path: "state", ok: false, expected: rule.state.text, actual: "unknown: not looked up" });
    const isMatched = matched.has(rule.name) && rule.state === undefined;
    return {
      rule: rule.name,
      matched: isMatched,
      near: !isMatched && reasonFits,
      clauses,
      otherAlternatives,
    };
  });
}
