import type { EngineInput } from "./engine-input.ts";
import type { Wait } from "./schedule.ts";

/** How long timers wait after a start, or after a page of a list, for the rest of the list. */
const LONGEST_WAIT_MS = 60_000;

/**
 * The clusters whose lists are being read. The timers of their alerts wait, because a list may contain the end of an
 * alert that they would send. Other clusters do not wait for them.
 */
export class ListWait {
  /** Timers of clusters that have not been live yet wait until this time. */
  readonly #firstUntil: number;
  /** Epoch milliseconds by cluster: their timers wait until then. */
  readonly #until = new Map<string, number>();

  /** No timer waits after this time. */
  #lastUntil: number;

  /** @param now The start, epoch milliseconds. */
  constructor(now: number) {
    this.#firstUntil = now + LONGEST_WAIT_MS;
    this.#lastUntil = this.#firstUntil;
  }

  /** Whether the timers of any cluster may have to wait. */
  isOn(now: number): boolean {
    return now < this.#lastUntil;
  }

  /** Records the input. @returns The cluster whose lists are read to their end by now, if it ends a wait. */
  take(input: EngineInput, now: number): string | undefined {
    if (input.kind === "occurrences" && input.listing !== undefined) {
      this.#lastUntil = now + LONGEST_WAIT_MS;
      this.#until.set(input.listing, this.#lastUntil);
    }
    if (input.kind !== "live" || input.listsToCome === true) return undefined;
    this.#until.set(input.cluster, 0);
    return input.cluster;
  }

  /**
   * The wait of a timer of these clusters, for one of them; undefined when it may run. A timer of several clusters waits no longer than a
   * minute: with many clusters there is always a list.
   *
   * @param dueAt The time at which it was due, epoch milliseconds.
   */
  waitOf(clusters: Iterable<string>, dueAt: number, now: number): Wait | undefined {
    let longest: Wait | undefined;
    let count = 0;
    for (const cluster of clusters) {
      const until = this.#until.get(cluster) ?? this.#firstUntil;
      if (until > now && until > (longest?.until ?? 0)) longest = { until, cause: cluster };
      count += 1;
    }
    if (longest === undefined || count === 1) return longest;
    const until = Math.min(longest.until, dueAt + LONGEST_WAIT_MS);
    return until > now ? { ...longest, until } : undefined;
  }
}
