import { TocsinError } from "../lib/errors.ts";

/**
 * Whether another attempt can help:
 * `transient`: yes, later · `poison`: never with this content · `broken`: with no content, until somebody mends the
 * destination or its credentials (docs/design/delivery.md#failure-classes).
 */
export type FailureClass = "transient" | "poison" | "broken";

/** A closed set: it labels a metric. */
export type Failure =
  | "network"
  | "timeout"
  | "tls"
  | "rate-limited"
  | "server"
  | "rejected"
  | "too-large"
  | "unauthorized"
  | "not-found"
  | "gone"
  | "redirected"
  | "misconfigured"
  | "refused-address"
  | "cancelled"
  | "unknown";

/** The whole language between sinks and the delivery worker. The message never holds a URL or a secret. */
export class DeliveryError extends TocsinError {
  readonly failure: Failure;
  readonly class: FailureClass;
  /** At least this long until the next attempt, milliseconds; pauses the whole sink. */
  readonly retryAfterMs: number | undefined;
  /** Given to the next attempt of this delivery as `remaining`. */
  readonly remaining: unknown;

  constructor(
    message: string,
    details: {
      readonly failure: Failure;
      readonly class: FailureClass;
      readonly retryAfterMs?: number | undefined;
      readonly remaining?: unknown;
      readonly cause?: unknown;
    },
  ) {
    super("ERR_DELIVERY", message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = "DeliveryError";
    this.failure = details.failure;
    this.class = details.class;
    this.retryAfterMs = details.retryAfterMs;
    this.remaining = details.remaining;
  }

  /** The same error, with its place before the message. @param place Host and port; "" for none. */
  at(place: string): DeliveryError {
    return place === "" ? this : new DeliveryError(`${place}: ${this.message}`, this);
  }
}
