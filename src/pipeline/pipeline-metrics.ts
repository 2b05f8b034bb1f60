import type { EngineObserver } from "../alert/index.ts";
import type { Counter, Histogram, Metrics } from "../lib/metrics.ts";

/** The counters of the pipeline (docs/metrics.md#events-and-alerts). */
export interface PipelineMetrics {
  readonly events: Counter<"result">;
  readonly occurrences: Counter<"rule">;
  readonly transitions: Counter<"rule" | "to">;
  readonly notifications: Counter<"sink" | "kind">;
  readonly checks: Counter<"sink" | "result">;
  readonly suppressed: Counter<"reason">;
  readonly ruleErrors: Counter<"rule" | "stage">;
  readonly stateUnknown: Counter<"rule">;
  readonly missed: Counter;
  readonly commitSeconds: Histogram;
  readonly storeFailures: Counter;
  readonly refusedRecords: Counter<"sink">;
  readonly engineFaults: Counter;
}

/** Registers the pipeline's metrics. */
export function createPipelineMetrics(metrics: Metrics): PipelineMetrics {
  return {
    events: metrics.counter("tocsin_events_total", "Event states read, by result.", ["result"]),
    occurrences: metrics.counter("tocsin_occurrences_total", "Occurrences that a rule matched.", ["rule"]),
    transitions: metrics.counter("tocsin_alert_transitions_total", "Alerts that changed their phase.", [
      "rule",
      "to",
    ]),
    notifications: metrics.counter("tocsin_notifications_total", "Notifications made.", ["sink", "kind"]),
    checks: metrics.counter(
      "tocsin_notification_checks_total",
      "Messages about what fires, by what was known of the state of its objects.",
      ["sink", "result"],
    ),
    suppressed: metrics.counter("tocsin_suppressed_total", "Occurrences that led to no message, by reason.", [
      "reason",
    ]),
    ruleErrors: metrics.counter("tocsin_rule_errors_total", "Expressions of rules that failed.", [
      "rule",
      "stage",
    ]),
    stateUnknown: metrics.counter(
      "tocsin_rule_state_unknown_total",
      "Occurrences that a rule with state did not match because the state of the object is unknown.",
      ["rule"],
    ),
    missed: metrics.counter("tocsin_watch_missed_total", "Event states that only the safety list showed."),
    commitSeconds: metrics.histogram("tocsin_commit_seconds", "Time of one commit to the store.", {
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2],
    }),
    storeFailures: metrics.counter(
      "tocsin_store_failures_total",
      "Calls to the store that failed and were repeated.",
    ),
    refusedRecords: metrics.counter(
      "tocsin_forward_dropped_total",
      "Records of forward that were dropped because the state had no room for more of their sink.",
      ["sink"],
    ),
    engineFaults: metrics.counter(
      "tocsin_engine_faults_total",
      "Occurrences that the engine could not take in.",
    ),
  };
}

/** An observer that counts in metrics. @param onFault Called for each fault of an occurrence or of a rule's text. */
export function toObserver(metrics: PipelineMetrics, onFault: (error: unknown) => void): EngineObserver {
  return {
    occurrences: (rule, count) => metrics.occurrences.inc({ rule }, count),
    transition: (rule, to) => metrics.transitions.inc({ rule, to }),
    notification: (sink, kind) => metrics.notifications.inc({ sink, kind }),
    checked: (sink, result) => metrics.checks.inc({ sink, result }),
    suppressed: (reason, count) => metrics.suppressed.inc({ reason }, count),
    ruleError: (rule, stage) => {
      metrics.ruleErrors.inc({ rule, stage });
      onFault(`a text of rule ${rule} failed (${stage}); it was left empty or built in`);
    },
    conditionFailed: (rule) => metrics.ruleErrors.inc({ rule, stage: "when" }),
    fault: (error) => {
      metrics.engineFaults.inc();
      onFault(error);
    },
  };
}
