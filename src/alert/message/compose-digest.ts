import { cutMiddle } from "../../lib/cut-middle.ts";
import { fairShares } from "../../lib/fair-shares.ts";
import { worstOf } from "../../lib/severity.ts";
import { oneLine } from "../../lib/text.ts";
import { Ends } from "../ends.ts";
import type { Notification, NotifiedAlert, Trigger } from "../notification.ts";
import type { DigestCause, Missed } from "../sink-load.ts";
import type { AlertState } from "../state.ts";
import { clustersIn, MOST_ALERTS, MOST_OBJECTS, sortAlerts } from "./compose.ts";
import { pageLinks } from "./page-links.ts";
import { toNotification } from "./to-notification.ts";
import { type Composing, toNotified } from "./to-notified.ts";
import { toTime } from "./wire.ts";
import { LONGEST_TEXT, LONGEST_TITLE } from "./wording.ts";

/** Rules that the text of a digest counts by name. */
const MOST_RULES = 10;

/** The trigger of a digest, by why its news has waited. */
export const TRIGGERS: Readonly<Record<DigestCause, Trigger>> = {
  storm: "storm",
  mute: "unmuted",
  scheduled: "scheduled",
};

/** The content of a digest: at least one firing or missed alert. */
export interface Digest {
  readonly id: string;
  readonly sink: string;
  readonly key: string;
  readonly cause: DigestCause;
  /** Name of the root route, because the alerts may come from several routes. */
  readonly route: string;
  /** Firing alerts that the sink was not sent yet. */
  readonly alerts: readonly AlertState[];
  readonly missed: readonly Missed[];
  readonly missedOmitted: number;
}

/** Makes the notification of a digest. */
export function composeDigest(digest: Digest, composing: Composing): Notification {
  const sorted = sortAlerts(digest.alerts, undefined);
  const room = fairShares(
    sorted.slice(0, MOST_ALERTS).map(({ members }) => members.length),
    MOST_OBJECTS,
  );
  const group = { key: digest.key, labels: {}, alerts: sorted.length };
  const firing = sorted
    .slice(0, MOST_ALERTS)
    .map((alert, index) => toNotified(alert, { group, room: room[index] ?? 0 }, composing));
  const missed = digest.missed.map(({ alert }) => alert).slice(0, MOST_ALERTS - firing.length);
  const notified = [...firing, ...missed];
  const wentBy = digest.missed.length + digest.missedOmitted;
  return toNotification(
    {
      id: digest.id,
      sink: digest.sink,
      kind: "digest",
      trigger: TRIGGERS[digest.cause],
      status: sorted.length > 0 ? "firing" : "resolved",
      severity: worstOf(notified.map(({ severity }) => severity)),
      cluster: clustersIn(notified),
      route: digest.route,
      group: { key: digest.key, labels: {} },
      title: cutMiddle(oneLine(titleOf(digest, notified[0])), LONGEST_TITLE),
      text: { own: "", builtIn: cutMiddle(textOf(digest, composing), LONGEST_TEXT), note: "" },
      startsAt: earliest(notified),
      ...(sorted.length > 0 ? {} : { endsAt: latestEnd(notified) }),
      occurrences: notified.reduce((sum, { occurrences }) => sum + occurrences, 0),
      alerts: notified,
      alertsOmitted: sorted.length + wentBy - notified.length,
      links: {
        runbook: null,
        dashboard: null,
        ...pageLinks(composing.pageUrl, {
          alerts: notified,
          omitted: sorted.length + wentBy - notified.length,
          common: {},
          status: sorted.length > 0 ? "firing" : "resolved",
        }),
      },
    },
    composing.now,
  );
}

/**
 * `8 alerts fire, 4 are over: Node is short of memory: node-3 and 11 more`, `14 alerts in the last 5 min: Node is short of
 * memory: node-3 and 13 more`, `While muted: 3 still firing, 9 came and went: Node is short of memory: node-3 and 11 more`.
 */
function titleOf(digest: Digest, first: NotifiedAlert | undefined): string {
  const firing = digest.alerts.length;
  const over = digest.missed.length + digest.missedOmitted;
  const count = COUNTS[digest.cause]({ firing, over, ended: endOf(digest.missed) });
  const rest = firing + over - 1;
  return `${count}: ${first?.title ?? ""}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** The numbers of a digest. `ended` says how those that are over have ended. */
interface Counted {
  readonly firing: number;
  readonly over: number;
  readonly ended: string;
}

const COUNTS: Readonly<Record<DigestCause, (counted: Counted) => string>> = {
  storm: ({ firing, over }) =>
    `${alertsOf(firing + over)} ${firing === 0 ? "came and went " : ""}in the last 5 min`,
  mute: ({ firing, over }) =>
    `While muted: ${[firing > 0 ? `${firing} still firing` : "", over > 0 ? `${over} came and went` : ""].filter((part) => part !== "").join(", ")}`,
  scheduled: ({ firing, over, ended }) => {
    const fire = firing === 0 ? [] : [`${alertsOf(firing)} ${firing === 1 ? "fires" : "fire"}`];
    const noun = firing > 0 ? String(over) : alertsOf(over);
    return [...fire, ...(over === 0 ? [] : [`${noun} ${over === 1 ? "is" : "are"} ${ended}`])].join(", ");
  },
};

function alertsOf(count: number): string {
  return `${count} alert${count === 1 ? "" : "s"}`;
}

/** How alerts have ended: `over`, or what is true of all of them. */
function endOf(missed: readonly Missed[]): string {
  const unseen = missed.filter(({ alert }) => Ends.wordOf([alert.resolvedBy]) === "unseen").length;
  if (unseen === 0) return "over";
  return unseen === missed.length ? "no longer seen" : "over or no longer seen";
}

/** The text of a digest: the number of alerts of each rule. The alerts themselves stand in the list. */
function textOf({ alerts, cause, missed, missedOmitted }: Digest, { rule }: Composing): string {
  const counts = new Map<string, number>();
  for (const name of [...alerts.map((alert) => alert.rule), ...missed.map(({ alert }) => alert.rule)])
    counts.set(name, (counts.get(name) ?? 0) + 1);
  const isTable = [...counts.values()].some((count) => count > 1);
  const shown = isTable ? [...counts].toSorted(([, a], [, b]) => b - a).slice(0, MOST_RULES) : [];
  const lines = shown.map(
    ([name, count]) => `- ${count} × ${oneLine(rule(name)?.description || name).replace(/\.$/u, "")}`,
  );
  const others = alerts.length + missed.length - shown.reduce((sum, [, count]) => sum + count, 0);
  if (!isTable && others > 1) lines.push("Each is another problem.");
  if (isTable && others > 0) lines.push(`- ${others} other problem${others === 1 ? "" : "s"}`);
  if (missedOmitted > 0) {
    lines.push(
      `- ${missedOmitted} more that ${cause === "scheduled" ? `are ${endOf(missed)}` : "came and went"}`,
    );
  }
  return lines.join("\n");
}

/** The earliest start. RFC 3339 times of one zone sort as texts. */
function earliest(alerts: readonly NotifiedAlert[]): string {
  return alerts.map(({ startsAt }) => startsAt).toSorted()[0] ?? toTime(0);
}

/** The latest end; RFC 3339, null when none is known. */
function latestEnd(alerts: readonly NotifiedAlert[]): string | null {
  return (
    alerts
      .flatMap(({ endsAt }) => endsAt ?? [])
      .toSorted()
      .at(-1) ?? null
  );
}
