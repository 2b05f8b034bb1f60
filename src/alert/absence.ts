import type { ClusterEvent } from "../event/index.ts";

/**
 * One thing that a rule with `absent` waits for: the last occurrence of one identity, and the time that was watched
 * since. Times are epoch milliseconds.
 */
export interface AbsenceState {
  /** Of the alert that its absence opens. */
  readonly fingerprint: string;
  readonly rule: string;
  /** The last occurrence; for one that is only expected so far, an Event made up of what is expected. */
  readonly event: ClusterEvent;
  /** Owners of its object, nearest first, as `Kind/name`. */
  readonly owners: readonly string[];
  /** Whether it was only expected so far. */
  readonly isExpected: boolean;
  /** Since when it is waited for. */
  readonly since: number;
  /** Watched time from `since` to `countedAt`, milliseconds: gaps and downtime do not count. */
  readonly coveredMs: number;
  readonly countedAt: number;
}
