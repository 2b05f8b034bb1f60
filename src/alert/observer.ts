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

/** Hears what the engine counts; the engine itself keeps no metrics. */
export interface EngineObserver {
  occurrences(rule: string, count: number): void;
  transition(rule: string, to: AlertState["phase"] | "forgotten"): void;
  notification(sink: string, kind: NotificationKind): void;
  suppressed(reason: Suppression, count: number): void;
  /** An expression of a rule failed; its built-in value was used. */
  ruleError(rule: string, stage: "opening" | "title" | "text"): void;
  /** One occurrence could not be taken in; the others of its batch were. */
  fault(error: unknown): void;
}

/** An observer that does not listen. */
export const silentObserver: EngineObserver = {
  occurrences: () => undefined,
  transition: () => undefined,
  notification: () => undefined,
  suppressed: () => undefined,
  ruleError: () => undefined,
  fault: () => undefined,
};
