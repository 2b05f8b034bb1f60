import type { Placed } from "./report.ts";
import { LABEL_NAMES } from "./rule-spec.ts";
import type { RuleUnit } from "./rule-unit.ts";

/**
 * Labels that routes and silences may name. Rules and overrides count also where something else in them is wrong;
 * labels of rules with a scope are known in that scope only.
 */
export function labelNamesOf(units: readonly RuleUnit[], overrides: Placed | undefined): ReadonlySet<string> {
  const holders = [
    ...units.flatMap(({ rules, scope }) => (scope === undefined ? rules : [])).map(({ value }) => value),
    ...Object.values(overrides?.value ?? {}),
  ];
  return new Set([...LABEL_NAMES, ...holders.flatMap(labelsIn)]);
}

function labelsIn(holder: unknown): readonly string[] {
  if (typeof holder !== "object" || holder === null || !("labels" in holder)) return [];
  return Object.keys(holder.labels ?? {});
}
