import type { Inquiry } from "../alert/index.ts";
import { BoundedMap } from "../lib/bounded-map.ts";
import type { Histogram, Metrics } from "../lib/metrics.ts";

/** Objects whose last look is remembered. */
const MOST_REMEMBERED = 20_000;

/** Seconds. The wanted intervals are 30 s and 60 s; with many open alerts they stretch. */
const BUCKETS = [35, 65, 90, 120, 180, 300, 600, 1800];

/** Milliseconds. After a longer time it is another alert about the object. */
const LONGEST_MS = 3_600_000;

/** Measures the time between two looks at an object of an open alert. */
export class WatchIntervals {
  /** By object, on the monotonic clock. */
  readonly #lookedAt = new BoundedMap<string, number>(MOST_REMEMBERED);
  readonly #seconds: Histogram;

  constructor(metrics: Metrics) {
    this.#seconds = metrics.histogram(
      "tocsin_look_up_interval_seconds",
      "Time between two looks at an object of an open alert.",
      { buckets: BUCKETS },
    );
  }

  /** @param now Milliseconds of the monotonic clock. */
  record({ object, purpose }: Inquiry, now: number): void {
    if (purpose !== "watch") return;
    const before = this.#lookedAt.get(object) ?? -Infinity;
    if (now - before < LONGEST_MS) this.#seconds.observe((now - before) / 1000);
    this.#lookedAt.set(object, now);
  }
}
