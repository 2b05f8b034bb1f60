import { check } from "../lib/schema.ts";
import type { Findings, Path, Placed, Report } from "./report.ts";
import { OverrideSpec, type RuleSpec } from "./rule-spec.ts";

/** The overrides of one rule. */
export interface Override {
  readonly spec: OverrideSpec;
  readonly report: Report;
}

/** Keyed by rule name. */
export type Overrides = ReadonlyMap<string, Override>;

/** Reads the value of `overrides`. */
export function readOverrides(placed: Placed | undefined, findings: Findings): Overrides {
  const overrides = new Map<string, Override>();
  if (placed === undefined) return overrides;
  const { document, path, value } = placed;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    findings
      .at(document, path)
      .error({ path: [], message: "expected a mapping of rule names to what changes" });
    return overrides;
  }
  for (const [name, changes] of Object.entries(value)) {
    const report = findings.at(document, [...path, name]);
    const spec = check(OverrideSpec, changes);
    spec.faults.forEach(report.error);
    overrides.set(name, { spec: spec.value ?? {}, report });
  }
  return overrides;
}

/** Applies an override. Labels are added to those of the rule; every other key replaces the rule's. */
export function applyOverride(rule: RuleSpec, override: OverrideSpec): RuleSpec {
  const given = Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined));
  return { ...rule, ...given, labels: { ...rule.labels, ...override.labels } };
}

/** Faults of the override's values are reported there. */
export function divert(own: Report, { spec, report }: Override): Report {
  const isTheirs = (path: Path): boolean => {
    const [key = "", name = ""] = path;
    return key === "labels" ? Object.hasOwn(spec.labels ?? {}, name) : Object.hasOwn(spec, key);
  };
  return {
    error: (complaint) => {
      (isTheirs(complaint.path) ? report : own).error(complaint);
    },
    warning: (complaint) => {
      (isTheirs(complaint.path) ? report : own).warning(complaint);
    },
  };
}
