import { DeliveryError } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";

/** Time that an aborted attempt has to report its own end. */
const GRACE_MS = 250;

/** The limits of one attempt. */
export interface AttemptBounds {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Aborts when the program stops and cannot wait any longer. */
  readonly signal: AbortSignal;
}

/**
 * Runs one attempt until it ends, until its deadline, or until the signal aborts. An attempt that ignores the abort
 * goes on in the background, and its result is not used.
 *
 * @throws {DeliveryError} for every failure; other errors of a sink are wrapped.
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
