import { compileRule, type RuleDraft } from "./compile-rule.ts";
import type { RuleOrigin } from "./compiled-rule.ts";
import { type Drop, readDrop } from "./drops.ts";
import { applyOverride, divert, type Overrides } from "./overrides.ts";
import { readRule } from "./read-rule.ts";
import type { Findings, Report } from "./report.ts";
import type { TextCompiler } from "./rule-text.ts";
import type { RuleEntry, RuleUnit } from "./rule-unit.ts";
import { checkFallback, nameWithin } from "./scope.ts";
import type { TestCompiler } from "./test-compiler.ts";

/** A compiled rule with its report. */
export interface DraftedRule {
  readonly draft: RuleDraft;
  readonly report: Report;
  /** False when a part of it was wrong, so that it only served to find more faults. */
  readonly isWhole: boolean;
}

/** The compiled entries of a unit. */
export interface DraftedUnit {
  readonly unit: RuleUnit;
  readonly rules: readonly DraftedRule[];
  /** Those that hold for rules of all units. */
  readonly drops: readonly Drop[];
}

/** Context of entries. */
export interface UnitContext {
  readonly overrides: Overrides;
  readonly texts: TextCompiler;
  readonly tests: TestCompiler;
  readonly findings: Findings;
}

/**
 * Compiles the entries of one unit and reports all faults. Drops of a unit with a scope become exceptions of its own
 * rules.
 */
export function compileUnit(unit: RuleUnit, context: UnitContext): DraftedUnit {
  const { texts, tests, findings } = context;
  const drops = unit.drops.flatMap(({ path, value }) =>
    readDrop(value, { texts, tests, report: findings.at(unit.origin, path) }),
  );
  const own = unit.scope === undefined ? [] : drops;
  return {
    unit,
    rules: unit.rules.flatMap((entry) => compileEntry(entry, unit, { ...context, drops: own })),
    drops: unit.scope === undefined ? drops : [],
  };
}

function compileEntry(
  { path, value }: RuleEntry,
  { origin, scope }: RuleUnit,
  { overrides, texts, tests, findings, drops }: UnitContext & { readonly drops: readonly Drop[] },
): readonly DraftedRule[] {
  let failed = false;
  const own = findings.at(origin, path);
  const read = readRule(value, own);
  if (read === undefined) return [];
  const named = nameWithin(read.spec, scope);
  const override = overrides.get(named.name);
  const spec = override === undefined ? named : applyOverride(named, override.spec);
  const report = override === undefined ? own : divert(own, override, named);
  const watched: Report = {
    error: (complaint) => {
      failed = true;
      report.error(complaint);
    },
    warning: report.warning,
  };
  checkFallback(spec, scope, watched);
  const exceptions = drops.flatMap(({ matcher }) => matcher.alternatives);
  const draft = compileRule(spec, { texts, tests, report: watched, scope, drops: exceptions });
  const rule = { ...draft.rule, origin: originOf({ path, value }, origin) };
  return [{ draft: { ...draft, rule }, report, isWhole: read.isWhole && !failed }];
}

/** Plain data: the locator itself keeps the whole file. */
function originOf({ path, value }: RuleEntry, origin: RuleUnit["origin"]): RuleOrigin {
  const [place] = origin.locate([{ level: "warning", path, message: "" }]);
  return { file: origin.file, line: place?.line ?? 1, text: JSON.stringify(value) };
}
