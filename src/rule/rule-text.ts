import type { ClusterEvent } from "../event/index.ts";
import {
  createEnvironment,
  type Environment,
  type ExpressionFault,
  type Fields,
} from "../expression/index.ts";
import type { AlertFacts, EvidenceFacts, RuleText, TextScope } from "./compiled-rule.ts";
import { EVENT_FIELDS, toEventScope } from "./fields.ts";
import type { EventCondition } from "./matcher.ts";
import { LABEL_NAMES } from "./rule-spec.ts";

/** The variables of conditions, `labels`, `identity`, `runbook` and `dashboard`. */
const OPENING_FIELDS = { event: EVENT_FIELDS, cluster: "string" } satisfies Fields;

const EVIDENCE_FIELDS = {
  summary: "string",
  facts: "dyn",
  containers: "dyn",
  workload: "dyn",
  changes: "dyn",
} satisfies Fields;

/** Stands for an unknown cause, so that a text reads "" and empty lists. */
const NO_EVIDENCE: EvidenceFacts = { summary: "", facts: [], containers: [], workload: null, changes: [] };

/** Compiles the expressions of rules. Environments are costly to make, so one serves all rules with the same labels. */
export interface TextCompiler {
  condition(source: string): Result<EventCondition>;
  /** With the variables `event` and `cluster`. */
  opening(source: string): Result<RuleText>;
  /** With `alert`, `group` and `evidence` as well. */
  message(source: string, ownLabels: readonly string[]): Result<RuleText>;
}

type Result<T> = T | readonly ExpressionFault[];

/** Whether compiling gave faults instead of a result. */
export function isFaults<T extends object>(result: Result<T>): result is readonly ExpressionFault[] {
  return Array.isArray(result);
}

/** Makes a compiler of expressions. */
export function createTextCompiler(): TextCompiler {
  const opening = createEnvironment(OPENING_FIELDS);
  const byLabels = new Map<string, Environment>();
  const messageEnvironment = (ownLabels: readonly string[]): Environment => {
    const key = ownLabels.join();
    const known = byLabels.get(key);
    if (known !== undefined) return known;
    const made = createEnvironment({
      ...OPENING_FIELDS,
      alert: alertFields(ownLabels),
      group: { key: "string", labels: "map<string, string>", alerts: "int" },
      evidence: EVIDENCE_FIELDS,
    });
    byLabels.set(key, made);
    return made;
  };
  return {
    condition: (source) => {
      const compiled = opening.condition(source);
      if (compiled.value === undefined) return compiled.faults;
      const condition = compiled.value;
      return { source, holds: (event) => condition.holds(toConditionScope(event)) };
    },
    opening: (source) => toText(opening, source),
    message: (source, ownLabels) => toText(messageEnvironment(ownLabels), source),
  };
}

function alertFields(ownLabels: readonly string[]): Fields {
  return {
    rule: "string",
    severity: "string",
    status: "string",
    occurrences: "int",
    startsAt: "timestamp",
    // Null while it fires, so not a timestamp.
    endsAt: "dyn",
    labels: Object.fromEntries([...LABEL_NAMES, ...ownLabels].map((name) => [name, "string"] as const)),
    workload: "string",
    objects: "list<string>",
    resolvedBy: "string",
  };
}

function toText(environment: Environment, source: string): Result<RuleText> {
  const compiled = environment.template(source);
  if (compiled.value === undefined) return compiled.faults;
  const template = compiled.value;
  return { source, render: (scope) => template.render(toScope(scope)) };
}

function toConditionScope(event: ClusterEvent): Readonly<Record<keyof typeof OPENING_FIELDS, unknown>> {
  return { event: toEventScope(event), cluster: event.cluster };
}

function toScope({ event, now, alert, group, evidence }: TextScope): Readonly<Record<string, unknown>> {
  return {
    ...toConditionScope(event),
    now,
    alert: alert === undefined ? undefined : toAlertScope(alert),
    group,
    evidence: evidence ?? NO_EVIDENCE,
  };
}

function toAlertScope(alert: AlertFacts): Readonly<Record<string, unknown>> {
  return { ...alert, endsAt: alert.endsAt === undefined ? null : new Date(alert.endsAt) };
}
