import { isDeepStrictEqual } from "node:util";

import type { ClusterEvent } from "../event/index.ts";
import { plain } from "./kept-alert.ts";
import type { AlertState, Member } from "./state.ts";

/** The fields of an event that change when Kubernetes only counts the same Event up. */
type Counted = Pick<ClusterEvent, "resourceVersion" | "count" | "lastSeenAt">;

/** The stored row of an alert. Every occurrence changes it, so it is small; the large parts have rows of their own. */
export interface AlertRow extends Omit<AlertState, "event" | "members" | "membersOmitted" | "sources"> {
  readonly counted: Counted;
}

/** The stored row of a member of an alert. */
export interface MemberRow {
  /** Of the alert. */
  readonly fingerprint: string;
  /** Its place among the members. */
  readonly index: number;
  readonly member: Member;
}

/** The stored row of an alert's newest event and of its sources. The fields in `AlertRow.counted` are newer. */
export interface EventRow extends Pick<AlertState, "fingerprint" | "event" | "sources"> {}

/** The stored row of members beyond the list; most alerts have none. */
export interface OmittedRow extends Pick<AlertState, "fingerprint" | "membersOmitted"> {
  readonly cluster: string;
}

/** The row of an alert itself, without its large parts. */
export function toAlertRow(alert: AlertState): AlertRow {
  const { event, members: _members, membersOmitted: _omitted, sources: _sources, ...row } = plain(alert);
  const { resourceVersion, count, lastSeenAt } = event;
  return { ...row, counted: { resourceVersion, count, lastSeenAt } };
}

/** Puts an alert together from its rows. @param parts.members In any order. */
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

/** The key of a member among the members of all alerts: `fingerprint/cluster/Kind/namespace/name/container`. */
export function memberRowKey(fingerprint: string, { key }: Pick<Member, "key">): string {
  return `${fingerprint}/${key}`;
}

/** Whether two events are one Event that was only counted up, so that its row need not be written again. */
export function isSameEvent(a: ClusterEvent, b: ClusterEvent): boolean {
  if (a === b) return true;
  if (a.uid !== b.uid || a.message !== b.message) return false;
  return isDeepStrictEqual(uncounted(a), uncounted(b));
}

function uncounted(event: ClusterEvent): ClusterEvent {
  return { ...event, resourceVersion: "", count: 0, lastSeenAt: 0 };
}

/** All alerts share one empty list, which saves memory. */
const NONE: readonly never[] = Object.freeze([]);
