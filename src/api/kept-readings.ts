import type { Clock } from "../lib/clock.ts";

/** A reading is kept for so many times as long as it took: each takes a fiftieth of the time at most. */
const TIMES = 50;
/** Milliseconds. */
const LONGEST_MS = 60_000;
/** Readings of other keys are forgotten, the oldest first. */
const MOST = 100;

interface Kept {
  readonly reading: Promise<unknown>;
  /** Monotonic milliseconds; undefined while it is read. */
  until: number | undefined;
}

/** Costly readings: each is made once for all who ask at that time, and kept for some time afterwards. */
export class KeptReadings {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Reads, unless a reading is there. A failure is not kept. @param key Of one kind of result. */
  async read<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#kept.get(key);
    const isFresh = before !== undefined && (before.until ?? Infinity) > this.#clock.monotonic();
    // Each key has one kind of result.
    if (isFresh) return before.reading as Promise<Result>;
    const began = this.#clock.monotonic();
    const reading = work();
    const kept: Kept = { reading, until: undefined };
    this.#put(key, kept);
    try {
      await reading;
      const now = this.#clock.monotonic();
      kept.until = now + Math.min(LONGEST_MS, TIMES * (now - began));
    } catch {
      if (this.#kept.get(key) === kept) this.#kept.delete(key);
    }
    return reading;
  }

  #put(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST && oldest !== undefined) this.#kept.delete(oldest);
  }
}
