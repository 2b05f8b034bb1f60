import type { Dispatcher } from "undici";

/**
 * Opens a connection on a pool as a request would, proxy and TLS included, and ends it before the first byte of the
 * request.
 */
export function reach(pool: Dispatcher, origin: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    const enough = new Error("the connection is all that was wanted");
    const abort = (): void => {
      const reason = signal.reason instanceof Error ? signal.reason : new Error("aborted");
      reject(reason);
      controller?.abort(reason);
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    const settle = (how: () => void): void => {
      signal.removeEventListener("abort", abort);
      how();
    };
    pool.dispatch(
      { origin, path: "/", method: "OPTIONS" },
      {
        // A pool starts a request only once it has a connection for it.
        onRequestStart(started) {
          controller = started;
          settle(resolve);
          started.abort(enough);
        },
        // undici demands these handlers; without a request there is no answer.
        onResponseStart: () => undefined,
        onResponseData: () => undefined,
        onResponseEnd: () => undefined,
        onResponseError: (_, error) => settle(() => reject(error)),
      },
    );
  });
}
