import type { DeliveryError } from "../egress/index.ts";
import { probeMs } from "./backoff.ts";

/** After this many failures in a row the receiver counts as down; fewer only delay their messages. */
const DOWN_AFTER = 3;

/** After this many refusals with the same error the sink counts as broken, not the messages. */
const ALIKE_REFUSALS = 3;

/**
 * The state of a sink, or of one of its destinations:
 * `ok` · `paused` by its own Retry-After · `failing`: several attempts in a row failed · `broken`: a person has to mend
 * it. A failing or broken one gets one attempt at a time, at growing intervals. A success, or a refusal of one content,
 * makes it ok again; the same refusal of several contents in a row does not.
 */
export type CircuitState = "ok" | "paused" | "failing" | "broken";

/** Decides when the next attempt to a sink, or to one of its destinations, may start: for all of its rows together. */
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

  state(now: number): CircuitState {
    if (this.#isBroken) return "broken";
    if (this.#failures >= DOWN_AFTER) return "failing";
    return now < this.#until ? "paused" : "ok";
  }

  /** Milliseconds until an attempt may start; 0 when it may start now. */
  waitMs(now: number): number {
    return Math.max(0, this.#until - now);
  }

  /** Number of attempts that may run at once. */
  limit(concurrency: number): number {
    return this.#isBroken || this.#failures >= DOWN_AFTER ? 1 : concurrency;
  }

  /** Lets no attempt start before this time, epoch milliseconds. */
  pauseUntil(at: number): void {
    this.#until = Math.max(this.#until, at);
  }

  succeeded(): void {
    this.#refusal = { words: "", contents: 0 };
    this.#mend();
  }

  /** Records that the receiver answered with a failure that another circuit breaker counts. */
  answered(): void {
    this.#mend();
  }

  /**
   * Records a failed attempt.
   *
   * @param isOneContent Whether each attempt has a content of its own, so that equal refusals in a row are about the
   * sink.
   * @returns Whether the failure is about this content only.
   */
  failed(error: DeliveryError, now: number, isOneContent = false): boolean {
    const isBroken = error.class === "broken" || (isOneContent && this.#refusesAll(error));
    if (error.class === "poison" && !isBroken) {
      this.#mend();
      return true;
    }
    this.#until = Math.max(this.#until, now + (error.retryAfterMs ?? 0));
    const isFirstOfRound = this.#failures < DOWN_AFTER || now >= this.#until;
    // Attempts that ran side by side fail together, and count as one failure.
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

  /** Counts equal refusals in a row. "too-large" does not count: such a refusal is always about the content. */
  #refusesAll({ class: kind, failure, summary }: DeliveryError): boolean {
    if (kind !== "poison" || failure === "too-large") return false;
    const { words, contents } = this.#refusal;
    this.#refusal = { words: summary, contents: summary === words ? contents + 1 : 1 };
    return this.#refusal.contents >= ALIKE_REFUSALS;
  }
}
