import type { Clock } from "../lib/clock.ts";

/** Waits until the engine's next timer is due. There is one wait at a time. */
export class EngineTimer {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  /** Epoch milliseconds; undefined while nothing is awaited. */
  #at: number | undefined;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** Waits until then instead. A wait for the same instant goes on. @param at Epoch milliseconds. */
  set(at: number | undefined): void {
    if (at === this.#at) return;
    this.clear();
    this.#at = at;
    if (at === undefined) return;
    this.#cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), this.#onDue);
  }

  /** Ends the wait: it is over, or the wall clock may have jumped and it has to be computed anew. */
  clear(): void {
    this.#cancel();
    this.#at = undefined;
  }
}
