import type { DeliveryError } from "../egress/index.ts";
import type { AttemptResult } from "../store/index.ts";
import { backoffMs } from "./backoff.ts";

/** A failed attempt, and the row that it was made for. */
export interface FailedAttempt {
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly expiresAt: number | undefined;
  /** The destination of a notification; missing for a record. */
  readonly destination?: string | undefined;
  readonly error: DeliveryError;
  /** Without secrets. */
  readonly errorText: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** In [0, 1). */
  readonly random: number;
}

/** The result of a failed attempt: the row is dead when another attempt cannot help, else it waits for the next one. */
export function resultOfFailure(failed: FailedAttempt): AttemptResult {
  const { id, attempt, expiresAt = Infinity, destination, error, errorText, now, random } = failed;
  if (error.class === "poison") return { id, outcome: "dead", at: now, error: errorText };
  // While a sink is broken its circuit breaker keeps the wait, so the row needs none of its own.
  const waitMs = error.class === "broken" ? 0 : backoffMs(attempt, random);
  const dueAt = now + Math.max(waitMs, error.retryAfterMs ?? 0, error.contentWaitMs ?? 0);
  return {
    id,
    outcome: "retry",
    at: now,
    // At `expiresAt` the next lease finds the row expired.
    dueAt: Math.max(now, Math.min(dueAt, expiresAt)),
    // A cancelled attempt counts too, because it may have reached the receiver.
    started: true,
    error: errorText,
    remaining: error.remaining,
    destination,
  };
}
