import type { Clock } from "./clock.ts";

/** A signal that aborts after a time, unless it is disposed of before: `using deadline = new Deadline(…)`. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal;
  readonly #cancel: () => void;

  /**
   * @param ms 0 or more.
   * @param options.reason What it aborts with.
   * @param options.signal Aborts it as well, with a reason of its own.
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
