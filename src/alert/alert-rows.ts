import { isDeepStrictEqual } from "node:util";

import type { ClusterEvent } from "../event/index.ts";
import type { AlertState, Member } from "./state.ts";

/** What of the newest event of an alert changes when the same Event is merely counted up. */
type Counted = Pick<ClusterEvent, "resourceVersion" | "count" | "lastSeenAt">;

/** An alert as it is kept: small, since every occurrence changes it. What is large is kept in rows beside it. */
export interface AlertRow extends Omit<AlertState, "event" | "members" | "membersOmitted" | "sources"> {
  readonly counted: Counted;
}

/** A member of an alert as it is kept. */
export interface MemberRow {
  /** Of the alert. */
  readonly fingerprint: string;
  /** Its place among the members. */
  readonly index: number;
  readonly member: Member;
}

/** The newest event of an alert as it is kept, and its sources; what the `AlertRow` says of the event is newer. */
export interface EventRow extends Pick<AlertState, "fingerprint" | "event" | "sources"> {}

/** What is known of members beyond the list; most alerts have no such row. */
export interface OmittedRow extends Pick<AlertState, "fingerprint" | "membersOmitted"> {}

/** What is kept of an alert itself. */
export function toAlertRow(alert: AlertState): AlertRow {
  const { event, members: _members, membersOmitted: _omitted, sources: _sources, ...row } = alert;
  const { resourceVersion, count, lastSeenAt } = event;
  return { ...row, counted: { resourceVersion, count, lastSeenAt } };
}

/** The alert that was kept in these rows. @param parts.members In any order. */
export function fromRows(
  { counted, ...alert }: AlertRow,
  parts: {
    readonly event: EventRow;
    readonly members: readonly MemberRow[];
    readonly omitted: OmittedRow | undefined;
  },
): AlertState {
  const { event, sources } = parts.event;
  return {
    ...alert,
    event: { ...event, ...counted },
    sources,
    members: parts.members.toSorted((a, b) => a.index - b.index).map(({ member }) => member),
    membersOmitted: parts.omitted?.membersOmitted ?? NONE,
  };
}

/** The key of a member among the members of all alerts: `fingerprint/Kind/namespace/name/container`. */
export function memberRowKey(fingerprint: string, { key }: Pick<Member, "key">): string {
  return `${fingerprint}/${key}`;
}

/** Whether two events are one Event that was merely counted up, so that its row can stay as it is. */
export function isSameEvent(a: ClusterEvent, b: ClusterEvent): boolean {
  if (a === b) return true;
  if (a.uid !== b.uid || a.message !== b.message) return false;
  return isDeepStrictEqual(uncounted(a), uncounted(b));
}

function uncounted(event: ClusterEvent): ClusterEvent {
  return { ...event, resourceVersion: "", count: 0, lastSeenAt: 0 };
}

/** One for all. */
const NONE: readonly never[] = Object.freeze([]);
