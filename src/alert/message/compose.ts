import { cutMiddle } from "../../lib/cut-middle.ts";
import { isCutOf } from "../../lib/cut-middle.ts";
import { fairShares } from "../../lib/fair-shares.ts";
import { joinKey } from "../../lib/joined-key.ts";
import { atLeast, worstOf } from "../../lib/severity.ts";
import { oneLine } from "../../lib/text.ts";
import type { GroupFacts } from "../../rule/index.ts";
import { Ends } from "../ends.ts";
import {
  isProven,
  type MessageText,
  type Notification,
  type NotifiedAlert,
  type NotifyReason,
  type ResolvedBy,
} from "../notification.ts";
import { isUntold } from "../sent-alert.ts";
import type { AlertState, GroupState, SentState } from "../state.ts";
import { fewLogs } from "./logs.ts";
import { notesOf } from "./notes.ts";
import { pageLinks } from "./page-links.ts";
import { endedNote, type PartEnded, partTitle } from "./part-ended.ts";
import { toNotification } from "./to-notification.ts";
import { type Composing, endOf, toNotified } from "./to-notified.ts";
import { toTime } from "./wire.ts";
import {
  type Crowd,
  crowdTitle,
  type Ending,
  endingText,
  LONGEST_TEXT,
  LONGEST_TITLE,
  nounFor,
  stateTitle,
} from "./wording.ts";

/** Alerts in one notification; further ones are counted. */
export const MOST_ALERTS = 100;

/** Objects in one notification, over all its alerts; further ones are counted for each alert. */
export const MOST_OBJECTS = 500;

/** Objects that a notification names of an alert that ended while others go on. */
const MOST_OBJECTS_OF_ENDED = 3;

/** Clusters that a notification names. */
const MOST_CLUSTERS = 3;

/** Lines of the text of a group. */
const MOST_LINES = 10;

/** The content of a notification about a group. */
export interface Occasion {
  readonly id: string;
  readonly sink: string;
  readonly group: GroupState;
  readonly decision: NotifyReason;
  /** The sent state of the sink, to put new alerts first; undefined for none. */
  readonly told: SentState | undefined;
  /** 1 or more. */
  readonly alerts: readonly AlertState[];
  /** Alerts that ended while the group goes on, and that the message names as ended. */
  readonly ended?: readonly AlertState[];
  /** Whether the state of the objects says of all firing alerts that their problem goes on. */
  readonly isConfirmed?: boolean;
  /** How many alerts the message leaves out, by the reason that holds them back. */
  readonly suppressed?: Readonly<Record<string, number>>;
}

/** Makes the notification of a group: words and data, which sinks only lay out. */
export function compose(occasion: Occasion, composing: Composing): Notification {
  const { group, decision, told } = occasion;
  const alerts = sortAlerts(occasion.alerts, told);
  const facts: GroupFacts = { key: group.key, labels: group.labels, alerts: alerts.length };
  const shown = alerts.slice(0, MOST_ALERTS);
  const room = fairShares(
    shown.map(({ members }) => members.length),
    MOST_OBJECTS,
  );
  const notified = fewLogs(
    shown.map((alert, index) => toNotified(alert, { group: facts, room: room[index] ?? 0 }, composing)),
  );
  const { ended: over = [] } = occasion;
  const notifiedEnds = over
    .slice(0, MOST_ALERTS - shown.length)
    .map((alert) => toNotified(alert, { group: facts, room: MOST_OBJECTS_OF_ENDED }, composing));
  const ending = decision.kind === "resolved" ? endingOf(alerts, composing.now) : undefined;
  const anew = beginningAnew(alerts, { decision, told });
  const subjects = anew.length === 0 ? notified : notified.slice(0, anew.length);
  const crowd: Crowd = {
    titles: subjects.map((alert) => alert.title),
    labels: subjects.map((alert) => alert.labels),
    objects: subjects.map(countObjects),
    total: anew.length === 0 ? alerts.length : anew.length,
    added:
      decision.trigger === "new-alert"
        ? alerts.filter(({ fingerprint }) => told?.firing[fingerprint] === undefined).length
        : 0,
    description: commonDescription(alerts, composing),
  };
  const [first] = notified;
  const ended = decision.kind === "resolved";
  return toNotification(
    {
      id: occasion.id,
      sink: occasion.sink,
      kind: decision.kind,
      trigger: decision.trigger,
      status: ended ? "resolved" : "firing",
      severity: worstOf(alerts.map((alert) => alert.severity)),
      cluster: clustersIn(notified),
      route: group.route,
      group: { key: group.key, labels: group.labels },
      title:
        decision.trigger === "ended-in-part"
          ? inPartTitle(crowd, { ended: notifiedEnds, count: over.length, told })
          : stateTitle(crowdTitle(crowd), {
              ...decision,
              ending,
              comesAndGoes: alerts.every(({ comings }) => comings !== undefined),
            }),
      problem: commonDescription(alerts, composing),
      text: {
        ...textOf(notified, ending, decision),
        note: notesOf({
          decision,
          alerts,
          isConfirmed: occasion.isConfirmed === true,
          unverified: notified.reduce((sum, { objectsUnverified = 0 }) => sum + objectsUnverified, 0),
          ended: endedNote(notifiedEnds, over.length),
          now: composing.now,
        }),
      },
      startsAt: toTime(Math.min(composing.now, ...alerts.map((alert) => alert.firstSeenAt))),
      endsAt: ended ? toTime(Math.max(...alerts.map((alert) => endOf(alert) ?? composing.now))) : null,
      occurrences: alerts.reduce((sum, alert) => sum + alert.occurrences, 0),
      suppressed: occasion.suppressed ?? {},
      alerts: [...notified, ...notifiedEnds],
      alertsOmitted: alerts.length + over.length - notified.length - notifiedEnds.length,
      links: {
        runbook: first?.runbook ?? null,
        dashboard: first?.dashboard ?? null,
        ...pageLinks(composing.pageUrl, {
          alerts: notified,
          omitted: alerts.length - notified.length,
          common: group.labels,
          status: ended ? "resolved" : "firing",
        }),
      },
    },
    composing.now,
  );
}

