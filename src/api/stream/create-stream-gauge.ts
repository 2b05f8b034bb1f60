import type { Metrics } from "../../lib/metrics.ts";

/** Registers the gauge of the streams. @param open Their number now. */
export function createStreamGauge(metrics: Metrics, open: () => number): void {
  metrics.gauge("tocsin_api_streams", "Open streams of the HTTP API.", {
    collect: (gauge) => gauge.set(open()),
  });
}
