import { Severity } from "../../lib/severity.ts";
import { type CompiledRule, type Ending, endingOf, type ReasonRow } from "../../rule/index.ts";
import type { Policy } from "../policy.ts";
import type { Subject } from "./identity.ts";
import { MAX_AGE_MS, POINT_MAX_AGE_MS } from "./timing.ts";

/** The annotation by which a component gives the severity of its event. */
const SEVERITY_ANNOTATION = "tocsin.dev/severity";

/** Severity, lifecycle and timers by rule, reason table and defaults (docs/design/alerting.md#lifecycles). */
export interface Nature extends Ending {
  readonly severity: Severity;
  readonly maxAgeMs: number;
}

/** The nature of the alert that an event would open. */
export function natureOf(
  rule: CompiledRule,
  subject: Pick<Subject, "event">,
  row: ReasonRow | undefined,
  policy: Policy,
): Nature {
  const ending = endingOf(rule, row);
  return {
    ...ending,
    severity: rule.severity ?? annotatedSeverity(subject, policy) ?? row?.severity ?? severityOfType(subject),
    maxAgeMs: rule.resolve.maxAgeMs ?? (ending.lifecycle === "point" ? POINT_MAX_AGE_MS : MAX_AGE_MS),
  };
}

/** Whether the problem of a rule lasts until something ends it, so that an old Event may still stand for it. */
export function outlivesItsEvent(rule: CompiledRule, row: ReasonRow | undefined): boolean {
  return (rule.lifecycle ?? row?.lifecycle) === "transition";
}

function annotatedSeverity({ event }: Pick<Subject, "event">, policy: Policy): Severity | undefined {
  const wish = Severity.safeParse(event.annotations[SEVERITY_ANNOTATION]);
  if (!wish.success) return undefined;
  // Anybody may write Events, so only components that the operator trusts may set `critical`, which can page a person.
  return wish.data === "critical" && !policy.trustSeverityFrom.has(event.source.component)
    ? "warning"
    : wish.data;
}

function severityOfType({ event }: Pick<Subject, "event">): Severity {
  return event.type === "Normal" ? "info" : "warning";
}
