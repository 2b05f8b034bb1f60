import type { Metrics } from "../lib/metrics.ts";
import type { EventRing } from "./event-ring.ts";

/** Registers the gauges of the ring (docs/metrics.md#events-and-alerts). @param current The ring of now; undefined for none. */
export function createRingGauges(metrics: Metrics, current: () => EventRing | undefined): void {
  metrics.gauge("tocsin_recent_events", "Events of the last hour that are kept for people.", {
    collect: (gauge) => gauge.set(current()?.size().events ?? 0),
  });
  metrics.gauge("tocsin_recent_events_bytes", "Memory of the Events that are kept for people.", {
    collect: (gauge) => gauge.set(current()?.size().bytes ?? 0),
  });
}
