import type { RuleInput } from "./compile.ts";
import { LABEL_NAMES } from "./rule-spec.ts";

/** Labels that alerts can have. Rules and overrides count also where something else in them is wrong. */
export function labelNamesOf({
  sources,
  overrides,
}: Pick<RuleInput, "sources" | "overrides">): ReadonlySet<string> {
  const holders = [
    ...sources.flatMap(({ rules }) => rules.map(({ value }) => value)),
    ...Object.values(overrides?.value ?? {}),
  ];
  return new Set([...LABEL_NAMES, ...holders.flatMap(labelsIn)]);
}

function labelsIn(holder: unknown): readonly string[] {
  if (typeof holder !== "object" || holder === null || !("labels" in holder)) return [];
  return Object.keys(holder.labels ?? {});
}
