import { type Engine, type EngineObserver, standingOf } from "../alert/index.ts";
import type { Counter, Histogram, Metrics } from "../lib/metrics.ts";

/** The counters of the pipeline (docs/metrics.md#events-and-alerts). */
export interface PipelineMetrics {
  readonly events: Counter<"result">;
  readonly occurrences: Counter<"rule">;
  readonly transitions: Counter<"rule" | "to">;
  readonly notifications: Counter<"sink" | "kind">;
  readonly suppressed: Counter<"reason">;
  readonly ruleErrors: Counter<"rule" | "stage">;
  readonly missed: Counter;
  readonly commitSeconds: Histogram;
  readonly storeFailures: Counter;
  readonly engineFaults: Counter;
}

/** Registers the pipeline's metrics. @param engine Asked when somebody reads the gauges. @param now Epoch milliseconds. */
export function createPipelineMetrics(
  metrics: Metrics,
  engine: () => Engine | undefined,
  now: () => number,
): PipelineMetrics {
  metrics.gauge("tocsin_alerts", "Alerts that are not forgotten, by state.", {
    labelNames: ["state"],
    collect: (gauge) => {
      const counts = { pending: 0, firing: 0, inhibited: 0, silenced: 0, muted: 0, flapping: 0, resolved: 0 };
      const at = now();
      const running = engine();
      for (const alert of running?.alerts() ?? []) counts[running?.conditionOf(alert, at) ?? alert.phase]++;
      for (const [state, count] of Object.entries(counts)) gauge.set({ state }, count);
    },
  });
  metrics.gauge("tocsin_groups", "Groups of alerts that are or were told together.", {
    collect: (gauge) => gauge.set([...(engine()?.groups() ?? [])].length),
  });
  metrics.gauge("tocsin_silences", "Silences that are remembered, by state.", {
    labelNames: ["state"],
    collect: (gauge) => {
      const counts = { pending: 0, active: 0, expired: 0 };
      for (const silence of engine()?.silences.all() ?? []) counts[standingOf(silence, [], now()).state]++;
      for (const [state, count] of Object.entries(counts)) gauge.set({ state }, count);
    },
  });
  return {
    events: metrics.counter("tocsin_events_total", "Event states read, by what became of them.", ["result"]),
    occurrences: metrics.counter("tocsin_occurrences_total", "Occurrences that a rule matched.", ["rule"]),
    transitions: metrics.counter("tocsin_alert_transitions_total", "Alerts that changed their phase.", [
      "rule",
      "to",
    ]),
    notifications: metrics.counter("tocsin_notifications_total", "Notifications made.", ["sink", "kind"]),
    suppressed: metrics.counter("tocsin_suppressed_total", "Occurrences that led to no message, by reason.", [
      "reason",
    ]),
    ruleErrors: metrics.counter("tocsin_rule_errors_total", "Expressions of rules that failed.", [
      "rule",
      "stage",
    ]),
    missed: metrics.counter("tocsin_watch_missed_total", "Event states that only the safety list showed."),
    commitSeconds: metrics.histogram("tocsin_commit_seconds", "Time of one commit to the store.", {
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2],
    }),
    storeFailures: metrics.counter(
      "tocsin_store_failures_total",
      "Calls to the store that failed and were repeated.",
    ),
    engineFaults: metrics.counter(
      "tocsin_engine_faults_total",
      "Occurrences that the engine could not take in.",
    ),
  };
}

/** The engine's counts, as metrics. @param onFault Hears of what went wrong with one occurrence. */
export function toObserver(metrics: PipelineMetrics, onFault: (error: unknown) => void): EngineObserver {
  return {
    occurrences: (rule, count) => metrics.occurrences.inc({ rule }, count),
    transition: (rule, to) => metrics.transitions.inc({ rule, to }),
    notification: (sink, kind) => metrics.notifications.inc({ sink, kind }),
    suppressed: (reason, count) => metrics.suppressed.inc({ reason }, count),
    ruleError: (rule, stage) => {
      metrics.ruleErrors.inc({ rule, stage });
      onFault(`a text of rule ${rule} failed (${stage}); it was left empty or built in`);
    },
    fault: (error) => {
      metrics.engineFaults.inc();
      onFault(error);
    },
  };
}
