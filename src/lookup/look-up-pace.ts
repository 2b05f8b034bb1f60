import type { InquiryPurpose } from "../alert/index.ts";
import { TokenBucket } from "../lib/token-bucket.ts";

/** All requests: 10 a second, and after a rest 50 at once. */
const PER_SECOND = 10;
const BURST = 50;

/** Of these, those for open alerts that nobody waits for. The rest is free for messages. */
const WATCH = { count: 5, perMs: 1000 };

/** When the next request may start. Times are milliseconds of the monotonic clock. */
export class LookUpPace {
  readonly #all: TokenBucket;
  readonly #watch: TokenBucket;

  constructor(now: number) {
    this.#all = new TokenBucket({ count: BURST, perMs: (BURST * 1000) / PER_SECOND }, now);
    this.#watch = new TokenBucket(WATCH, now);
  }

  /** Milliseconds until a request with this purpose may start; 0 when it may now. */
  waitMs(purpose: InquiryPurpose, now: number): number {
    const all = this.#all.waitMs(now);
    return purpose === "watch" ? Math.max(all, this.#watch.waitMs(now)) : all;
  }

  /** A request starts. */
  take(purpose: InquiryPurpose): void {
    this.#all.take(1);
    if (purpose === "watch") this.#watch.take(1);
  }

  /** A request has started that waits for nobody's turn, such as one for an owner: later ones wait for it. */
  takeUnasked(now: number): void {
    if (this.#all.available(now) >= 1) this.#all.take(1);
  }
}
