import type { Clock } from "../lib/clock.ts";

/** Waits until the engine's next timer is due; one wait at a time. */
export class EngineTimer {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  /** Epoch milliseconds; undefined while it does not wait. */
  #at: number | undefined;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /**
   * Waits until another time. A wait for the same time goes on.
   *
   * @param at Epoch milliseconds; undefined for no wait.
   */
  set(at: number | undefined): void {
    if (at === this.#at) return;
    this.clear();
    this.#at = at;
    if (at === undefined) return;
    this.#cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), this.#onDue);
  }

  /**
   * Ends the wait, when its time has come, or when the wall clock may have jumped and `set` has to compute it again.
   */
  clear(): void {
    this.#cancel();
    this.#at = undefined;
  }
}
