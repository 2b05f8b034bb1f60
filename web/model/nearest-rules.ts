import type { Explanation } from "../../src/api/schemas/explanation.ts";

/** A rule of an explanation. */
export type ExplainedRule = Explanation["rules"][number];

/** How many clauses of a rule do not hold. */
export function failedClauses({ clauses }: ExplainedRule): number {
  return clauses.filter(({ ok }) => !ok).length;
}

/** The rules by how near they are: those that match, then those that name the reason, then by failed clauses. */
export function nearestRules(rules: readonly ExplainedRule[]): readonly ExplainedRule[] {
  return rules.toSorted(
    (a, b) =>
      Number(b.matched) - Number(a.matched) ||
      Number(b.near) - Number(a.near) ||
      failedClauses(a) - failedClauses(b) ||
      (a.rule < b.rule ? -1 : 1),
  );
}

/** Whether a person who wonders about this Event wants to see the rule without asking for all. */
export function isTelling({ matched, near }: ExplainedRule): boolean {
  return matched || near;
}
