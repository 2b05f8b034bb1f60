import type { Clock } from "../../../src/lib/clock.ts";

/** How many calls fit: `burst` at once, then one more every `everyMs`. */
export interface Rate {
  readonly burst: number;
  readonly everyMs: number;
}

/**
 * The rates that Slack allows (https://docs.slack.dev/apis/web-api/rate-limits): about one message per second and channel with
 * short bursts, 50 calls a minute of a method in tier 3, 100 in tier 4.
 */
export const SLACK_RATES = {
  post: { burst: 3, everyMs: 1000 },
  tier3: { burst: 50, everyMs: 60_000 / 50 },
  tier4: { burst: 100, everyMs: 60_000 / 100 },
} as const satisfies Readonly<Record<string, Rate>>;

/** Judges the pace of calls by a clock. */
export class Pace {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  #closedUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Refuses every call for a while: the limit of a workspace, which has no published figure. */
  close(ms: number): void {
    this.#closedUntil = this.#clock.monotonic() + ms;
  }

  /** Takes one call; answers 0, or after how many seconds (a whole number) it may be made. */
  take(bucket: string, { burst, everyMs }: Rate): number {
    const now = this.#clock.monotonic();
    if (now < this.#closedUntil) return Math.ceil((this.#closedUntil - now) / 1000);
    const { tokens, at } = this.#buckets.get(bucket) ?? { tokens: burst, at: now };
    const filled = Math.min(burst, tokens + (now - at) / everyMs);
    // A thousandth less than a whole one, since thirds of a token do not add up to one exactly.
    const taken = filled >= 0.999;
    this.#buckets.set(bucket, { tokens: taken ? filled - 1 : filled, at: now });
    return taken ? 0 : Math.ceil(((1 - filled) * everyMs) / 1000);
  }
}
