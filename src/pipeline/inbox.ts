/**
 * The one queue of inputs: many producers put, one consumer takes. It is bounded, because every producer waits until
 * its own input was handled, or has at most one input in the queue.
 */
export class Inbox<Input extends { readonly kind: string }> {
  readonly #inputs: Input[] = [];
  #wake: (() => void) | undefined;

  put(input: Input): void {
    this.#inputs.push(input);
    this.#wake?.();
  }

  /** Puts an input, unless one of its kind waits already. */
  putOnce(input: Input): void {
    if (!this.#inputs.some(({ kind }) => kind === input.kind)) this.put(input);
  }

  /** Takes the oldest input, or waits for one. Undefined when `signal` has aborted and the queue is empty. */
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
