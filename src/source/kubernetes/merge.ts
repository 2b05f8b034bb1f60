/** A stream of messages; ends when its signal aborts. */
export type Stream<T> = (signal: AbortSignal) => AsyncGenerator<T, void>;

/**
 * Merges several streams, first come, first served. Each is at most one message ahead of the consumer; one that throws
 * ends all.
 */
export async function* merge<T>(streams: readonly Stream<T>[], signal: AbortSignal): AsyncGenerator<T, void> {
  const stop = new AbortController();
  const running = streams.map((stream) => stream(AbortSignal.any([signal, stop.signal])));
  const ready: { readonly from: AsyncGenerator<T, void>; readonly result: IteratorResult<T, void> }[] = [];
  let failure: { readonly error: unknown } | undefined;
  let wake = (): void => undefined;
  const pull = (from: AsyncGenerator<T, void>): void => {
    from
      .next()
      .then(
        (result) => ready.push({ from, result }),
        (error: unknown) => (failure ??= { error }),
      )
      .finally(() => wake());
  };
  try {
    for (const stream of running) pull(stream);
    let left = running.length;
    while (left > 0) {
      const next = ready.shift();
      if (next === undefined) {
        // oxlint-disable-next-line typescript/only-throw-error -- passed on as it was thrown
        if (failure !== undefined) throw failure.error;
        await new Promise<void>((resolve) => (wake = resolve));
      } else if (next.result.done === true) left -= 1;
      else {
        yield next.result.value;
        pull(next.from);
      }
    }
  } finally {
    stop.abort();
    await Promise.allSettled(running.map((stream) => stream.return()));
  }
}
