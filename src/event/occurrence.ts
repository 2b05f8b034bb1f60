import { joinKey } from "../lib/joined-key.ts";
import type { ClusterEvent } from "./event.ts";
import { isSameOrOlder } from "./resource-version.ts";

/** The last known state of an Event, keyed by lineage. */
export interface SeenRow {
  /** `cluster/epoch/namespace/name`: a lineage outlives the Event's uid (docs/design/events.md#counts-of-the-writers). */
  readonly lineage: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly count: number;
  /** Epoch milliseconds. */
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** Epoch milliseconds; the row may be forgotten then. */
  readonly expiresAt: number;
}

/** An event together with the number of its new happenings. */
export interface Occurrence {
  readonly event: ClusterEvent;
  /** Happenings since the last state, 0 or more; 0 changes nothing. */
  readonly delta: number;
  /** Epoch milliseconds: the happenings lie in (`since`, `event.lastSeenAt`]. */
  readonly since: number;
  /** Whether happenings before our coverage were left out, so that totals read "at least". */
  readonly estimated: boolean;
  readonly epoch: number;
  /** `watch`: arrived in order. `list`: the order says nothing, compare times. */
  readonly via: "watch" | "list";
  /** From before the first start: counts for transitions only. */
  readonly history: boolean;
  /** No earlier state of this lineage is known: a rule younger than `event.firstSeenAt` then counts 1. */
  readonly unseen: boolean;
  /** Owners of the involved object, nearest first, as `Kind/name` in its namespace; the last one is its workload. */
  readonly owners: readonly string[];
  /** The node the object is on, as far as known; "" else. */
  readonly node: string;
  /** Epoch milliseconds by our clock. */
  readonly receivedAt: number;
  /** The rules whose conditions on the state of the object hold; missing: none does, or none is known to. */
  readonly stateRules?: readonly string[];
}

/**
 * The state to compare with after the server's history went backwards. The server gives versions out again, so the old
 * version says nothing; a lower count is that of a copy, not of a writer that began anew.
 */
export function rebased(event: ClusterEvent, before: SeenRow): SeenRow {
  return { ...before, count: Math.min(before.count, event.count), resourceVersion: "" };
}

/** The row to store for a state. A copy of an older state lowers no count. */
export function toSeenRow(
  event: ClusterEvent,
  {
    lineage,
    older,
    expiresAt,
  }: Pick<SeenRow, "lineage" | "expiresAt"> & { readonly older: SeenRow | undefined },
): SeenRow {
  const { uid, resourceVersion, count, firstSeenAt, lastSeenAt } = event;
  const row = { lineage, uid, resourceVersion, count, firstSeenAt, lastSeenAt, expiresAt };
  if (older === undefined) return row;
  return { ...row, count: Math.max(count, older.count), lastSeenAt: Math.max(lastSeenAt, older.lastSeenAt) };
}

/**
 * The newest time of an Event by any clock: the writer's may be behind, and the server's does not move with repeats.
 */
export function lastHeardOf({ lastSeenAt, createdAt }: ClusterEvent): number {
  return Math.max(lastSeenAt, createdAt);
}

/** `cluster/epoch/namespace/name`, as `joinKey` writes it. */
export function lineageOf(epoch: number, event: ClusterEvent): string {
  return joinKey([event.cluster, String(epoch), event.namespace, event.name]);
}

/** The difference between a state of an Event and the known state of its lineage. */
export interface Difference {
  readonly delta: number;
  readonly since: number;
  readonly estimated: boolean;
  /** False for a known or older state: there is nothing to store. */
  readonly isNews: boolean;
}

/**
 * Counts the occurrences that a state adds to the known one: the table in docs/design/events.md#counting-occurrences.
 *
 * @param coverageStartAt Epoch milliseconds; happenings before this do not count.
 */
export function difference(
  event: ClusterEvent,
  seen: SeenRow | undefined,
  coverageStartAt: number,
): Difference {
  const inCoverage = event.firstSeenAt >= coverageStartAt;
  if (seen === undefined) {
    return {
      delta: inCoverage ? event.count : 1,
      since: inCoverage ? event.firstSeenAt : event.lastSeenAt,
      estimated: !inCoverage && event.count > 1,
      isNews: true,
    };
  }
  const since = seen.lastSeenAt;
  if (seen.uid === event.uid) {
    if (isSameOrOlder(event.resourceVersion, seen.resourceVersion)) {
      return { delta: 0, since, estimated: false, isNews: false };
    }
    return { delta: happenedSince(seen, event), since, estimated: false, isNews: true };
  }
  // Re-created after its TTL: the writer counts on, with the old first time.
  if (event.count > seen.count && event.firstSeenAt === seen.firstSeenAt) {
    return { delta: event.count - seen.count, since, estimated: false, isNews: true };
  }
  return {
    delta: inCoverage ? event.count : 1,
    since: inCoverage ? event.firstSeenAt : event.lastSeenAt,
    estimated: !inCoverage && event.count > 1,
    isNews: true,
  };
}

/**
 * Counts the happenings between two states of one Event. A writer that begins to count anew adds one; core/v1 has times
 * of whole seconds.
 */
function happenedSince(seen: SeenRow, { count, lastSeenAt }: ClusterEvent): number {
  if (count > seen.count) return count - seen.count;
  const isLater = count < seen.count ? lastSeenAt >= seen.lastSeenAt : lastSeenAt > seen.lastSeenAt;
  return isLater ? 1 : 0;
}
