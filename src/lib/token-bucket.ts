/** Limits how many attempts start, evenly over time: `count` at once after a rest, then one each `perMs / count`. */
export class TokenBucket {
  readonly #count: number;
  readonly #perMs: number;
  #tokens: number;
  #at: number;

  /** @param rate Undefined: no limit. @param now Milliseconds of a clock that never goes backwards. */
  constructor(rate: { readonly count: number; readonly perMs: number } | undefined, now: number) {
    this.#count = rate?.count ?? Infinity;
    this.#perMs = rate?.perMs ?? 1;
    this.#tokens = this.#count;
    this.#at = now;
  }

  /** How many attempts may start now. */
  available(now: number): number {
    if (this.#count === Infinity) return Infinity;
    this.#tokens = Math.min(this.#count, this.#tokens + ((now - this.#at) * this.#count) / this.#perMs);
    this.#at = now;
    // The sum of fractions of a token may miss a whole one by rounding.
    return Math.floor(this.#tokens + 1e-9);
  }

  /** Whether it has rested: everything that it ever holds is there. */
  isFull(now: number): boolean {
    return this.available(now) >= this.#count;
  }

  take(tokens: number): void {
    this.#tokens -= tokens;
  }

  /** Milliseconds until one attempt may start, 0 when it may now. */
  waitMs(now: number): number {
    if (this.available(now) >= 1) return 0;
    return Math.ceil(((1 - this.#tokens) * this.#perMs) / this.#count);
  }
}
