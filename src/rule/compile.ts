import { checkRest } from "../lib/check-rest.ts";
import type { Finding } from "../lib/finding.ts";
import type { Locator } from "../lib/locator.ts";
import { unknownName } from "../lib/unknown-name.ts";
import type { InspectedKind } from "../object/index.ts";
import { adviseRule, adviseWriting } from "./advice.ts";
import { adviseRowProof } from "./advise-proof.ts";
import { compileUnit, type DraftedUnit } from "./compile-unit.ts";
import type { ReasonRow, RuleSet } from "./compiled-rule.ts";
import { adviseDrop } from "./drops.ts";
import { KnownReasons } from "./known-reasons.ts";
import { labelNamesOf } from "./label-names.ts";
import { type Overrides, readOverrides } from "./overrides.ts";
import { createReasonTable, ReasonSpec, type ReasonTable } from "./reason-table.ts";
import { createFindings, type Findings, type Path, type Placed, siftedReport } from "./report.ts";
import { createRuleSet } from "./rule-set.ts";
import { createTextCompiler } from "./rule-text.ts";
import type { RuleUnit, UnitReport } from "./rule-unit.ts";
import { checkSinks } from "./sinks.ts";
import { TestCompiler } from "./test-compiler.ts";

/** All inputs of a rule set. */
export interface RuleInput {
  /** Of two rules of one name, that of the later unit is wrong. */
  readonly units: readonly RuleUnit[];
  /** The value of `overrides`; undefined when there is none. */
  readonly overrides?: Placed | undefined;
  /** The value of `reasons`; undefined when there is none. */
  readonly reasons?: Placed | undefined;
  /** The result of `loadReasonTable`. */
  readonly reasonRows: readonly ReasonRow[];
  readonly eventTtlMs: number;
  /** Undefined: sinks are not checked. */
  readonly sinkNames?: ReadonlySet<string> | undefined;
  /** Empty or undefined: the watch covers all namespaces. */
  readonly namespaces?: readonly string[] | undefined;
  /** The value of `kubernetes.enrich`; undefined: nothing is said of rules that need states. */
  readonly enrich?: "off" | "owners" | "state" | undefined;
  /** The value of `kubernetes.inspect`; undefined: nothing is said of kinds that it lacks. */
  readonly inspect?: readonly Pick<InspectedKind, "kind">[] | undefined;
}

/** A rule set with all that was found in it. */
export interface CompiledRules {
  readonly rules: RuleSet;
  /** Of `overrides`, `reasons` and the units whose errors refuse everything. */
  readonly findings: readonly Finding[];
  /** One for each unit that an error leaves out alone. */
  readonly reports: readonly UnitReport[];
  /** Names of the rules of all units, also of those that are switched off or wrong. */
  readonly names: ReadonlySet<string>;
}

/**
 * Compiles all rules of all units. Never throws: every fault is a finding. The rule set holds every rule that compiled;
 * use it only when none of `findings` is an error.
 */
export function compileRules(input: RuleInput): CompiledRules {
  const findings = createFindings();
  const texts = createTextCompiler();
  const tests = new TestCompiler();
  const table = createTable(input, findings);
  const overrides = readOverrides(input.overrides, findings);
  const units = input.units.map((unit) => compileUnit(unit, { overrides, texts, tests, findings }));
  const names = checkNames(input, overrides, findings);
  advise(units, input, table);
  const reports = reportsOf(input.units, findings);
  const inForce = units.filter(({ unit }) => reports.get(unit.origin)?.isInForce !== false);
  const rules = inForce
    .flatMap((each) => each.rules)
    .flatMap(({ draft, isWhole }) => (isWhole && draft.spec.enabled ? [draft] : []));
  const drops = inForce.flatMap((each) => each.drops);
  for (const drop of drops) adviseDrop(drop, rules);
  const labelNames = labelNamesOf(
    inForce.map(({ unit }) => unit),
    input.overrides,
  );
  return {
    rules: createRuleSet({ rules, drops, table, labelNames }),
    findings: [
      ...input.units.filter(({ origin }) => !reports.has(origin)).flatMap((unit) => unit.findings),
      ...findings.all(reports),
    ],
    reports: [...reports.values()],
    names,
  };
}

