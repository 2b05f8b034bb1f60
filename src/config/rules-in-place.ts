import type { Locator } from "../lib/locator.ts";
import { isMapping } from "../lib/mapping.ts";
import type { RuleUnit } from "../rule/index.ts";
import type { ConfigurationFile } from "./sections.ts";

/** The rules and drops in place in the configuration. */
export function rulesInPlace(document: Locator, { rules, drop }: ConfigurationFile): RuleUnit {
  return {
    origin: document,
    onError: "refuse",
    scope: undefined,
    rules: rules.flatMap((value, index) => (isMapping(value) ? [{ path: ["rules", index], value }] : [])),
    drops: drop.map((value, index) => ({ path: ["drop", index], value })),
    findings: [],
  };
}
