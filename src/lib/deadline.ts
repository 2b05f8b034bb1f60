import type { Clock } from "./clock.ts";

/** A signal that aborts after a time unless somebody disposes of it before: `using deadline = new Deadline(…)`. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #cancel: () => void;

  /**
   * @param ms 0 or more.
   * @param options.reason Makes the error that it aborts with.
   * @param options.signal Another signal that aborts it, with its own reason.
   */
  constructor(
    clock: Clock,
    ms: number,
    { reason, signal }: { readonly reason: () => Error; readonly signal?: AbortSignal | undefined },
  ) {
    const late = new AbortController();
    this.#cancel = clock.after(ms, () => late.abort(reason()));
    this.signal = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }
}
