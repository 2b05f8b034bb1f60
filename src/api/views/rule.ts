import { writeYaml } from "../../lib/write-yaml.ts";
import type { CompiledRule, RuleSet } from "../../rule/index.ts";
import type { AlertCount } from "../../store/index.ts";
import type { Rule } from "../schemas/rule.ts";

/** The numbers about a rule. */
export interface RuleFigures {
  /** Of its alerts, by phase. */
  readonly counts: readonly AlertCount[];
  /** Null where they are not asked for. */
  readonly stats: Rule["stats"];
}

/** Makes the answer's form of a rule. @param rules Those that it is one of. */
export function toRule(rules: RuleSet, rule: CompiledRule, { counts, stats }: RuleFigures): Rule {
  const inPhase = (phase: AlertCount["phase"]): number =>
    counts.find((count) => count.phase === phase)?.alerts ?? 0;
  const { by, quietMs, maxAgeMs, when } = rule.resolve;
  return {
    name: rule.name,
    description: rule.description,
    fallback: rule.fallback,
    severity: rule.severity ?? null,
    lifecycle: rule.lifecycle ?? null,
    threshold: { ...rule.threshold },
    forMs: rule.forMs,
    resolve: {
      by: by?.map(({ label }) => label) ?? null,
      quietMs: quietMs ?? null,
      maxAgeMs: maxAgeMs ?? null,
      when: when ?? null,
      text: rules.endsOf(rule),
    },
    sinks: rule.sinks ?? null,
    title: rule.title?.source ?? null,
    runbook: rule.runbook?.source ?? null,
    alerts: { pending: inPhase("pending"), firing: inPhase("firing") },
    stats,
    source: rule.origin === undefined ? null : { file: rule.origin.file, line: rule.origin.line },
    yaml: rule.origin === undefined ? null : writeYaml(JSON.parse(rule.origin.text)),
  };
}
