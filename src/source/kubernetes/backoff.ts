/** As in client-go's reflector: doubling from 0.8 s, up to as much again at random, never more than 30 s. */
const FIRST_MS = 800;
const LARGEST_STEP_MS = 15_000;
const HEALTHY_AFTER_MS = 2 * 60_000;

/** Waits between failed attempts. It forgets earlier failures after two minutes without a question. */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;
  #readyAt = Number.NEGATIVE_INFINITY;

  /** @param random In [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /**
   * The next wait, in milliseconds.
   *
   * @param now Of a monotonic clock.
   * @param atLeast The server's wish.
   */
  next(now: number, atLeast: number): number {
    if (now - this.#readyAt > HEALTHY_AFTER_MS) this.#failures = 0;
    const step = Math.min(LARGEST_STEP_MS, FIRST_MS * 2 ** this.#failures);
    this.#failures += 1;
    return this.#wait(now, step, atLeast);
  }

  /** As `next`, for failures that only a person can mend. */
  longest(now: number): number {
    return this.#wait(now, LARGEST_STEP_MS, 0);
  }

  #wait(now: number, step: number, atLeast: number): number {
    const ms = Math.max(atLeast, Math.round(step * (1 + this.#random())));
    this.#readyAt = now + ms;
    return ms;
  }
}
