import type { ObjectState, ReplicaSetState } from "../object/index.ts";
import type { RecentChange } from "./recent-change.ts";

/**
 * The occasion of an inquiry, most urgent first: a message about it is due (`tell`), its end is
 * due (`end`), an Event says that it may have changed (`hint`), or it was told and may be well again (`watch`).
 */
export type InquiryPurpose = "tell" | "end" | "hint" | "watch";

/** A question of the engine about the state of one object. It is not stored: after a restart the engine asks again. */
export interface Inquiry {
  /** The key of the object (`ObjectKey`). */
  readonly object: string;
  /** Of the object, as an Event named it: `apps/v1`; "" where unknown. */
  readonly apiVersion: string;
  readonly purpose: InquiryPurpose;
}

/** The answer to an inquiry. */
export interface Fact {
  /** The key of the object. */
  readonly object: string;
  /** When it was so, epoch milliseconds by our clock: the look-up began then or later. */
  readonly at: number;
  /**
   * `gone`: the API server says that this object does not exist. `unknown`: there was no answer, or none that may be
   * believed; nothing follows from it.
   */
  readonly found: ObjectState | "gone" | "unknown";
  /** Its changes and ReplicaSets; missing when none are known. */
  readonly context?: FactContext | undefined;
}

/** The surroundings of an object, which explain its trouble. */
export interface FactContext {
  /** Oldest first, of the hour before. */
  readonly changes: readonly RecentChange[];
  /** Of a Deployment: the ReplicaSets that were scaled in the last day, by name. */
  readonly replicaSets: Readonly<Record<string, ReplicaSetState>>;
  /** Of a Pod: how its probes answered that kill containers; missing when none failed. */
  readonly probes?: readonly FailedProbe[];
  /** Of a Pod: the logs of containers that crashed, for a message that is due. */
  readonly logs?: readonly ContainerLog[];
}

/** The last failed liveness or startup probe of a container. Hostile like all texts of a cluster. */
export interface FailedProbe {
  readonly container: string;
  /** By the kubelet's clock, epoch milliseconds. */
  readonly at: number;
  /** One line: `Liveness probe failed: HTTP probe failed with statuscode: 500`. */
  readonly message: string;
}

/** The last lines of a container's log, without what looks like a secret. Hostile like all texts of a cluster. */
export interface ContainerLog {
  readonly container: string;
  /** Oldest first, 1 or more; at most 2 KiB together. */
  readonly lines: readonly string[];
}
