import type { Gauge, Metrics } from "../../lib/metrics.ts";

/**
 * Registers the metrics of the copy of the state file and of its damage (docs/metrics.md#process).
 *
 * @param isDamaged Whether damage was found since the start. @returns The time of the last copy, Unix seconds.
 */
export function createCopyMetrics(metrics: Metrics, isDamaged: () => boolean): Gauge {
  metrics.gauge("tocsin_state_damaged", "1 when the state file was found damaged since the start.", {
    collect: (gauge) => gauge.set(isDamaged() ? 1 : 0),
  });
  return metrics.gauge("tocsin_state_copy_timestamp_seconds", "Time of the last copy of the state file.");
}
