import type { DeliveryError } from "../sink/index.ts";
import { probeMs, retryAfterMs } from "./backoff.ts";

/** Failures in a row after which the destination is taken to be down, not one message of it. */
const DOWN_AFTER = 3;

/**
 * How a destination is:
 * `ok` · `paused` by its own Retry-After · `failing`: several attempts in a row failed · `broken`: it needs mending.
 * While failing or broken it gets one attempt at a time, at growing intervals. Any answer about content makes it ok.
 */
export type SinkState = "ok" | "paused" | "failing" | "broken";

/** Decides when a sink may be tried, for all of its rows together. */
export class Gate {
  readonly #random: () => number;
  #failures = 0;
  #isBroken = false;
  #until = 0;

  /** @param random In [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  state(now: number): SinkState {
    if (this.#isBroken) return "broken";
    if (this.#failures >= DOWN_AFTER) return "failing";
    return now < this.#until ? "paused" : "ok";
  }

  /** Milliseconds until an attempt may start, 0 when it may now. */
  waitMs(now: number): number {
    return Math.max(0, this.#until - now);
  }

  /** How many attempts may run at once. */
  limit(concurrency: number): number {
    return this.#isBroken || this.#failures >= DOWN_AFTER ? 1 : concurrency;
  }

  /** Lets no attempt start before. */
  pauseUntil(at: number): void {
    this.#until = Math.max(this.#until, at);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#isBroken = false;
  }

  failed(error: DeliveryError, now: number): void {
    if (error.class === "poison") {
      this.succeeded();
      return;
    }
    this.#until = Math.max(this.#until, now + retryAfterMs(error.retryAfterMs));
    const isFirstOfRound = this.#failures < DOWN_AFTER || now >= this.#until;
    // Attempts that ran side by side fail together: that is one failure.
    if (isFirstOfRound) this.#failures += 1;
    if (error.class === "broken") this.#isBroken = true;
    const isDown = this.#isBroken || this.#failures >= DOWN_AFTER;
    if (!isDown || now < this.#until) return;
    const rounds = this.#isBroken ? this.#failures : this.#failures - DOWN_AFTER + 1;
    this.#until = now + probeMs(rounds, this.#random());
  }
}
