import type { Finding } from "../lib/finding.ts";
import { nearest } from "../lib/nearest.ts";
import { check } from "../lib/schema.ts";
import type { YamlFile } from "../lib/yaml-file.ts";
import { adviseList, adviseRule, adviseValues, implies } from "./advice.ts";
import { compileMatcher, compileRule, type RuleDraft } from "./compile-rule.ts";
import type { ReasonRow, RuleSet } from "./compiled-rule.ts";
import { createReasonTable, ReasonSpec, type ReasonTable, toReasonRow } from "./reason-table.ts";
import { createFindings, type Findings, type Path, type Placed, type Report } from "./report.ts";
import { type CompiledDrop, createRuleSet } from "./rule-set.ts";
import { DropSpec, OverrideSpec, RuleSpec } from "./rule-spec.ts";
import { createTextCompiler, type TextCompiler } from "./rule-text.ts";

/** Rules and drops of one document: a whole rule file, or those in place in the configuration. */
export interface RuleSource {
  readonly document: YamlFile;
  /** Each with its path in the document: `["rules", 2]`. */
  readonly rules: readonly Omit<Placed, "document">[];
  readonly drops: readonly Omit<Placed, "document">[];
}

/** Everything that makes a rule set. */
export interface RuleInput {
  readonly sources: readonly RuleSource[];
  /** The value of `overrides`; undefined when there is none. */
  readonly overrides?: Placed | undefined;
  /** The value of `reasons`; undefined when there is none. */
  readonly reasons?: Placed | undefined;
  /** What `loadReasonTable` read. */
  readonly reasonRows: readonly ReasonRow[];
  readonly cluster: string;
  readonly eventTtlMs: number;
  /** Undefined: sinks are not looked at. */
  readonly sinkNames?: ReadonlySet<string> | undefined;
  /** Empty or undefined: all namespaces are watched. */
  readonly namespaces?: readonly string[] | undefined;
}

/** A rule on its way, with where it stands. */
interface Entry {
  readonly draft: RuleDraft;
  readonly report: Report;
  /** False when something of it was wrong, so that it only served to find more faults. */
  readonly isWhole: boolean;
}

/**
 * Compiles all rules of all documents. Never throws: every fault of every document is a finding. The rule set holds
 * what could be compiled, and is for use only when no finding is an error.
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
  for (const { draft, report, isWhole } of entries) {
    checkSinks(draft.spec.sinks, ["sinks"], { sinkNames: input.sinkNames, report });
    if (!isWhole) continue;
    const others = enabled.filter((other) => other.draft !== draft && !other.draft.rule.fallback).length;
    const { cluster, eventTtlMs } = input;
    adviseRule(
      draft,
      { cluster, rows: table.rows, eventTtlMs, namespaces: input.namespaces ?? [], others },
      report,
    );
  }
  for (const drop of drops) adviseDrop(drop, enabled);
  const rules = enabled.filter(({ isWhole }) => isWhole).map(({ draft }) => draft);
  return { rules: createRuleSet({ rules, drops, table }), findings: findings.all() };
}

function createTable({ reasons, reasonRows }: RuleInput, findings: Findings): ReasonTable {
  const own: ReasonRow[] = [];
  if (reasons !== undefined) {
    const report = findings.at(reasons.document, reasons.path);
    const list: readonly unknown[] = Array.isArray(reasons.value) ? reasons.value : [];
    if (!Array.isArray(reasons.value)) report.error({ path: [], message: "expected a list of rows" });
    for (const [index, value] of list.entries()) {
      const row = check(ReasonSpec, value, [index]);
      row.faults.forEach(report.error);
      if (row.value !== undefined) own.push(toReasonRow(row.value, reasonRows));
    }
  }
  return createReasonTable(own, reasonRows);
}

/** What the configuration says of one rule. */
interface Override {
  readonly spec: OverrideSpec;
  readonly report: Report;
}
type Overrides = ReadonlyMap<string, Override>;

function readOverrides(placed: Placed | undefined, findings: Findings): Overrides {
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

/** Checks a rule. Where a part is wrong, the rest is still looked at, so that one fault does not hide another. */
function readRule(
  value: unknown,
  report: Report,
): { readonly spec: RuleSpec; readonly isWhole: boolean } | undefined {
  const whole = check(RuleSpec, value);
  if (whole.value !== undefined) return { spec: whole.value, isWhole: true };
  whole.faults.forEach(report.error);
  if (typeof value !== "object" || value === null) return undefined;
  const faulty = new Set(whole.faults.map(({ path }) => path[0]));
  const sound = Object.entries(value).filter(([key]) => !faulty.has(key));
  const rest = check(RuleSpec, { name: "unnamed", match: {}, ...Object.fromEntries(sound) });
  return rest.value === undefined ? undefined : { spec: rest.value, isWhole: false };
}

/** Labels are added to those of the rule; everything else takes the place of what the rule says. */
function applyOverride(rule: RuleSpec, override: OverrideSpec): RuleSpec {
  const given = Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined));
  return { ...rule, ...given, labels: { ...rule.labels, ...override.labels } };
}

/** Faults of what an override says are reported there. */
function divert(own: Report, { spec, report }: Override): Report {
  const isTheirs = (path: Path): boolean => {
    const [key, name] = path;
    if (key === "labels") return spec.labels !== undefined && typeof name === "string" && name in spec.labels;
    return typeof key === "string" && key in spec;
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

/** Reports each sink that does not exist. */
export function checkSinks(
  sinks: readonly string[] | undefined,
  path: Path,
  { sinkNames, report }: { readonly sinkNames: ReadonlySet<string> | undefined; readonly report: Report },
): void {
  if (sinkNames === undefined) return;
  for (const [index, sink] of (sinks ?? []).entries()) {
    if (sinkNames.has(sink)) continue;
    const near = nearest(sink, sinkNames);
    const known = sinkNames.size === 0 ? "no sinks are configured" : `known: ${[...sinkNames].join(", ")}`;
    const hint = near === undefined ? known : `did you mean "${near}"?`;
    report.error({ path: [...path, index], message: `there is no sink "${sink}"; ${hint}` });
  }
}

interface Drop extends CompiledDrop {
  readonly report: Report;
}

function readDrop(value: unknown, texts: TextCompiler, report: Report): readonly Drop[] {
  const spec = check(DropSpec, value);
  spec.faults.forEach(report.error);
  if (spec.value === undefined) return [];
  const matcher = compileMatcher({ match: spec.value.match }, texts, report);
  adviseValues(matcher.alternatives, report);
  adviseList(spec.value.match, ["match"], report);
  return [{ name: spec.value.name, matcher, report }];
}

function adviseDrop({ matcher, report }: Drop, enabled: readonly Entry[]): void {
  for (const alternative of matcher.alternatives) {
    const { tests } = alternative;
    const path = alternative.path;
    if (tests.every(({ field, pattern }) => field.path === "type" && pattern.test("Normal"))) {
      const message =
        "drops every Normal Event, and with them NodeNotReady of Nodes, the back-off of image pulls " +
        "and nearly every recovery";
      report.warning({ path, message });
    }
  }
  for (const { draft } of enabled) {
    const covered = draft.matcher.alternatives.every((narrow) =>
      matcher.alternatives.some((wide) => implies(narrow, wide)),
    );
    if (!covered) continue;
    const message = `drops everything that rule "${draft.rule.name}" could match`;
    report.warning({ path: ["match"], message });
  }
}
