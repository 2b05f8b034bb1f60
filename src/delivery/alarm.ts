import type { Clock } from "../lib/clock.ts";

/** Lets one loop sleep until a time, or until somebody wakes it; waking it while it works is not lost. */
export class Alarm {
  readonly #clock: Clock;
  #isRinging = false;
  #ring: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#isRinging = true;
    this.#ring?.();
  }

  async wait(ms: number): Promise<void> {
    if (!this.#isRinging) {
      let cancel = (): void => undefined;
      await new Promise<void>((resolve) => {
        this.#ring = resolve;
        cancel = this.#clock.after(ms, resolve);
      });
      cancel();
      this.#ring = undefined;
    }
    this.#isRinging = false;
  }
}
