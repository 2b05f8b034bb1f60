import { compileAlerting, type CompiledAlerting } from "../alert/index.ts";
import { errorText } from "../lib/errors.ts";
import type { Finding } from "../lib/finding.ts";
import { isMapping } from "../lib/mapping.ts";
import type { Fault } from "../lib/schema.ts";
import type { FoundSecret } from "../lib/secret-option.ts";
import type { YamlFile } from "../lib/yaml-file.ts";
import {
  compileForwards,
  compileRules,
  type ForwardSet,
  type ReasonRow,
  type RuleSet,
  type RuleUnit,
  type UnitReport,
} from "../rule/index.ts";
import { testNotification, withTexts } from "../sink/index.ts";
import { faultyFallbacks } from "./fallbacks.ts";
import { adviseProcess, faultsOfProcess, secretsOfProcess } from "./process-settings.ts";
import { type ReadSinks, readSinks } from "./read-sinks.ts";
import type { ConfigurationFile } from "./sections.ts";
import { textsOfSink, unfitSinks, unusedSinks, usesOfSinks } from "./sink-uses.ts";
import type { KnownSinkTypes } from "./types-for-entries.ts";

/** A configuration with all files that it names, read. */
export interface CompileInput {
  readonly document: YamlFile;
  readonly sections: ConfigurationFile;
  /** Of the sections. */
  readonly faults: readonly Fault[];
  /** The configuration itself first, then the rule files in their order, then the units of providers. */
  readonly units: readonly RuleUnit[];
  readonly reasonRows: readonly ReasonRow[];
  readonly sinkTypes: KnownSinkTypes;
}

/** The parts that run. They are whole only when there is no error among faults and findings. */
export interface Compiled extends CompiledAlerting {
  readonly sinks: ReadSinks["sinks"];
  readonly rules: RuleSet;
  /** Names of the rules that come with the program. */
  readonly shippedRules: ReadonlySet<string>;
  readonly forwards: ForwardSet;
  readonly secrets: readonly FoundSecret[];
  /** Of the configuration's document, without positions yet. */
  readonly faults: readonly Fault[];
  /** Of rules and forwards, in all files. */
  readonly findings: readonly Finding[];
  /** On units that are left out when they have an error. */
  readonly reports: readonly UnitReport[];
}

/** Compiles every part, also when another has faults, so that a user gets all of them at once. */
export function compileConfiguration(input: CompileInput): Compiled {
  const { document, sections, units } = input;
  const sinks = readSinks(sections.sinks, input.sinkTypes);
  // Nobody knows the names in a section that is none.
  const isNone = (section: string): boolean =>
    input.faults.some(({ path }) => path.length === 1 && path[0] === section);
  const sinkNames = isNone("sinks") ? undefined : sinks.names;
  const isInspectWrong = input.faults.some(({ path }) => path[0] === "kubernetes" && path[1] === "inspect");
  const compiledRules = compileRules({
    units,
    overrides: { document, path: ["overrides"], value: sections.overrides },
    reasons: { document, path: ["reasons"], value: sections.reasons },
    reasonRows: input.reasonRows,
    eventTtlMs: sections.kubernetes.eventTtl,
    sinkNames,
    namespaces: sections.kubernetes.namespaces,
    inspect: isInspectWrong ? undefined : sections.kubernetes.inspect,
    enrich: sections.kubernetes.enrich,
  });
  const { rules } = compiledRules;
  const { forwards, findings: forwardFindings } = compileForwards(
    { document, path: ["forward"], value: sections.forward },
    { sinkNames, textsOfSink: (name) => textsOfSink(sections.sinks, name) },
  );
  const hasRules = units.some((unit) => unit.rules.length > 0);
  const alerting = compileAlerting(sections, {
    sinkNames,
    labels: { names: rules.labelNames, rules: compiledRules.names, cluster: sections.cluster },
    hasRules,
    hasIntervals: !isNone("timeIntervals"),
  });
  const uses = usesOfSinks(sections);
  return {
    sinks: sinks.sinks,
    rules,
    shippedRules: shippedRules(units),
    forwards,
    ...alerting,
    secrets: [...sinks.secrets, ...secretsOfProcess(sections)],
    faults: [
      ...sinks.faults,
      ...faultsOfProcess(sections, { sinkNames }),
      ...alerting.faults,
      ...unfitSinks(uses, sinks.heads),
      ...faultyFallbacks(sections.sinks, sinks.heads),
    ],
    findings: [...compiledRules.findings, ...forwardFindings],
    reports: compiledRules.reports,
  };
}

function shippedRules(units: readonly RuleUnit[]): ReadonlySet<string> {
  const values = units
    .filter(({ isShipped }) => isShipped)
    .flatMap(({ rules }) => rules.map(({ value }) => value));
  return new Set(values.flatMap((value) => (isMapping(value) ? String(value["name"]) : [])));
}

/** Warnings about parts that work but are rarely intended. Only for a configuration without errors. */
export function adviseConfiguration(sections: ConfigurationFile, compiled: Compiled): readonly Fault[] {
  const used = new Set([
    ...usesOfSinks(sections).map(({ sink }) => sink),
    ...compiled.rules.rules.flatMap(({ sinks }) => sinks ?? []),
    ...compiled.sinks.flatMap(({ common }) => common.fallback?.sink ?? []),
  ]);
  const faults: Fault[] = [
    ...unusedSinks(sections.sinks, used),
    ...failingTexts(sections, compiled.sinks),
    ...vainChoices(sections.sinks, compiled),
  ];
  if (compiled.rules.rules.length === 0 && compiled.forwards.forwards.length === 0) {
    faults.push({
      level: "warning",
      path: ["rules"],
      message: "there is nothing to do: no rule and nothing to forward",
    });
  }
  faults.push(...adviseProcess(sections, compiled));
  return faults;
}

/** Warns about sinks that choose a destination by a label that no alert has. */
function vainChoices(entries: readonly unknown[], { sinks, rules }: Compiled): readonly Fault[] {
  return sinks.flatMap(({ name, common: { chooses } }): Fault[] => {
    if (chooses === undefined || rules.labelNames.has(chooses.label)) return [];
    const label = JSON.stringify(chooses.label);
    const message = `no rule gives an alert the label ${label} by which it chooses, so everything goes to else: set it by the labels of a rule or of overrides`;
    return [{ level: "warning", path: ["sinks", indexOf(entries, name)], message }];
  });
}

function indexOf(entries: readonly unknown[], name: string): number {
  return entries.findIndex((entry) => isMapping(entry) && entry["name"] === name);
}

/** Renders the texts of sinks once with sample data: a type-checked expression can still fail on a value. */
function failingTexts(sections: ConfigurationFile, sinks: Compiled["sinks"]): readonly Fault[] {
  const faults: Fault[] = [];
  for (const { name, common } of sinks) {
    const index = indexOf(sections.sinks, name);
    const sample = testNotification({ id: "sample", sink: name, cluster: "sample", now: 0 });
    withTexts(sample, common, {
      now: 0,
      onFailure: (option, error) => {
        const message = `fails on a sample message: ${errorText(error)}`;
        faults.push({ level: "warning", path: ["sinks", index, option], message });
      },
    });
  }
  return faults;
}
