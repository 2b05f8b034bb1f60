import type { Finding } from "../lib/finding.ts";
import { check } from "../lib/schema.ts";
import type { YamlFile } from "../lib/yaml-file.ts";
import type { RuleSource } from "./compile.ts";
import { RuleFileSpec } from "./rule-spec.ts";

/**
 * The entries of a rule file, and the faults of the file itself: unreadable YAML, unknown keys at its top.
 * `compileRules` finds the faults inside the entries.
 */
export function readRuleFile(document: YamlFile): {
  readonly source: RuleSource;
  readonly findings: readonly Finding[];
} {
  const none: RuleSource = { document, rules: [], drops: [] };
  if (document.findings.length > 0) return { source: none, findings: document.findings };
  const { value } = document;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const message = "expected a rule file: a mapping with rules, drop, or both";
    return { source: none, findings: document.locate([{ level: "error", path: [], message }]) };
  }
  const file = check(RuleFileSpec, value);
  return {
    source: {
      document,
      rules: entriesOf(value, "rules"),
      drops: entriesOf(value, "drop"),
    },
    findings: document.locate(file.faults),
  };
}

function entriesOf(file: object, key: "rules" | "drop"): RuleSource["rules"] {
  const list: unknown = Object.hasOwn(file, key) ? Reflect.get(file, key) : [];
  return Array.isArray(list) ? list.map((value: unknown, index) => ({ path: [key, index], value })) : [];
}
