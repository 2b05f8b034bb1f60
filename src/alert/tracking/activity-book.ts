import { ACTIVITY_BUCKET_MS, type ActivityCount } from "../activity.ts";
import type { AlertState } from "../state.ts";

type Counted = Pick<ActivityCount, "rule" | "severity">;

interface Counter extends Counted {
  opened: number;
  occurrences: number;
}

/**
 * Counts the activity of each rule in the newest bucket. The counts are those since its begin, so that storing one twice
 * changes nothing.
 */
export class ActivityBook {
  #bucket = 0;
  /** Keyed by severity and rule. */
  readonly #counters = new Map<string, Counter>();
  readonly #changed = new Set<Counter>();
  /** Counts of earlier buckets that were not drained yet. */
  readonly #older: ActivityCount[] = [];

  /** Goes on with the stored counts of the newest bucket. */
  load(counts: readonly ActivityCount[]): void {
    for (const { bucket, opened, occurrences, ...counted } of counts) {
      this.#begin(bucket);
      Object.assign(this.#of(counted), { opened, occurrences });
    }
  }

  /** @param now Epoch milliseconds, which chooses the bucket. */
  add(
    alert: Pick<AlertState, "rule" | "severity">,
    { opened = 0, occurrences = 0 }: Partial<Pick<ActivityCount, "opened" | "occurrences">>,
    now: number,
  ): void {
    this.#begin(Math.floor(now / ACTIVITY_BUCKET_MS) * ACTIVITY_BUCKET_MS);
    const counter = this.#of(alert);
    counter.opened += opened;
    counter.occurrences += occurrences;
    this.#changed.add(counter);
  }

  /** The changed counts since the last call. */
  drain(): readonly ActivityCount[] {
    this.#takeChanged();
    return this.#older.splice(0);
  }

  #begin(bucket: number): void {
    if (bucket === this.#bucket) return;
    this.#takeChanged();
    this.#counters.clear();
    this.#bucket = bucket;
  }

  #takeChanged(): void {
    for (const counter of this.#changed) this.#older.push({ bucket: this.#bucket, ...counter });
    this.#changed.clear();
  }

  #of({ rule, severity }: Counted): Counter {
    const key = `${severity}/${rule}`;
    const known = this.#counters.get(key);
    if (known !== undefined) return known;
    const counter = { rule, severity, opened: 0, occurrences: 0 };
    this.#counters.set(key, counter);
    return counter;
  }
}
