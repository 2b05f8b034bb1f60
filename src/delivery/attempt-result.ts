import type { DeliveryError } from "../egress/index.ts";
import type { AttemptResult } from "../store/index.ts";
import { backoffMs } from "./backoff.ts";

/** What is known of a failed attempt. */
export interface FailedAttempt {
  readonly id: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly expiresAt: number | undefined;
  /** Of a notification: where it goes. */
  readonly destination?: string | undefined;
  readonly error: DeliveryError;
  /** Without secrets. */
  readonly errorText: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** In [0, 1). */
  readonly random: number;
}

/** What becomes of a row whose attempt failed: buried when another cannot help, else it waits for one. */
export function resultOfFailure(failed: FailedAttempt): AttemptResult {
  const { id, attempt, expiresAt = Infinity, destination, error, errorText, now, random } = failed;
  if (error.class === "poison") return { id, outcome: "dead", at: now, error: errorText };
  // While a sink is broken it is not the row that waits, but the sink.
  const waitMs = error.class === "broken" ? 0 : backoffMs(attempt, random);
  const dueAt = now + Math.max(waitMs, error.retryAfterMs ?? 0);
  return {
    id,
    outcome: "retry",
    at: now,
    // Whoever leases it then finds it expired.
    dueAt: Math.max(now, Math.min(dueAt, expiresAt)),
    // A cancelled attempt may have reached the receiver: it counts.
    started: true,
    error: errorText,
    remaining: error.remaining,
    destination,
  };
}
