import type { ClusterEvent, Occurrence } from "../../event/index.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";
import { fingerprint } from "../../lib/hash.ts";
import { escapePart } from "../../lib/joined-key.ts";
import { objectOfMember } from "../alert-objects.ts";
import type { Member } from "../state.ts";
import { nodeOf, type Subject } from "./identity.ts";
import { moreTelling } from "./more-telling.ts";
import { addToWindow, countInWindow, type Window } from "./window.ts";

/** Objects, and containers, that an alert keeps by name; it counts further ones. Also the bound of `distinct`. */
export const MOST_MEMBERS = 100;

/** All members share one empty list, which saves memory. */
const NONE: readonly never[] = Object.freeze([]);

/** Hashes of further members that an alert keeps, so that it counts each of them once. */
const MOST_OMITTED = 2000;

/** Longest message of a member, in UTF-16 units. */
const LONGEST_MESSAGE = 1024;

/** The members of an alert, with the count of further ones. */
export interface Members {
  readonly members: readonly Member[];
  /** Short hashes of the keys of members beyond the list. */
  readonly membersOmitted: readonly string[];
  readonly windowOmitted: Window;
}

/** `cluster/Kind/namespace/name/container`. */
export function memberKey({ object, event }: Subject): string {
  return `${object}/${escapePart(event.involvedObject.container)}`;
}

/**
 * Adds an occurrence to its member.
 *
 * @param amount.delta 1 or more. @param withinMs Length of the threshold window; 0 when the threshold needs no window.
 */
export function addOccurrence(
  before: Members,
  subject: Subject,
  occurrence: Pick<Occurrence, "since">,
  amount: { readonly delta: number; readonly withinMs: number },
): Members {
  const key = memberKey(subject);
  const { event } = subject;
  const index = before.members.findIndex((member) => member.key === key);
  const known = before.members[index];
  const grow = (window: Window): Window =>
    amount.withinMs === 0
      ? window
      : addToWindow(
          window,
          { count: amount.delta, since: occurrence.since, at: event.lastSeenAt },
          amount.withinMs,
        );
  if (known === undefined && before.members.length >= MOST_MEMBERS) {
    return {
      members: before.members,
      membersOmitted: omit(before.membersOmitted, key),
      windowOmitted: grow(before.windowOmitted),
    };
  }
  const cleared = known?.clearedAt !== undefined;
  const window = grow(cleared ? NONE : (known?.window ?? NONE));
  const member = { ...withEvent(known, subject, amount.delta), window };
  const members = index < 0 ? before.members.concat(member) : before.members.with(index, member);
  return { members, membersOmitted: before.membersOmitted, windowOmitted: before.windowOmitted };
}

/** A member after an occurrence; its window is as before. @param known Undefined for a new one. */
function withEvent(known: Member | undefined, subject: Subject, delta: number): Member {
  const { event } = subject;
  return {
    key: memberKey(subject),
    kind: event.involvedObject.kind,
    namespace: subject.namespace,
    name: event.involvedObject.name,
    container: event.involvedObject.container,
    node: nodeOf(event, subject.node),
    workload: subject.workload,
    occurrences: (known?.occurrences ?? 0) + delta,
    firstSeenAt: Math.min(known?.firstSeenAt ?? Infinity, event.firstSeenAt, event.lastSeenAt),
    lastSeenAt: Math.max(known?.lastSeenAt ?? 0, event.lastSeenAt),
    message: moreTelling(known?.message ?? "", cutMiddle(event.message, LONGEST_MESSAGE)),
    window: known?.window ?? NONE,
    clearedAt: undefined,
    ...identityOf(event.involvedObject, known),
    longestRunMs: known?.longestRunMs,
  };
}

/** The uid of an object, unless its writer gives none or, as kubelets do for Nodes, the name in its place. */
function identityOf(
  { uid, name }: ClusterEvent["involvedObject"],
  known: Member | undefined,
): Pick<Member, "uid" | "isFound"> {
  const next = uid === "" || uid === name ? known?.uid : uid;
  return { uid: next, isFound: next === known?.uid ? known?.isFound : undefined };
}

/** Whether any member still has the problem. */
export function hasOpenMember(alert: Members): boolean {
  return alert.membersOmitted.length > 0 || alert.members.some((member) => member.clearedAt === undefined);
}

/** Whether the occurrences in the window reach the threshold of the rule. */
export function meetsThreshold(
  alert: Members,
  threshold: { readonly count: number; readonly withinMs: number; readonly distinct: number },
): boolean {
  const open = alert.members.filter((member) => member.clearedAt === undefined);
  if (threshold.count <= 1 && threshold.distinct <= 1) return true;
  const newest = [...open.map((member) => member.window), alert.windowOmitted].map(
    (window) => window.at(-1)?.[0] ?? 0,
  );
  const end = Math.max(...newest);
  const { withinMs } = threshold;
  let count = countInWindow(alert.windowOmitted, end, withinMs);
  const objects = new Set<string>();
  for (const member of open) {
    const inside = countInWindow(member.window, end, withinMs);
    if (inside === 0) continue;
    count += inside;
    objects.add(objectOfMember(member));
  }
  // With `distinct: 1` every occurrence is enough, also one of a member that is not kept by name.
  return count >= threshold.count && (threshold.distinct <= 1 || objects.size >= threshold.distinct);
}

/** The members without their windows, which matter only until the threshold is met. */
export function withoutWindows(alert: Members): Members {
  if (alert.windowOmitted.length === 0 && alert.members.every((member) => member.window.length === 0))
    return alert;
  return {
    members: alert.members.map((member) =>
      member.window.length === 0 ? member : { ...member, window: NONE },
    ),
    membersOmitted: alert.membersOmitted,
    windowOmitted: NONE,
  };
}

/** The members of two alerts that turn out to be one. */
export function mergeMembers(a: Members, b: Members): Members {
  const merged = new Map<string, Member>();
  for (const member of [...a.members, ...b.members]) {
    const other = merged.get(member.key);
    merged.set(
      member.key,
      other === undefined
        ? member
        : {
            ...(member.lastSeenAt >= other.lastSeenAt ? member : other),
            occurrences: member.occurrences + other.occurrences,
            firstSeenAt: Math.min(member.firstSeenAt, other.firstSeenAt),
            window: mergeWindows(member.window, other.window),
          },
    );
  }
  const members = [...merged.values()];
  const rest = members.slice(MOST_MEMBERS).map((member) => member.key);
  return {
    members: members.slice(0, MOST_MEMBERS),
    membersOmitted: rest.reduce(omit, [...new Set([...a.membersOmitted, ...b.membersOmitted])]),
    windowOmitted: mergeWindows(a.windowOmitted, b.windowOmitted),
  };
}

function omit(omitted: readonly string[], key: string): readonly string[] {
  const short = fingerprint([key]).slice(0, 8);
  return omitted.length >= MOST_OMITTED || omitted.includes(short) ? omitted : [...omitted, short];
}

function mergeWindows(a: Window, b: Window): Window {
  const merged = new Map(a);
  for (const [start, count] of b) merged.set(start, (merged.get(start) ?? 0) + count);
  return [...merged].toSorted(([x], [y]) => x - y);
}
