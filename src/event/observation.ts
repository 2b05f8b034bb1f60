import type { RawEvent } from "./raw-event.ts";

/**
 * One Event state as the API server gave it. The end of an Event, DELETED, is no observation: it says nothing about the
 * problem.
 */
export interface Observation {
  readonly head: EventHead;
  /** The resourceVersion of the state. */
  readonly version: string;
  /** The line of a watch that it is, as long as it is not parsed; undefined for one that came parsed. */
  readonly line: EventLine | undefined;
  /** The key of the involved object, as `objectKey` gives it; made when it is asked for. */
  readonly object: string;
  /** The message for people, as `normalise` gives it; read at the first use. */
  readonly message: string;
  /** How often it happened, as `normalise` gives it. */
  readonly count: number;
  /** The whole; built when it is asked for. */
  readonly raw: RawEvent;
}

/** A line of a watch, `{"type":"ADDED","object":{…}}` in UTF-8: `bytes` from `from` up to `to`, without its line feed.
 * They are among those of other Events, and are to be copied by those who keep them. */
export interface EventLine {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

/** The fields that an index of rules needs. */
export interface EventKeys {
  readonly type: string;
  readonly reason: string;
  /** As `namespaceOf` gives it. */
  readonly namespace: string;
  readonly kind: string;
  readonly component: string;
}

/** The fields that decide who wants an Event; to read them costs much less than the whole. */
export interface EventHead extends EventKeys {
  /** The name of the cluster that it comes from. */
  readonly cluster: string;
  /** Of the involved object. */
  readonly name: string;
  /** Of the involved object, as the Event has it. */
  readonly objectNamespace: string;
  /** Of the Event itself. */
  readonly eventNamespace: string;
}

/**
 * How far one stream was read, stored in the same transaction as everything concluded from it. One per cluster and
 * scope; a scope is an API group with its namespaces, and a changed scope starts cold.
 */
export interface Position {
  readonly cluster: string;
  /** `core` or `events`, then the namespace: `core/`, `core/shop`. */
  readonly scope: string;
  /** The uid of kube-system, or a hash of server address and CA where the uid may not be read. */
  readonly clusterId: string;
  /** Raised when the server's history went backwards; part of every lineage. */
  readonly epoch: number;
  /**
   * A watch resumes from here. One distinct version behind the newest seen, since several events may share a version.
   */
  readonly resourceVersion: string;
  /** Epoch milliseconds; occurrences before this do not count. */
  readonly coverageStartAt: number;
  /** Epoch milliseconds of the batch that moved it. */
  readonly updatedAt: number;
}

/** One portion of a source: commit all of it, or none. */
export interface Batch {
  /** The name of the cluster that it comes from; one text for all batches of a source, so that it costs nothing. */
  readonly cluster: string;
  readonly observations: readonly Observation[];
  /** The last states of Events that the server has deleted, most of them because they were old. */
  readonly ended?: readonly Observation[];
  /** `watch`: in the order of time. `list`: in the order of names. */
  readonly via: "watch" | "list";
  /** Commit it with the observations; absent while a list is not complete. */
  readonly position: Position | undefined;
  readonly scope: string;
  readonly epoch: number;
  readonly coverageStartAt: number;
  /**
   * Only in the first list of a scope: events last seen before this instant (epoch milliseconds) are known history. The
   * bridge remembers them and opens no alert, except for reasons of lifecycle `transition`.
   */
  readonly historyBefore: number | undefined;
  /** Whether a list ends with this batch. */
  readonly listEnds: boolean;
  /** Epoch milliseconds by our clock. */
  readonly receivedAt: number;
}
