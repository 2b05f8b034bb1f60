import { checkRest } from "../lib/check-rest.ts";
import type { Findings, Path, Placed, Report } from "./report.ts";
import { type MatchSpec, OverrideSpec, type RuleSpec } from "./rule-spec.ts";

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
    const { faults, rest } = checkRest(OverrideSpec, changes);
    faults.forEach(report.error);
    overrides.set(name, { spec: rest ?? {}, report });
  }
  return overrides;
}

/** Applies an override. Labels and exceptions are added to those of the rule; every other key replaces the rule's. */
export function applyOverride(rule: RuleSpec, override: OverrideSpec): RuleSpec {
  const given = Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined));
  return {
    ...rule,
    ...given,
    // Theirs come first, so that a place in them has the same index in both.
    except: together(override.except, rule.except),
    labels: { ...rule.labels, ...override.labels },
  };
}

function together(theirs: MatchSpec | undefined, own: MatchSpec | undefined): MatchSpec | undefined {
  return theirs === undefined || own === undefined ? (theirs ?? own) : [theirs, own].flat();
}

/**
 * Faults of the override's values are reported there.
 *
 * @param rule As it is without the override.
 */
export function divert(own: Report, { spec, report }: Override, rule: Pick<RuleSpec, "except">): Report {
  const place = (path: Path): readonly [Report, Path] => {
    const [key = "", name = ""] = path;
    if (key === "labels") return [Object.hasOwn(spec.labels ?? {}, name) ? report : own, path];
    if (key === "except")
      return placeOfException(path, { own, report, theirs: spec.except, ofRule: rule.except });
    return [Object.hasOwn(spec, key) ? report : own, path];
  };
  return {
    error: (complaint) => {
      const [where, path] = place(complaint.path);
      where.error({ ...complaint, path });
    },
    warning: (complaint) => {
      const [where, path] = place(complaint.path);
      where.warning({ ...complaint, path });
    },
  };
}

/** Where an exception is written, and its path there: in the list of both those of the override come first. */
function placeOfException(
  path: Path,
  {
    own,
    report,
    theirs,
    ofRule,
  }: {
    readonly own: Report;
    readonly report: Report;
    readonly theirs: MatchSpec | undefined;
    readonly ofRule: MatchSpec | undefined;
  },
): readonly [Report, Path] {
  if (theirs === undefined || ofRule === undefined) return [theirs === undefined ? own : report, path];
  const [key = "except", index = 0, ...rest] = path;
  const count = [theirs].flat().length;
  const isTheirs = Number(index) < count;
  const written = isTheirs ? theirs : ofRule;
  const at = isTheirs ? Number(index) : Number(index) - count;
  return [isTheirs ? report : own, Array.isArray(written) ? [key, at, ...rest] : [key, ...rest]];
}
