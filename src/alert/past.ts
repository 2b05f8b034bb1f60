import type { PastEnd } from "./state.ts";

/** The ends of an alert that has left the book. */
export interface PastEndsState {
  readonly fingerprint: string;
  readonly cluster: string;
  /** Oldest first, one at least. */
  readonly ends: readonly PastEnd[];
}

/** A problem that was over before anybody was told: from its first occurrence to its end, epoch milliseconds. */
export interface Coming {
  readonly from: number;
  readonly to: number;
}

/** How often the problem of a rule about a workload came and went untold. */
export interface ComingsState {
  /** Of the problem: rule, cluster, namespace and workload. */
  readonly key: string;
  readonly cluster: string;
  /** Oldest first, one at least. */
  readonly comings: readonly Coming[];
}