/**
 * Sorts alerts: new ones first, then the most severe, then the oldest; always the same.
 *
 * @param told As in `Occasion`.
 */
export function sortAlerts(
  alerts: readonly AlertState[],
  told: SentState | undefined,
): readonly AlertState[] {
  return alerts.toSorted(
    (a, b) =>
      Number(isNews(b, told)) - Number(isNews(a, told)) ||
      (a.severity === b.severity ? 0 : atLeast(a.severity, b.severity) ? -1 : 1) ||
      a.firstSeenAt - b.firstSeenAt ||
      (a.fingerprint < b.fingerprint ? -1 : 1),
  );
}

/** The alerts by which a message says that something began anew; they stand first. */
function beginningAnew(
  alerts: readonly AlertState[],
  { decision: { trigger }, told }: Pick<Occasion, "decision" | "told">,
): readonly AlertState[] {
  return trigger === "again" || trigger === "failed-again"
    ? alerts.filter((alert) => isNews(alert, told))
    : [];
}

function isNews(alert: AlertState, told: SentState | undefined): boolean {
  return told === undefined || isUntold(alert, told);
}

/** The cluster of all these alerts; several are named in a row, the first three of them. */
export function clustersIn(alerts: readonly NotifiedAlert[]): string {
  const names = [...new Set(alerts.map(({ labels }) => labels["cluster"] ?? ""))].toSorted();
  const rest = names.length - MOST_CLUSTERS;
  return names.slice(0, MOST_CLUSTERS).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** Counts the objects of an alert; containers of one object count once. */
export function countObjects({ objects, objectsOmitted }: NotifiedAlert): number {
  return (
    new Set(objects.map(({ kind, namespace, name }) => joinKey([kind, namespace, name]))).size +
    objectsOmitted
  );
}

function commonDescription(alerts: readonly AlertState[], composing: Composing): string {
  const rules = new Set(alerts.map((alert) => alert.rule));
  const [only] = rules;
  return rules.size === 1 && only !== undefined ? (composing.rule(only)?.description ?? "") : "";
}

/** The text of a message. The text of a rule describes a problem that exists, so ends have a built-in text. */
function textOf(
  alerts: readonly NotifiedAlert[],
  ending: Ending | undefined,
  decision: NotifyReason,
): Omit<MessageText, "note"> {
  const end = ending === undefined || decision.trigger === "moved" ? "" : endingText(ending);
  const [first] = alerts;
  if (first === undefined || alerts.length > 1) {
    return { own: "", builtIn: cutMiddle([end, ...linesOf(alerts)].join("\n").trim(), LONGEST_TEXT) };
  }
  if (end !== "") return { own: "", builtIn: end };
  return repeats(first.text, first.event.message)
    ? { own: "", builtIn: first.text }
    : { own: first.text, builtIn: "" };
}

/** The title of a message of its own about alerts that ended while the group goes on. */
function inPartTitle(
  crowd: Crowd,
  { ended, count, told }: Pick<PartEnded, "ended" | "count"> & { readonly told: SentState | undefined },
): string {
  const all = [...crowd.labels, ...ended.map(({ labels }) => labels)];
  const title = partTitle({
    ended,
    count,
    going: crowd.total,
    total: Math.max(crowd.total + count, Object.keys(told?.firing ?? {}).length),
    noun: nounFor(all, [...crowd.objects, ...ended.map(countObjects)]),
    problem: crowd.description === "" ? (crowd.titles[0] ?? "") : crowd.description.replace(/\.$/u, ""),
  });
  return cutMiddle(oneLine(title), LONGEST_TITLE);
}

function linesOf(alerts: readonly NotifiedAlert[]): readonly string[] {
  const lines = alerts.slice(0, MOST_LINES).map((alert) => `- ${alert.title} (${extentOf(alert)})`);
  const rest = alerts.length - lines.length;
  return rest > 0 ? [...lines, `- and ${rest} more`] : lines;
}

/** `4 times`, and for an ended one among others `4 times, over after 98 s`. */
function extentOf(alert: NotifiedAlert): string {
  const times = alert.occurrences === 1 ? "once" : `${alert.occurrences} times`;
  return [times, Ends.spanOf(alert)].filter((part) => part !== "").join(", ");
}

/** Whether a text only repeats the message of the event, whole or cut. */
function repeats(text: string, message: string): boolean {
  return isCutOf(text, message.trim());
}

function endingOf(alerts: readonly AlertState[], now: number): Ending {
  const ends = alerts.map((alert) => alert.resolvedBy).filter((end): end is ResolvedBy => end !== undefined);
  const lastSeenAt = Math.max(...alerts.map((alert) => alert.lastSeenAt));
  const firstSeenAt = Math.min(...alerts.map((alert) => alert.firstSeenAt));
  const endedAt = Math.max(...alerts.map((alert) => endOf(alert) ?? now));
  return {
    ends,
    endedAt,
    isAtLatest: alerts.some((alert) => endOf(alert) === endedAt && alert.resolvedBy?.atLatest === true),
    lastedMs: Math.max(0, (ends.every(isProven) ? endedAt : lastSeenAt) - firstSeenAt),
    quietMs: Math.max(0, ...alerts.map((alert) => alert.quietMs ?? 0)),
    now,
  };
}
