import type { HoldReason } from "./hold.ts";
import type { NotificationKind } from "./notification.ts";
import type { AlertState } from "./state.ts";

/** Why an occurrence led to no message. A closed set: it labels a metric and decisions. */
export type Suppression =
  | "threshold"
  | "cleared_before_notice"
  | "cold_start"
  | "drop"
  | "min_severity"
  | "send_resolved"
  | "repeat"
  | HoldReason
  | "digest";

/** Receives the counts of the engine, which keeps no metrics itself. */
export interface EngineObserver {
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
  occurrences: () => undefined,
  transition: () => undefined,
  notification: () => undefined,
  suppressed: () => undefined,
  ruleError: () => undefined,
  conditionFailed: () => undefined,
  fault: () => undefined,
};
