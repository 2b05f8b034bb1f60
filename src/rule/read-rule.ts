import { check } from "../lib/schema.ts";
import type { Path, Report } from "./report.ts";
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
    const rest = without(value, cut);
    if (typeof rest !== "object" || rest === null || Array.isArray(rest)) return undefined;
    const sound = check(RuleSpec, { name: "unnamed", match: {}, ...rest });
    if (sound.value !== undefined) return { spec: sound.value, isWhole: false };
  }
  return undefined;
}

/** A copy of plain data without the values at these paths; a list is dropped whole, so that no index moves. */
function without(value: unknown, paths: readonly Path[]): unknown {
  if (paths.length === 0 || typeof value !== "object" || value === null) return value;
  if (paths.some(([key]) => key === undefined)) return undefined;
  if (Array.isArray(value)) {
    if (paths.some((path) => path.length < 2)) return undefined;
    return value.map((item: unknown, index) => without(item, below(paths, index)));
  }
  const kept = Object.entries(value).map(([key, item]): [string, unknown] => {
    const inner = below(paths, key);
    return [key, inner.some((path) => path.length === 0) ? undefined : without(item, inner)];
  });
  return Object.fromEntries(kept.filter(([, item]) => item !== undefined));
}

function below(paths: readonly Path[], key: string | number): readonly Path[] {
  return paths.filter((path) => path[0] === key).map((path) => path.slice(1));
}
