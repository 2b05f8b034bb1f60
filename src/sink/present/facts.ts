import { Ends, type Notification, type NotifiedAlert } from "../../alert/index.ts";
import { joinKey } from "../../lib/joined-key.ts";
import { counted, lasted, type TimedText } from "./words.ts";

/** Labels that name a workload. */
const WORKLOAD = ["cluster", "namespace", "workload"] as const;

/**
 * How severe and since when: `57 times on 3 pods since 10:02Z (8 min)`; for an end, how it ended and how long it
 * lasted. Empty for messages without an alert.
 *
 * @param now Epoch milliseconds.
 */
export function factsOf(notification: Notification, now: number): TimedText {
  if (notification.alerts.length === 0) return [];
  const startedAt = Date.parse(notification.startsAt);
  const isOneEnd =
    notification.status === "resolved" && notification.alerts.length + notification.alertsOmitted === 1;
  if (notification.kind === "resolved" || isOneEnd) return endOf(notification, startedAt);
  const elapsed = lasted(startedAt, now);
  if (isDigestOfMany(notification)) return firstSeen(notification, startedAt, elapsed);
  return [`${extentOf(notification)} since `, { at: startedAt }, elapsed === "" ? "" : ` (${elapsed})`];
}

/** Whether a message is about several alerts that share neither a beginning nor a problem. */
export function isDigestOfMany({ kind, alerts }: Pick<Notification, "kind" | "alerts">): boolean {
  return kind === "digest" && alerts.length > 1;
}

/** `57 times on 3 pods in all, first seen 10:02Z (8 min ago)`: some of a digest go on, and some do not. */
function firstSeen(extent: Extent, at: number, elapsed: string): TimedText {
  return [`${extentOf(extent)} in all, first seen `, { at }, elapsed === "" ? "" : ` (${elapsed} ago)`];
}

/** `57 times on 3 pods of 2 workloads`, or only `1 node` when each object occurred once. */
export function extentOf(extent: Extent): string {
  const { alerts, alertsOmitted, occurrences } = extent;
  const count = countObjects(extent);
  const kinds = new Set(alerts.flatMap(({ objects }) => objects.map((object) => object.kind)));
  const [kind = ""] = kinds;
  const workloads = new Set(
    alerts.map(({ labels }) => joinKey(WORKLOAD.map((label) => labels[label] ?? ""))),
  );
  const owners = workloads.size > 1 && workloads.size < count ? ` of ${workloads.size} workloads` : "";
  // Omitted alerts have objects too, so the numbers are then a lower bound.
  const bound = alertsOmitted > 0 ? "at least " : "";
  const scope = `${bound}${counted(count, kinds.size === 1 ? kind : "object")}${owners}`;
  return occurrences > count ? `${times(occurrences)} on ${scope}` : scope;
}

/** Counts the objects of these alerts; containers of one object, and one object in several alerts, count once. */
function countObjects({ alerts }: Extent): number {
  const keys = alerts.flatMap(({ labels, objects }) =>
    objects.map(({ kind, namespace, name }) => joinKey([labels["cluster"] ?? "", kind, namespace, name])),
  );
  return new Set(keys).size + alerts.reduce((sum, { objectsOmitted }) => sum + objectsOmitted, 0);
}

/** `once`, `57 times`. */
export function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

type Extent = Pick<Notification, "alerts" | "alertsOmitted" | "occurrences">;

function endOf(notification: Notification, startedAt: number): TimedText {
  const { alerts, trigger } = notification;
  const endedAt = Date.parse(notification.endsAt ?? notification.sentAt);
  const duration = lasted(startedAt, endedAt);
  const after = duration === "" ? "" : ` after ${duration}`;
  if (trigger === "moved") return ["Routed elsewhere now, where it is sent as long as it lasts."];
  const extent = extentOf(notification);
  if (trigger === "cleared-before-delivery") {
    const how = howAll(alerts);
    const span = `${duration === "" ? "" : ` (${duration})`}${how === "" ? "" : `: ${how}`}.`;
    return [`${extent} from `, { at: startedAt }, " to ", { at: endedAt }, span];
  }
  const total = notification.occurrences > countObjects(notification) ? ` ${extent} in all.` : "";
  return [...ending(alerts, endedAt, after), total];
}

function ending(alerts: readonly NotifiedAlert[], endedAt: number, after: string): TimedText {
  const ways = new Set(alerts.map((alert) => alert.resolvedBy?.how));
  const way = ways.size === 1 ? [...ways][0] : undefined;
  const how = howAll(alerts);
  const latest = isAtLatest(alerts, endedAt) ? " at the latest" : "";
  if (way === "event") return [`Ended${after}: ${how} at `, { at: endedAt }, "."];
  if (way === "healthy" && latest === "")
    return [`Ended${after}: ${how} since `, { at: endedAt, precision: "seconds" }, "."];
  if (way === "quiet" || way === "max-age") {
    const seenAt = Math.max(...alerts.map((alert) => Date.parse(alert.event.lastSeen)));
    const calm = lasted(seenAt, endedAt);
    const since = way === "quiet" ? `quiet for ${calm}` : `closed ${calm} later for its age`;
    return ["Last seen at ", { at: seenAt }, calm === "" ? "." : `, ${since}.`];
  }
  const word = Ends.wordOf(alerts.map(({ resolvedBy }) => resolvedBy));
  const verb = word === "unseen" || word === "unwatched" ? "Closed" : "Ended";
  return [`${verb}${after}${after === "" ? "" : latest}${how === "" ? "" : `: ${how}`}.`];
}

/** Whether the last of these ended at this time at the latest. */
function isAtLatest(alerts: readonly NotifiedAlert[], endedAt: number): boolean {
  return alerts.some(
    ({ endsAt, resolvedBy }) => resolvedBy?.atLatest === true && Date.parse(endsAt ?? "") === endedAt,
  );
}

/** `Pulled seen`, or with several ways `Pulled seen (2), went quiet (1)`. */
function howAll(alerts: readonly NotifiedAlert[]): string {
  const seen = new Set(alerts.flatMap(({ resolvedBy }) => resolvedBy?.what ?? []));
  const counts = new Map<string, number>();
  for (const { resolvedBy } of alerts) {
    const how = resolvedBy === null ? "" : howOne(resolvedBy, seen.size <= 1);
    if (how !== "") counts.set(how, (counts.get(how) ?? 0) + 1);
  }
  if (counts.size <= 1) return [...counts.keys()].join("");
  return [...counts].map(([how, count]) => `${how} (${count})`).join(", ");
}

/** @param isAlone Whether what was seen is the same for all. */
function howOne({ how, reason, what = "" }: ResolvedBy, isAlone: boolean): string {
  if (how === "event") return `${reason} seen`;
  return isAlone && what !== "" ? what : WAYS[how];
}

type ResolvedBy = NonNullable<NotifiedAlert["resolvedBy"]>;

const WAYS: Readonly<Record<Exclude<ResolvedBy["how"], "event">, string>> = {
  healthy: "healthy again",
  deleted: "object deleted",
  replaced: "replaced by others",
  quiet: "went quiet",
  "max-age": "closed for its age",
  "rule-removed": "its rule was removed",
};