/** Keyed by the origin of each unit that is left out when it has an error. */
function reportsOf(units: readonly RuleUnit[], findings: Findings): ReadonlyMap<Locator, UnitReport> {
  const alone = units.filter(({ onError }) => onError === "leave-out");
  return new Map(
    alone.map((unit) => {
      const all = [...unit.findings, ...findings.of(unit.origin)];
      const isInForce = !all.some(({ level }) => level === "error");
      return [unit.origin, { origin: unit.origin.file, isInForce, findings: all }];
    }),
  );
}

/** Warns of legal rules that hardly do what their authors want, and checks rules as a whole. */
function advise(units: readonly DraftedUnit[], input: RuleInput, { rows }: ReasonTable): void {
  const { eventTtlMs, namespaces = [], sinkNames, enrich } = input;
  const kinds = kindsIn(input);
  const reasons = new KnownReasons(rows);
  const entries = units.flatMap(({ unit, rules }) =>
    rules.map((rule) => ({
      ...rule,
      ...(unit.isShipped === true ? { inspected: undefined } : { inspected: kinds, enrich }),
    })),
  );
  const ordinary = new Set(entries.filter(({ draft }) => draft.spec.enabled && !draft.rule.fallback));
  for (const entry of entries) {
    const { draft, report, inspected } = entry;
    const own = "enrich" in entry ? entry.enrich : undefined;
    checkSinks(draft.spec.sinks, ["sinks"], { sinkNames, report });
    adviseWriting(draft, reasons, report);
    if (!entry.isWhole) continue;
    const others = ordinary.size - (ordinary.has(entry) ? 1 : 0);
    adviseRule(draft, { rows, eventTtlMs, namespaces, others, inspected, enrich: own }, report);
  }
}

function kindsIn({ inspect }: RuleInput): ReadonlySet<string> | undefined {
  return inspect === undefined ? undefined : new Set(inspect.map(({ kind }) => kind));
}

function createTable(input: RuleInput, findings: Findings): ReasonTable {
  const { reasons, reasonRows } = input;
  const own: ReasonSpec[] = [];
  if (reasons !== undefined) {
    const report = findings.at(reasons.document, reasons.path);
    const list: readonly unknown[] = Array.isArray(reasons.value) ? reasons.value : [];
    if (!Array.isArray(reasons.value)) report.error({ path: [], message: "expected a list of rows" });
    for (const [index, value] of list.entries()) {
      const { rest, faults, further } = checkRest(ReasonSpec, value, { base: [index] });
      faults.forEach(report.error);
      if (rest === undefined) continue;
      own.push(rest);
      const sifted = siftedReport(report, further);
      adviseRowProof(
        rest,
        { rows: reasonRows, inspected: kindsIn(input) },
        { report: sifted, path: [index] },
      );
    }
  }
  return createReasonTable(own, reasonRows);
}

/** Names are unique over all units, and an override names one of them. @returns All names. */
function checkNames({ units }: RuleInput, overrides: Overrides, findings: Findings): ReadonlySet<string> {
  const places = new Map<string, string>();
  for (const { origin, scope, rules } of units) {
    for (const { path, value } of rules) {
      const written = typeof value === "object" && value !== null && "name" in value ? value.name : undefined;
      if (typeof written !== "string") continue;
      const name = `${scope?.prefix ?? ""}${written}`;
      const first = places.get(name);
      const at = [...path, "name"];
      if (first === undefined) places.set(name, placeOf(origin, at));
      else findings.at(origin, at).error({ path: [], message: `rule "${name}" is also defined at ${first}` });
    }
  }
  for (const [name, { report }] of overrides) {
    if (places.has(name)) continue;
    report.error({ path: [], onKey: true, message: unknownName("rule", name, places.keys()) });
  }
  return new Set(places.keys());
}

function placeOf(document: Locator, path: Path): string {
  const [found] = document.locate([{ level: "error", path, message: "" }]);
  return `${document.file}:${found?.line ?? 0}:${found?.column ?? 0}`;
}
