import type { DeliveryError } from "../egress/index.ts";
import { probeMs } from "./backoff.ts";

/** Failures in a row after which the destination is taken to be down, not one message of it. */
const DOWN_AFTER = 3;

/** Contents refused in a row with the same words after which it is the destination that is wrong, not they. */
const ALIKE_REFUSALS = 3;

/**
 * How a destination is:
 * `ok` · `paused` by its own Retry-After · `failing`: several attempts in a row failed · `broken`: it needs mending.
 * While failing or broken it gets one attempt at a time, at growing intervals. Any answer about content makes it ok, but
 * for the same refusal of one content after the other.
 */
export type SinkState = "ok" | "paused" | "failing" | "broken";

/** Decides when a sink may be tried, for all of its rows together. */
export class CircuitBreaker {
  readonly #random: () => number;
  #failures = 0;
  #isBroken = false;
  #until = 0;
  #refusal = { words: "", contents: 0 };

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
    this.#refusal = { words: "", contents: 0 };
    this.#mend();
  }

  /**
   * @param isOneContent Whether each attempt that is refused is about content of its own.
   * @returns Whether it is this content that cannot be sent, though others can.
   */
  failed(error: DeliveryError, now: number, isOneContent = false): boolean {
    const isBroken = error.class === "broken" || (isOneContent && this.#refusesAll(error));
    if (error.class === "poison" && !isBroken) {
      this.#mend();
      return true;
    }
    this.#until = Math.max(this.#until, now + (error.retryAfterMs ?? 0));
    const isFirstOfRound = this.#failures < DOWN_AFTER || now >= this.#until;
    // Attempts that ran side by side fail together: that is one failure.
    if (isFirstOfRound) this.#failures += 1;
    if (isBroken) this.#isBroken = true;
    const isDown = this.#isBroken || this.#failures >= DOWN_AFTER;
    if (!isDown || now < this.#until) return false;
    const rounds = this.#isBroken ? this.#failures : this.#failures - DOWN_AFTER + 1;
    this.#until = now + probeMs(rounds, this.#random());
    return false;
  }

  #mend(): void {
    this.#failures = 0;
    this.#isBroken = false;
  }

  /** Too large is never the destination's fault. */
  #refusesAll({ class: kind, failure, message }: DeliveryError): boolean {
    if (kind !== "poison" || failure === "too-large") return false;
    const { words, contents } = this.#refusal;
    this.#refusal = { words: message, contents: message === words ? contents + 1 : 1 };
    return this.#refusal.contents >= ALIKE_REFUSALS;
  }
}
