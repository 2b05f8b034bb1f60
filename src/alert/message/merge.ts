import { cutMiddle } from "../../lib/cut-middle.ts";
import { fairShares } from "../../lib/fair-shares.ts";
import { fingerprint } from "../../lib/hash.ts";
import { worstOf } from "../../lib/severity.ts";
import { oneLine } from "../../lib/text.ts";
import type { Notification, NotifiedAlert, NotifyReason } from "../notification.ts";
import { clustersIn, countObjects, MOST_ALERTS, MOST_OBJECTS } from "./compose.ts";
import { fewLogs } from "./logs.ts";
import { joinText } from "./native-body.ts";
import { pageLinks, pageOf } from "./page-links.ts";
import { toNotification } from "./to-notification.ts";
import { LONGEST_TEXT, stateTitle } from "./wording.ts";

/** Namespaces that the text of a merged message counts by name. */
const MOST_NAMESPACES = 10;

/** Notes of groups that a merged message has. */
const MOST_NOTES = 3;

/** The notification of one group, and how much is in it. */
interface Part {
  readonly notification: Notification;
  readonly namespace: string;
  /** Number of alerts, with those that it leaves out. */
  readonly alerts: number;
  /** Number of pods; undefined when some object is no pod, or not every alert is known. */
  readonly pods: number | undefined;
}

/**
 * Makes one message of the notifications of several groups that a sink is to be told together: of one rule and one
 * status. Its alerts come in turns by namespace, so that no namespace hides another one.
 *
 * Its id names all of them: a receiver that drops what it has seen must not drop the news of a group that joins a
 * repeated attempt.
 *
 * @param notifications 1 or more.
 */
export function mergeNotifications(notifications: readonly [Notification, ...Notification[]]): Notification {
  const [first] = notifications;
  if (notifications.length === 1) return first;
  const parts = notifications.map(toPart).toSorted((a, b) => (b.pods ?? b.alerts) - (a.pods ?? a.alerts));
  const reason = reasonOf(notifications);
  const rows = inTurns(parts.map(({ notification }) => notification.alerts));
  const alerts = fewLogs(withRoom(rows.slice(0, MOST_ALERTS)));
  const total = notifications.reduce((sum, each) => sum + each.alerts.length + each.alertsOmitted, 0);
  return toNotification(
    {
      ...first,
      id: idOf(notifications),
      ...reason,
      severity: worstOf(notifications.map(({ severity }) => severity)),
      cluster: clustersIn(alerts),
      group: { key: `merged/${first.id}`, labels: commonLabels(notifications) },
      title: titleOf(parts, reason),
      text: { own: "", builtIn: textOf(parts), note: noteOf(notifications) },
      startsAt: notifications.map(({ startsAt }) => startsAt).toSorted()[0] ?? first.startsAt,
      endsAt:
        notifications
          .flatMap(({ endsAt }) => endsAt ?? [])
          .toSorted()
          .at(-1) ?? null,
      occurrences: notifications.reduce((sum, { occurrences }) => sum + occurrences, 0),
      suppressed: sumOf(notifications.map(({ suppressed }) => suppressed)),
      alerts,
      alertsOmitted: total - alerts.length,
      links: {
        ...first.links,
        ...pageLinks(pageOf(first.links), {
          alerts: rows,
          omitted: total - rows.length,
          common: commonLabels(notifications),
          status: first.status,
        }),
      },
      merged: notifications.map(({ group: { key, labels } }) => ({ group: key, labels })),
    },
    Date.parse(first.sentAt),
  );
}

function toPart(notification: Notification): Part {
  const { alertsOmitted, group } = notification;
  const alerts = subjectsOf(notification);
  const arePods =
    alertsOmitted === 0 && alerts.every(({ objects }) => objects.every(({ kind }) => kind === "Pod"));
  return {
    notification,
    namespace: group.labels["namespace"] ?? alerts[0]?.labels["namespace"] ?? "",
    alerts: alerts.length + alertsOmitted,
    pods: arePods ? alerts.reduce((sum, alert) => sum + countObjects(alert), 0) : undefined,
  };
}

/** The id of the first one, and a mark of all the others. */
function idOf([first, ...others]: readonly [Notification, ...Notification[]]): string {
  return `${first.id}-${fingerprint(others.map(({ id }) => id)).slice(0, 8)}`;
}

/** The alerts that a message counts: those that ended in part, or those that go on, or all. */
function subjectsOf({ alerts, kind, trigger }: Notification): readonly NotifiedAlert[] {
  if (kind !== "update" && kind !== "repeat") return alerts;
  const status = trigger === "ended-in-part" ? "resolved" : "firing";
  return alerts.filter((alert) => alert.status === status);
}

