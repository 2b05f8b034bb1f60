import type { DeliveryError } from "../egress/index.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { Queries, QueueDepth } from "../store/index.ts";

/** The counters of delivery. The depths of the queues are no counters: each scrape reads them from the store. */
export interface DeliveryMetrics {
  readonly attempts: {
    inc(labels: { readonly sink: string; readonly outcome: DeliveryError["failure"] | "delivered" }): void;
  };
  /** Attempts to destinations beyond the bound; these share one pace and one circuit breaker. */
  readonly shared: { inc(labels: { readonly sink: string }): void };
  /** Seconds from the last occurrence in a message until its receiver has accepted it. */
  readonly delay: { observe(labels: { readonly sink: string }, seconds: number): void };
}

/** Seconds. A group waits for 10 or 30 s before its first message; a receiver that is down may add hours. */
const DELAY_BUCKETS = [1, 5, 10, 15, 30, 45, 60, 120, 300, 900, 3600, 14_400];

/** Registers the metrics of delivery. @param now Epoch milliseconds. */
export function createDeliveryMetrics(
  metrics: Metrics,
  queries: Pick<Queries, "depths">,
  now: () => number,
): DeliveryMetrics {
  let asked: Promise<readonly QueueDepth[]> | undefined;
  /** A scrape reads all gauges at the same time, so one query serves all of them. */
  const depths = async (): Promise<readonly QueueDepth[]> => {
    asked ??= queries.depths();
    try {
      return await asked;
    } finally {
      asked = undefined;
    }
  };
  metrics.gauge("tocsin_deliveries", "Deliveries and records that are not delivered, by sink and state.", {
    labelNames: ["sink", "state"],
    collect: async (gauge) => {
      const rows = await depths();
      gauge.reset();
      for (const { sink, waiting, dead } of rows) {
        gauge.set({ sink, state: "waiting" }, waiting);
        gauge.set({ sink, state: "dead" }, dead);
      }
    },
  });
  metrics.gauge("tocsin_delivery_oldest_age_seconds", "Age of what has waited longest for the sink.", {
    labelNames: ["sink"],
    collect: async (gauge) => {
      const rows = await depths();
      gauge.reset();
      for (const { sink, oldestAt } of rows)
        gauge.set({ sink }, oldestAt === undefined ? 0 : Math.max(0, now() - oldestAt) / 1000);
    },
  });
  metrics.gauge("tocsin_dead_letters", "Dead letters of the sink.", {
    labelNames: ["sink"],
    collect: async (gauge) => {
      const rows = await depths();
      gauge.reset();
      for (const { sink, dead } of rows) gauge.set({ sink }, dead);
    },
  });
  return {
    attempts: metrics.counter("tocsin_delivery_attempts_total", "Attempts by sink and how they ended.", [
      "sink",
      "outcome",
    ]),
    shared: metrics.counter(
      "tocsin_delivery_shared_attempts_total",
      "Attempts to destinations beyond the bound of a sink, which share one pace and one circuit breaker.",
      ["sink"],
    ),
    delay: metrics.histogram(
      "tocsin_event_to_notification_seconds",
      "From the last occurrence that a message tells of until its receiver has taken it.",
      { labelNames: ["sink"], buckets: DELAY_BUCKETS },
    ),
  };
}
