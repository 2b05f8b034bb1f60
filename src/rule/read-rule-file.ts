import { check } from "../lib/schema.ts";
import type { YamlFile } from "../lib/yaml-file.ts";
import { RuleFileSpec } from "./rule-spec.ts";
import type { RuleEntry, RuleUnit } from "./rule-unit.ts";

/**
 * The entries of a rule file, with the faults of the file itself: unreadable YAML, unknown keys at its top.
 * `compileRules` finds the faults inside the entries.
 */
export function readRuleFile(document: YamlFile): RuleUnit {
  const empty: RuleUnit = {
    origin: document,
    onError: "refuse",
    scope: undefined,
    rules: [],
    drops: [],
    findings: document.findings,
  };
  if (document.findings.length > 0) return empty;
  const { value } = document;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const message = "expected a rule file: a mapping with rules, drop, or both";
    return { ...empty, findings: document.locate([{ level: "error", path: [], message }]) };
  }
  const { faults } = check(RuleFileSpec, value);
  return {
    ...empty,
    rules: entriesOf(value, "rules"),
    drops: entriesOf(value, "drop"),
    findings: document.locate(faults),
  };
}

function entriesOf(file: object, key: "rules" | "drop"): readonly RuleEntry[] {
  const list: unknown = Object.hasOwn(file, key) ? Reflect.get(file, key) : [];
  return Array.isArray(list) ? list.map((value: unknown, index) => ({ path: [key, index], value })) : [];
}
