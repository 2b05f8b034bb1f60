import type { Batch, Position } from "../event/index.ts";

/**
 * Messages of a source, in order.
 *
 * `live`: the stream of this cluster and scope is established and everything known before has been handed over. `gap`: from `at` on
 * nothing is known of it until the next `live`; quiet timers stand still meanwhile.
 */
export type SourceMessage =
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "live"; readonly cluster: string; readonly scope: string; readonly at: number }
  | {
      readonly kind: "gap";
      readonly cluster: string;
      readonly scope: string;
      readonly at: number;
      readonly cause: string;
      /** The server's history went backwards. */
      readonly isRewind?: boolean;
    };

/** State of a source, for health and metrics. Times are epoch milliseconds. */
export interface SourceStatus {
  readonly cluster: string;
  readonly scope: string;
  readonly state: "cold" | "listing" | "watching" | "waiting";
  /** For an operator, when it is not watching: `403 forbidden: may not watch events`; "" else. */
  readonly trouble: string;
  readonly lastMessageAt: number;
  readonly resourceVersion: string;
  /** The last line of the stream that was no event, if any. */
  readonly garbled?: { readonly at: number; readonly error: string };
}

/**
 * Yields batches of events. Backpressure is the consumer not asking for the next message. After a failure the source
 * hands out the same batch again: consumers are idempotent by lineage and version.
 */
export interface EventSource {
  /** Runs until `signal` aborts, then returns; retries for ever. May be called once. */
  messages(signal: AbortSignal): AsyncIterable<SourceMessage>;
  /** The position is durable, with everything concluded before it. */
  ack(position: Position): void;
  status(): readonly SourceStatus[];
}
