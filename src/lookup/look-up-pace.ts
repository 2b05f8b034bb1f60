import type { InquiryPurpose } from "../alert/index.ts";
import { TokenBucket } from "../lib/token-bucket.ts";

/** All requests: 10 a second, and after a rest 50 at once. */
const PER_SECOND = 10;
const BURST = 50;

/** Of these, those for open alerts that nobody waits for. The rest is free for messages. */
const WATCH = { count: 5, perMs: 1000 };

/** Of these, those for owners, without which an Event waits: 40 at once after a rest, and then five a second. */
const OWNERS = { count: 40, perMs: 8000 };

/** When the next request may start. Times are milliseconds of the monotonic clock. */
export class LookUpPace {
  readonly #all: TokenBucket;
  readonly #watch: TokenBucket;
  readonly #owners: TokenBucket;

  constructor(now: number) {
    this.#all = new TokenBucket({ count: BURST, perMs: (BURST * 1000) / PER_SECOND }, now);
    this.#watch = new TokenBucket(WATCH, now);
    this.#owners = new TokenBucket(OWNERS, now);
  }

  /** Milliseconds until a request with this purpose may start; 0 when it may now. */
  waitMs(purpose: InquiryPurpose, now: number): number {
    const all = this.#all.waitMs(now);
    return purpose === "watch" ? Math.max(all, this.#watch.waitMs(now)) : all;
  }

  /** The use of the bucket that all requests share: how many may start at once, of how many, and how many come back. */
  use(now: number): { readonly free: number; readonly burst: number; readonly perSecond: number } {
    return { free: Math.max(0, this.#all.available(now)), burst: BURST, perSecond: PER_SECOND };
  }

  /** A request starts. */
  take(purpose: InquiryPurpose): void {
    this.#all.take(1);
    if (purpose === "watch") this.#watch.take(1);
  }

  /**
   * Books the next request for an owner, or for logs, unless its turn comes too late; later requests come after it.
   *
   * @returns Milliseconds until it may start; undefined when that is longer than `withinMs`.
   */
  book(what: "owner" | "logs", withinMs: number, now: number): number | undefined {
    const buckets = what === "owner" ? [this.#all, this.#owners] : [this.#all];
    const waitMs = Math.max(...buckets.map((bucket) => bucket.waitMs(now)));
    if (waitMs > withinMs) return undefined;
    for (const bucket of buckets) bucket.take(1);
    return waitMs;
  }
}
