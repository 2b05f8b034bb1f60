import { type GroupState, type Silence, standingOf } from "../alert/index.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { AlertCounts } from "./alert-counts.ts";

/** The counted state of this process's engine; reading changes nothing. */
export interface CountedState {
  readonly alerts: Pick<AlertCounts, "read">;
  /** Lists without copying. */
  readonly groups: () => Iterable<GroupState>;
  readonly silences: () => readonly Silence[];
}

/**
 * Registers the gauges of the engine's state.
 *
 * @param state Undefined while this process has no engine; the gauges have no samples then. @param now Epoch
 * milliseconds.
 */
export function createStateGauges(
  metrics: Metrics,
  state: () => CountedState | undefined,
  now: () => number,
): void {
  metrics.gauge("tocsin_alerts", "Alerts that are not forgotten, by state.", {
    labelNames: ["state"],
    collect: (gauge) => {
      gauge.reset();
      const counts = state()?.alerts.read(now());
      if (counts === undefined) return;
      for (const [name, count] of Object.entries(counts)) gauge.set({ state: name }, count);
    },
  });
  metrics.gauge("tocsin_groups", "Groups of alerts.", {
    collect: (gauge) => {
      let groups = 0;
      for (const _group of state()?.groups() ?? []) groups += 1;
      gauge.set(groups);
    },
  });
  metrics.gauge("tocsin_silences", "Silences that are remembered, by state.", {
    labelNames: ["state"],
    collect: (gauge) => {
      gauge.reset();
      const silences = state()?.silences();
      if (silences === undefined) return;
      const counts = { pending: 0, active: 0, expired: 0 };
      for (const silence of silences) counts[standingOf(silence, now()).state]++;
      for (const [name, count] of Object.entries(counts)) gauge.set({ state: name }, count);
    },
  });
}
