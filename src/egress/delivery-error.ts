import { TocsinError } from "../lib/errors.ts";
import { boundedWait } from "./retry-after.ts";

/**
 * Whether another attempt can help:
 * `transient`: yes, later · `poison`: never with this content · `broken`: with no content, until a person mends the
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

/**
 * How far a failure reaches: `destination`: one channel, recipient list or routing key of the sink · `sink`: all of
 * them, as a refused token does.
 */
export type FailureScope = "destination" | "sink";

/** Details of a failure beyond its class, its kind and its message. */
export interface FailureDetails {
  /** Left out: `destination` for `not-found`, `gone`, `rejected` and `too-large`, else `sink`. */
  readonly scope?: FailureScope | undefined;
  /** At least this long until the next attempt, milliseconds; more than 15 minutes count as 15. */
  readonly retryAfterMs?: number | undefined;
  /** At least this long until the next attempt with this content, milliseconds; it holds up no other. */
  readonly contentWaitMs?: number | undefined;
  /** A piece of the receiver's own words, without secrets, which the message ends with. */
  readonly said?: string | undefined;
  /** Given to the next attempt of this delivery as `remaining`. */
  readonly remaining?: unknown;
  readonly cause?: unknown;
}

/** Failures that the receiver has of one destination while others may work. */
const OF_DESTINATION: ReadonlySet<Failure> = new Set(["not-found", "gone", "rejected", "too-large"]);

/**
 * The whole language between sinks and the delivery worker, made by `transient`, `poison` or `broken`. The message
 * never holds a URL or a secret.
 */
export class DeliveryError extends TocsinError {
  readonly failure: Failure;
  readonly class: FailureClass;
  readonly scope: FailureScope;
  /** The message without the receiver's own words, which may differ each time. */
  readonly summary: string;
  readonly #said: string | undefined;
  /** At least this long until the next attempt within the scope, milliseconds, at most 15 minutes. */
  readonly retryAfterMs: number | undefined;
  /** At least this long until the next attempt with this content, milliseconds. */
  readonly contentWaitMs: number | undefined;
  /** Given to the next attempt of this delivery as `remaining`. */
  readonly remaining: unknown;

  private constructor(kind: FailureClass, failure: Failure, summary: string, details: FailureDetails) {
    const { said = "" } = details;
    super(
      "ERR_DELIVERY",
      said === "" ? summary : `${summary}: ${said}`,
      details.cause === undefined ? {} : { cause: details.cause },
    );
    this.name = "DeliveryError";
    this.failure = failure;
    this.summary = summary;
    this.#said = details.said;
    this.class = kind;
    this.scope = details.scope ?? (OF_DESTINATION.has(failure) ? "destination" : "sink");
    this.retryAfterMs = details.retryAfterMs === undefined ? undefined : boundedWait(details.retryAfterMs);
    this.contentWaitMs = details.contentWaitMs;
    this.remaining = details.remaining;
  }

  /** Another attempt can help, later. */
  static transient(failure: Failure, message: string, details: FailureDetails = {}): DeliveryError {
    return new DeliveryError("transient", failure, message, details);
  }

  /** No attempt with this content can help. */
  static poison(failure: Failure, message: string, details: FailureDetails = {}): DeliveryError {
    return new DeliveryError("poison", failure, message, details);
  }

  /** No attempt with any content can help until a person mends the destination or the sink. */
  static broken(failure: Failure, message: string, details: FailureDetails = {}): DeliveryError {
    return new DeliveryError("broken", failure, message, details);
  }

  /** The same error, with its place before the message. @param place Host and port; "" for none. */
  at(place: string): DeliveryError {
    return place === "" ? this : this.with({ message: `${place}: ${this.message}` });
  }

  /** The same failure, changed in some respects. */
  with(change: FailureDetails & { readonly message?: string; readonly class?: FailureClass }): DeliveryError {
    const { message, class: kind = this.class, ...details } = change;
    const { cause, contentWaitMs, failure, remaining, retryAfterMs, scope } = this;
    const said = message === undefined ? this.#said : undefined;
    const kept = { cause, contentWaitMs, remaining, retryAfterMs, said, scope };
    return new DeliveryError(kind, failure, message ?? this.summary, { ...kept, ...details });
  }
}
