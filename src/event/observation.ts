import type { RawEvent } from "./raw-event.ts";

/** One Event state as the API server gave it. DELETED is never observed: an Event's end says nothing. */
export interface Observation {
  readonly raw: RawEvent;
}

/**
 * How far one stream has been read. Stored in the same transaction as everything that was concluded from it.
 * One per scope; a scope is an API group with its namespaces, and a changed scope starts cold.
 */
export interface Position {
  /** `core` or `events`, then the namespace: `core/`, `core/shop`. */
  readonly scope: string;
  /** The uid of kube-system, or a hash of server address and CA where that may not be read. */
  readonly clusterId: string;
  /** Raised when the server's history went backwards; part of every lineage. */
  readonly epoch: number;
  /** From here a watch resumes. One distinct version behind the newest seen, since versions are not unique. */
  readonly resourceVersion: string;
  /** Epoch milliseconds; occurrences before this were never ours to count. */
  readonly coverageStartAt: number;
  /** Epoch milliseconds of the batch that moved it. */
  readonly updatedAt: number;
}

/** What a source hands over at once: commit all of it, or none. */
export interface Batch {
  readonly observations: readonly Observation[];
  /** `watch`: in the order things happened. `list`: in the order of names. */
  readonly via: "watch" | "list";
  /** Commit with the observations; absent while a list is not complete. */
  readonly position: Position | undefined;
  readonly scope: string;
  readonly epoch: number;
  readonly coverageStartAt: number;
  /**
   * Only in the first list of a scope: events last seen before this instant (epoch milliseconds) are known history.
   * They are remembered, not alerted, except for reasons of lifecycle `transition`.
   */
  readonly historyBefore: number | undefined;
  /** Whether a list ends with this batch. */
  readonly listEnds: boolean;
  /** Epoch milliseconds by our clock. */
  readonly receivedAt: number;
}
