import type { HoldReason } from "./hold.ts";
import type { NotificationKind } from "./notification.ts";
import type { AlertState } from "./state.ts";

/** Why an occurrence led to no message. A closed set: it labels a metric and decisions. */
export type Suppression =
  | "threshold"
  | "cleared_before_notice"
  | "healthy_before_notice"
  | "gone_before_notice"
  | "replaced_before_notice"
  | "cold_start"
  | "drop"
  | "min_severity"
  | "send_resolved"
  | "repeat"
  | HoldReason
  | "digest"
  | "next_digest";

/**
 * The knowledge of the objects of a message when it was made. `verified`: the state of each that was asked for. `late`:
 * at least one answer was not there in time. `unknown`: at least one answer said nothing. `unasked`: nobody answers.
 */
export type CheckResult = "verified" | "late" | "unknown" | "unasked";

/** Receives the counts of the engine, which keeps no metrics itself. */
export interface EngineObserver {
  /** A message about what fires was made, and this was known of the state of its objects. */
  checked(sink: string, result: CheckResult): void;
  occurrences(rule: string, count: number): void;
  transition(rule: string, to: AlertState["phase"] | "forgotten"): void;
  notification(sink: string, kind: NotificationKind): void;
  suppressed(reason: Suppression, count: number): void;
  /** An expression of a rule has failed, and the engine has used its built-in value. */
  ruleError(rule: string, stage: "opening" | "title" | "text"): void;
  /** The `when` of a rule failed on an occurrence, which then does not match. */
  conditionFailed(rule: string): void;
  /** The engine could not handle one occurrence; it goes on with the others of the batch. */
  fault(error: unknown): void;
}

/** An observer that ignores everything. */
export const silentObserver: EngineObserver = {
  checked: () => undefined,
  occurrences: () => undefined,
  transition: () => undefined,
  notification: () => undefined,
  suppressed: () => undefined,
  ruleError: () => undefined,
  conditionFailed: () => undefined,
  fault: () => undefined,
};
