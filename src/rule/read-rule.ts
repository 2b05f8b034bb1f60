import { checkRest } from "../lib/check-rest.ts";
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
  const {
    value: whole,
    faults,
    rest,
  } = checkRest(RuleSpec, value, {
    standIns: { name: "unnamed", match: {} },
  });
  for (const fault of faults) report.error(fault);
  return rest && { spec: rest, isWhole: whole !== undefined };
}
