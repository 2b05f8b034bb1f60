import type { Finding } from "../lib/finding.ts";
import { nearest } from "../lib/nearest.ts";
import { check } from "../lib/schema.ts";
import type { YamlFile } from "../lib/yaml-file.ts";
import { adviseRule, adviseWriting } from "./advice.ts";
import { compileRule, type RuleDraft } from "./compile-rule.ts";
import type { ReasonRow, RuleSet } from "./compiled-rule.ts";
import { adviseDrop, readDrop } from "./drops.ts";
import { labelNamesOf } from "./label-names.ts";
import { applyOverride, divert, type Overrides, readOverrides } from "./overrides.ts";
import { readRule } from "./read-rule.ts";
import { createReasonTable, ReasonSpec, type ReasonTable } from "./reason-table.ts";
import { createFindings, type Findings, type Path, type Placed, type Report } from "./report.ts";
import { createRuleSet } from "./rule-set.ts";
import { type TextCompiler, createTextCompiler } from "./rule-text.ts";
import { checkSinks } from "./sinks.ts";

/** Rules and drops of one document: a whole rule file, or those in place in the configuration. */
export interface RuleSource {
  readonly document: YamlFile;
  /** Each with its path in the document: `["rules", 2]`. */
  readonly rules: readonly Omit<Placed, "document">[];
  readonly drops: readonly Omit<Placed, "document">[];
}

/** All inputs of a rule set. */
export interface RuleInput {
  readonly sources: readonly RuleSource[];
  /** The value of `overrides`; undefined when there is none. */
  readonly overrides?: Placed | undefined;
  /** The value of `reasons`; undefined when there is none. */
  readonly reasons?: Placed | undefined;
  /** The result of `loadReasonTable`. */
  readonly reasonRows: readonly ReasonRow[];
  readonly cluster: string;
  readonly eventTtlMs: number;
  /** Undefined: sinks are not checked. */
  readonly sinkNames?: ReadonlySet<string> | undefined;
  /** Empty or undefined: the watch covers all namespaces. */
  readonly namespaces?: readonly string[] | undefined;
}

/** A rule during compilation, with its place. */
interface Entry {
  readonly draft: RuleDraft;
  readonly report: Report;
  /** False when a part of it was wrong, so that it only served to find more faults. */
  readonly isWhole: boolean;
}

/**
 * Compiles all rules of all documents. Never throws: every fault of every document is a finding. The rule set holds
 * every rule that compiled; use it only when no finding is an error.
 */
export function compileRules(input: RuleInput): {
  readonly rules: RuleSet;
  readonly findings: readonly Finding[];
} {
  const findings = createFindings();
  const texts = createTextCompiler(input.cluster);
  const table = createTable(input, findings);
  const overrides = readOverrides(input.overrides, findings);
  const entries = input.sources.flatMap(({ document, rules }) =>
    rules.flatMap((rule): readonly Entry[] => {
      const entry = readEntry({ document, ...rule }, { overrides, texts, findings });
      return entry === undefined ? [] : [entry];
    }),
  );
  checkNames(input, overrides, findings);
  const drops = input.sources.flatMap(({ document, drops: list }) =>
    list.flatMap(({ path, value }) => readDrop(value, texts, findings.at(document, path))),
  );
  const enabled = entries.filter(({ draft }) => draft.spec.enabled);
  const ordinary = enabled.filter(({ draft }) => !draft.rule.fallback);
  const { cluster, eventTtlMs, namespaces = [] } = input;
  for (const entry of entries) {
    const { draft, report } = entry;
    checkSinks(draft.spec.sinks, ["sinks"], { sinkNames: input.sinkNames, report });
    adviseWriting(draft, report);
    if (!entry.isWhole) continue;
    const others = ordinary.length - (ordinary.includes(entry) ? 1 : 0);
    adviseRule(draft, { cluster, rows: table.rows, eventTtlMs, namespaces, others }, report);
  }
  const rules = enabled.filter(({ isWhole }) => isWhole).map(({ draft }) => draft);
  for (const drop of drops) adviseDrop(drop, rules);
  return {
    rules: createRuleSet({ rules, drops, table, labelNames: labelNamesOf(input) }),
    findings: findings.all(),
  };
}

function createTable({ reasons, reasonRows }: RuleInput, findings: Findings): ReasonTable {
  const own: ReasonSpec[] = [];
  if (reasons !== undefined) {
    const report = findings.at(reasons.document, reasons.path);
    const list: readonly unknown[] = Array.isArray(reasons.value) ? reasons.value : [];
    if (!Array.isArray(reasons.value)) report.error({ path: [], message: "expected a list of rows" });
    for (const [index, value] of list.entries()) {
      const row = check(ReasonSpec, value, [index]);
      row.faults.forEach(report.error);
      if (row.value !== undefined) own.push(row.value);
    }
  }
  return createReasonTable(own, reasonRows);
}

interface Reading {
  readonly overrides: Overrides;
  readonly texts: TextCompiler;
  readonly findings: Findings;
}

function readEntry(
  { document, path, value }: Placed,
  { overrides, texts, findings }: Reading,
): Entry | undefined {
  let failed = false;
  const own = findings.at(document, path);
  const read = readRule(value, own);
  if (read === undefined) return undefined;
  const override = overrides.get(read.spec.name);
  const spec = override === undefined ? read.spec : applyOverride(read.spec, override.spec);
  const report = override === undefined ? own : divert(own, override);
  const draft = compileRule(spec, texts, {
    error: (complaint) => {
      failed = true;
      report.error(complaint);
    },
    warning: report.warning,
  });
  return { draft, report, isWhole: read.isWhole && !failed };
}

/** Names are unique over all documents, and an override names one of them. */
function checkNames({ sources }: RuleInput, overrides: Overrides, findings: Findings): void {
  const places = new Map<string, string>();
  for (const { document, rules } of sources) {
    for (const { path, value } of rules) {
      const name = typeof value === "object" && value !== null && "name" in value ? value.name : undefined;
      if (typeof name !== "string") continue;
      const first = places.get(name);
      const at = [...path, "name"];
      if (first === undefined) places.set(name, placeOf(document, at));
      else
        findings.at(document, at).error({ path: [], message: `rule "${name}" is also defined at ${first}` });
    }
  }
  for (const [name, { report }] of overrides) {
    if (places.has(name)) continue;
    const near = nearest(name, places.keys());
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    report.error({ path: [], onKey: true, message: `there is no rule "${name}" to override${hint}` });
  }
}

function placeOf(document: YamlFile, path: Path): string {
  const [found] = document.locate([{ level: "error", path, message: "" }]);
  return `${document.file}:${found?.line ?? 0}:${found?.column ?? 0}`;
}
