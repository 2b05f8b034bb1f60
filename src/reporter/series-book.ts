import { MOST_SERIES, SERIES_WINDOW_MS } from "./limits.ts";
import type { Series } from "./series.ts";

/** The going series, the longest quiet first; at most 4,096. */
export class SeriesBook {
  readonly #series = new Map<string, Series>();

  get size(): number {
    return this.#series.size;
  }

  /** Reads the series and makes it the most recent. */
  touch(key: string): Series | undefined {
    const series = this.#series.get(key);
    if (series === undefined) return undefined;
    this.#series.delete(key);
    this.#series.set(key, series);
    return series;
  }

  /** Whether there is room for one more; a wholly written series makes room. */
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

  /** Forgets series that were quiet for the window and are wholly written. */
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
