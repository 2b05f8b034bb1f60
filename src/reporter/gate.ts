import type { Clock } from "../lib/clock.ts";

/** Holds all writes back while the API server is in trouble, so that not each of them asks in turn. */
export class Gate {
  readonly #clock: Clock;
  readonly #onOpen: () => void;
  #cancel: (() => void) | undefined;
  #failures = 0;

  constructor(clock: Clock, onOpen: () => void) {
    this.#clock = clock;
    this.#onOpen = onOpen;
  }

  get isClosed(): boolean {
    return this.#cancel !== undefined;
  }

  /** Failures in a row, each after a pause. */
  get failures(): number {
    return this.#failures;
  }

  /** Closes for a while; failures of writes that ran beside the first one change nothing. */
  close(ms: number): void {
    if (this.#cancel !== undefined) return;
    this.#failures += 1;
    this.#cancel = this.#clock.after(ms, () => {
      this.#cancel = undefined;
      this.#onOpen();
    });
  }

  /** Records that the server answered. */
  succeeded(): void {
    this.#failures = 0;
    this.open();
  }

  /** Opens without a report. */
  open(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
