import type { NotifiedAlert } from "./notification.ts";
import type { Suppression } from "./observer.ts";

/**
 * Why nobody was told of an alert: what held it back. `no_sink`: its routes lead to no sink. `not_accepted`: there was a
 * message, but no receiver had accepted it.
 */
export type UntoldReason = Suppression | "no_sink" | "not_accepted";

/** A message that named an alert and that its receiver had not accepted, as far as the engine knew. */
export interface UnacceptedMessage {
  readonly sink: string;
  readonly groupKey: string;
  readonly deliveryId: string;
}

/** An alert that has left the engine, for the history. Times are epoch milliseconds. */
export interface EndedAlert {
  /** Unique; the same when the same Changes are committed again. */
  readonly id: string;
  /** By the clock of the Event's writer. */
  readonly firstSeenAt: number;
  /** When it began to fire; undefined for one that never did. */
  readonly firedAt: number | undefined;
  /** When it ended, as far as that is known. */
  readonly resolvedAt: number;
  /** As a message at its end tells it. Made anew by each reading. */
  readonly alert: NotifiedAlert;
  /** Sinks whose receivers had accepted a message about it. */
  readonly told: readonly string[];
  /** Of other sinks: the store knows, or will know, what becomes of their messages. */
  readonly unaccepted: readonly UnacceptedMessage[];
  /** Why nobody was told; counts while no sink was. */
  readonly reason: UntoldReason;
}

/** A message that tells of an alert after it has left the engine, such as a digest. */
export interface LateNews {
  /** Of the alert; the last one that has ended counts. */
  readonly fingerprint: string;
  readonly sink: string;
  readonly deliveryId: string;
}
