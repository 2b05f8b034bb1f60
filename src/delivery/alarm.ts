import type { Clock } from "../lib/clock.ts";

/**
 * Lets one loop sleep for a time, or until `wake` is called. A call while the loop works makes its next wait return at
 * once.
 */
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
