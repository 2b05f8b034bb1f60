import { MOST_SERIES, SERIES_WINDOW_MS } from "./limits.ts";
import type { Series } from "./series.ts";

/** The series that go on, the one that was longest quiet first; at most 4,096. */
export class SeriesBook {
  readonly #series = new Map<string, Series>();

  get size(): number {
    return this.#series.size;
  }

  /** The series, which thereby becomes the one that was heard of last. */
  touch(key: string): Series | undefined {
    const series = this.#series.get(key);
    if (series === undefined) return undefined;
    this.#series.delete(key);
    this.#series.set(key, series);
    return series;
  }

  /** Whether there is room for one more; one about which everything was told makes it. */
  makeRoom(): boolean {
    if (this.#series.size < MOST_SERIES) return true;
    for (const series of this.#series.values()) {
      if (series.pending > 0 || series.isScheduled) continue;
      this.#series.delete(series.key);
      return true;
    }
    return false;
  }

  add(series: Series): void {
    this.#series.set(series.key, series);
  }

  /** Only this very series; another may have taken its key. */
  remove(series: Series): void {
    if (this.#series.get(series.key) === series) this.#series.delete(series.key);
  }

  /** Forgets what was quiet for the window and has nothing to tell. */
  forgetQuiet(now: number): void {
    for (const series of this.#series.values()) {
      if (now - series.seenAt < SERIES_WINDOW_MS) return;
      if (series.pending === 0 && !series.isScheduled) this.#series.delete(series.key);
    }
  }

  values(): MapIterator<Series> {
    return this.#series.values();
  }
}
