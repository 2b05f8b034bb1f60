import { isMapping } from "../lib/mapping.ts";
import type { RuleUnit } from "../rule/index.ts";

/** Units with another one behind them, which takes the places of their rules that have names of its own. */
export function withInstead(units: readonly RuleUnit[], instead: RuleUnit | undefined): readonly RuleUnit[] {
  if (instead === undefined) return units;
  const names = new Set(instead.rules.map(({ value }) => nameOf(value)));
  return [
    ...units.map((unit) => ({ ...unit, rules: unit.rules.filter(({ value }) => !names.has(nameOf(value))) })),
    instead,
  ];
}

/** Undefined for an entry that is no rule, or has no name. */
function nameOf(value: unknown): string | undefined {
  const name = isMapping(value) ? value["name"] : undefined;
  return typeof name === "string" ? name : undefined;
}
