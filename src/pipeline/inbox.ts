/**
 * The one queue of inputs: put by many, taken by one. Bounded because every producer waits for its own input to be
 * taken in, or puts at most one at a time.
 */
export class Inbox<Input extends { readonly kind: string }> {
  readonly #inputs: Input[] = [];
  #wake: (() => void) | undefined;

  put(input: Input): void {
    this.#inputs.push(input);
    this.#wake?.();
  }

  /** Puts an input of which one of its kind is enough: nothing while such a one waits. */
  putOnce(input: Input): void {
    if (!this.#inputs.some(({ kind }) => kind === input.kind)) this.put(input);
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
