/**
 * The one queue of inputs: put by many, taken by one. Bounded because every producer waits for its own input to be
 * taken in, or puts at most one at a time.
 */
export class Inbox<Input> {
  readonly #inputs: Input[] = [];
  #wake: (() => void) | undefined;

  put(input: Input): void {
    this.#inputs.push(input);
    this.#wake?.();
  }

  /** The oldest input; waits for one. Undefined once `signal` has aborted and nothing is left. */
  async take(signal: AbortSignal): Promise<Input | undefined> {
    for (;;) {
      const input = this.#inputs.shift();
      if (input !== undefined || signal.aborted) return input;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          signal.removeEventListener("abort", done);
          this.#wake = undefined;
          resolve();
        };
        this.#wake = done;
        signal.addEventListener("abort", done, { once: true });
      });
    }
  }
}
