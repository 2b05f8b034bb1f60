import { check } from "../lib/schema.ts";
import { withoutPaths } from "../lib/without-paths.ts";
import type { Report } from "./report.ts";
import { RuleSpec } from "./rule-spec.ts";

/**
 * Checks a rule. Where a part is wrong, the rest is returned all the same, so that one fault does not hide another;
 * such a rule serves for nothing else.
 */
export function readRule(
  value: unknown,
  report: Report,
): { readonly spec: RuleSpec; readonly isWhole: boolean } | undefined {
  const whole = check(RuleSpec, value);
  if (whole.value !== undefined) return { spec: whole.value, isWhole: true };
  for (const fault of whole.faults) report.error(fault);
  const paths = whole.faults.map((fault) => fault.path);
  for (const cut of [paths, paths.map((path) => path.slice(0, 1))]) {
    const rest = withoutPaths(value, cut);
    if (typeof rest !== "object" || rest === null || Array.isArray(rest)) return undefined;
    const sound = check(RuleSpec, { name: "unnamed", match: {}, ...rest });
    if (sound.value !== undefined) return { spec: sound.value, isWhole: false };
  }
  return undefined;
}
