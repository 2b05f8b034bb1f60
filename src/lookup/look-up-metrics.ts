import type { InquiryPurpose } from "../alert/index.ts";
import type { Counter, Metrics } from "../lib/metrics.ts";

/** The end of one look-up. `skipped`: not asked, during a pause or because too much waited. */
export type LookUpOutcome = "found" | "gone" | "forbidden" | "busy" | "failed" | "tooLarge" | "skipped";

/** Counts look-ups, by resource and end (docs/metrics.md#look-ups). */
export function lookUpCounter(metrics: Metrics): Counter<"resource" | "outcome"> {
  return metrics.counter("tocsin_look_ups_total", "Objects that were looked up, by resource and answer.", [
    "resource",
    "outcome",
  ]);
}

/** The state of a queue of inquiries, for one purpose. */
export interface QueueFigures {
  readonly waiting: number;
  /** Milliseconds for which the oldest has waited; 0 when none waits. */
  readonly oldestMs: number;
}

/** Shows the queue of inquiries. */
export function createQueueGauges(
  metrics: Metrics,
  figures: () => Readonly<Record<InquiryPurpose, QueueFigures>>,
): void {
  metrics.gauge("tocsin_look_ups_waiting", "Inquiries about objects that wait for their turn.", {
    labelNames: ["purpose"],
    collect: (gauge) => {
      for (const [purpose, { waiting }] of Object.entries(figures())) gauge.set({ purpose }, waiting);
    },
  });
  metrics.gauge("tocsin_look_up_delay_seconds", "How long the oldest inquiry has waited for its turn.", {
    labelNames: ["purpose"],
    collect: (gauge) => {
      for (const [purpose, { oldestMs }] of Object.entries(figures()))
        gauge.set({ purpose }, oldestMs / 1000);
    },
  });
}
