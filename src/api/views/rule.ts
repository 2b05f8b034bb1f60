import type { CompiledRule } from "../../rule/index.ts";
import type { AlertCount } from "../../store/index.ts";
import type { Rule } from "../schemas/rule.ts";

/** Makes the answer's form of a rule. @param counts Of its alerts, by phase. */
export function toRule(rule: CompiledRule, counts: readonly AlertCount[]): Rule {
  const inPhase = (phase: AlertCount["phase"]): number =>
    counts.find((count) => count.phase === phase)?.alerts ?? 0;
  const { by, quietMs, maxAgeMs } = rule.resolve;
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
    },
    sinks: rule.sinks ?? null,
    title: rule.title?.source ?? null,
    runbook: rule.runbook?.source ?? null,
    alerts: { pending: inPhase("pending"), firing: inPhase("firing") },
  };
}
