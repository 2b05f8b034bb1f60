import { DeliveryError } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";

/** How long a sink may take to say how it ended after it was told to. */
const GRACE_MS = 250;

/** How one attempt is bounded. */
export interface AttemptBounds {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborts when the program has no time left for it. */
  readonly signal: AbortSignal;
}

/**
 * Runs one attempt until it ends, its deadline, or the signal. A sink that ignores its signal is left behind.
 *
 * @throws {DeliveryError} always of this kind, whatever the sink threw.
 */
export async function attempt<Result>(
  bounds: AttemptBounds,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { clock, timeoutMs, signal } = bounds;
  const controller = new AbortController();
  let cancel = (): void => undefined;
  let onAbort = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    const end = (error: DeliveryError): void => {
      cancel();
      controller.abort(error);
      cancel = clock.after(GRACE_MS, () => reject(error));
    };
    cancel = clock.after(timeoutMs, () => end(timedOut(timeoutMs)));
    onAbort = () => end(stopped());
  });
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal.aborted) throw stopped();
    return await Promise.race([run(controller.signal), ended]);
  } catch (thrown) {
    throw toDeliveryError(thrown);
  } finally {
    cancel();
    signal.removeEventListener("abort", onAbort);
  }
}

function toDeliveryError(thrown: unknown): DeliveryError {
  if (thrown instanceof DeliveryError) return thrown;
  return DeliveryError.transient("unknown", "the sink failed", { cause: thrown });
}

function timedOut(timeoutMs: number): DeliveryError {
  return DeliveryError.transient("timeout", `no answer within ${timeoutMs} ms`);
}

function stopped(): DeliveryError {
  return DeliveryError.transient("cancelled", "cancelled, since the program stops");
}