/** The common kind and trigger: a first message among updates makes the message a first one. */
function reasonOf(notifications: readonly Notification[]): NotifyReason {
  const kinds = new Set(notifications.map(({ kind }) => kind));
  const triggers = new Set(notifications.map(({ trigger }) => trigger));
  const [[kind = "firing"], [trigger = "first"]] = [kinds, triggers];
  if (triggers.size === 1 && kinds.size === 1) return { kind, trigger };
  if (kinds.has("resolved")) return { kind: "resolved", trigger: "all-resolved" };
  return kinds.has("firing")
    ? { kind: "firing", trigger: "first" }
    : { kind: "update", trigger: "new-alert" };
}

/** `27 namespaces, 300 pods: A container image cannot be pulled`. */
function titleOf(parts: readonly Part[], reason: NotifyReason): string {
  const namespaces = new Set(parts.map(({ namespace }) => namespace)).size;
  const places = namespaces > 1 ? `${namespaces} namespaces, ` : "";
  const all = parts.map(({ notification }) => notification);
  const ends = all.flatMap(({ alerts }) => alerts.flatMap(({ resolvedBy }) => resolvedBy ?? []));
  const ending = reason.kind === "resolved" ? { ends } : undefined;
  return stateTitle(`${places}${countOf(parts)}: ${problemOf(parts)}`, { ...reason, ending });
}

function problemOf(parts: readonly Part[]): string {
  const problems = new Set(parts.map(({ notification }) => notification.problem));
  const [problem = ""] = problems;
  if (problems.size === 1 && problem !== "") return problem.replace(/\.$/u, "");
  return parts.map(({ notification }) => subjectOf(notification))[0] ?? "";
}

/** `300 pods`, `60 alerts`. */
function countOf(parts: readonly Part[]): string {
  const pods = parts.map((part) => part.pods);
  const arePods = !pods.includes(undefined);
  const count = arePods
    ? pods.reduce<number>((sum, each) => sum + (each ?? 0), 0)
    : parts.reduce((sum, part) => sum + part.alerts, 0);
  return `${count} ${arePods ? "pod" : "alert"}${count === 1 ? "" : "s"}`;
}

/** One line for each namespace, those with the most first. */
function textOf(parts: readonly Part[]): string {
  const byNamespace = [...Map.groupBy(parts, ({ namespace }) => namespace)];
  const lines = byNamespace.slice(0, MOST_NAMESPACES).map(([namespace, ofIt]) => {
    const place = namespace === "" ? "" : `${namespace}, `;
    return oneLine(`- ${place}${countOf(ofIt)}: ${ofIt.map(newsOf).slice(0, 1).join("")}`);
  });
  const rest = byNamespace.slice(MOST_NAMESPACES).flatMap(([, ofIt]) => ofIt);
  const more = byNamespace.length - lines.length;
  if (more > 0) lines.push(`- ${countOf(rest)} in ${more} more namespace${more === 1 ? "" : "s"}`);
  return cutMiddle(lines.join("\n"), LONGEST_TEXT);
}

/** The news of a group in one line: how it ended, else its subject. */
function newsOf({ notification }: Part): string {
  if (notification.status === "firing") return subjectOf(notification);
  const [line = ""] = joinText({ ...notification.text, note: "" }).split("\n", 1);
  return line;
}

/** `Image cannot be pulled: Deployment web in shop and 2 more`. */
function subjectOf({ alerts, alertsOmitted, title }: Notification): string {
  const rest = alerts.length + alertsOmitted - 1;
  return `${alerts[0]?.title ?? title}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function noteOf(notifications: readonly Notification[]): string {
  const notes = new Set(notifications.map(({ text }) => text.note).filter((note) => note !== ""));
  return [...notes].slice(0, MOST_NOTES).join("\n");
}

/** The first of each list, then the second of each, and so on. */
function inTurns<Item>(lists: readonly (readonly Item[])[]): readonly Item[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, turn) =>
    lists.flatMap((list) => list.slice(turn, turn + 1)),
  ).flat();
}

/** The alerts with no more objects than one message names. */
function withRoom(alerts: readonly NotifiedAlert[]): readonly NotifiedAlert[] {
  const shares = fairShares(
    alerts.map(({ objects }) => objects.length),
    MOST_OBJECTS,
  );
  return alerts.map((alert, index) => {
    const omitted = alert.objects.length - (shares[index] ?? 0);
    if (omitted === 0) return alert;
    const objects = alert.objects.slice(0, shares[index]);
    return { ...alert, objects, objectsOmitted: alert.objectsOmitted + omitted };
  });
}

/** The labels of the groups that all of them have with the same value. */
function commonLabels(notifications: readonly Notification[]): Readonly<Record<string, string>> {
  const [first, ...others] = notifications.map(({ group }) => Object.entries(group.labels));
  const isCommon = ([name, value]: readonly [string, string]): boolean =>
    others.every((labels) => labels.some(([key, other]) => key === name && other === value));
  return Object.fromEntries((first ?? []).filter(isCommon));
}

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const [reason, count] of counts.flatMap((each) => Object.entries(each)))
    sums[reason] = (sums[reason] ?? 0) + count;
  return sums;
}
