import { cutMiddle } from "../../lib/cut-middle.ts";
import { fairShares } from "../../lib/fair-shares.ts";
import { worstOf } from "../../lib/severity.ts";
import { oneLine } from "../../lib/text.ts";
import { Ends } from "../ends.ts";
import type { Notification, NotifiedAlert, Trigger } from "../notification.ts";
import type { DigestCause, Missed } from "../sink-load.ts";
import type { AlertState } from "../state.ts";
import { clustersIn, MOST_ALERTS, MOST_OBJECTS, sortAlerts } from "./compose.ts";
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
      title: cutMiddle(oneLine(titleOf(digest, firing[0], wentBy)), LONGEST_TITLE),
      text: { own: "", builtIn: cutMiddle(textOf(digest, composing), LONGEST_TEXT), note: "" },
      startsAt: earliest(notified),
      occurrences: notified.reduce((sum, { occurrences }) => sum + occurrences, 0),
      alerts: notified,
      alertsOmitted: sorted.length + wentBy - notified.length,
    },
    composing.now,
  );
}

/**
 * `8 alerts fire, 4 are over: Node is short of memory: node-3 and 11 more`, `14 alerts in the last 5 min: Node is short of memory: node-3 and 13 more`, `While muted: 3 still firing, 9 came and
 * went`.
 */
function titleOf(digest: Digest, first: NotifiedAlert | undefined, wentBy: number): string {
  const { alerts, cause } = digest;
  const went = wentBy === 0 ? "" : `${wentBy} came and went`;
  if (cause === "mute") {
    const still = alerts.length === 0 ? "" : `${alerts.length} still firing`;
    return `While muted: ${[still, went].filter((part) => part !== "").join(", ")}`;
  }
  if (cause === "scheduled") return scheduledTitle(digest, first);
  const total = alerts.length + wentBy;
  const count = `${total} alert${total === 1 ? "" : "s"} in the last 5 min`;
  if (first === undefined) return `${count}, all over: they came and went`;
  const rest = total === 1 ? "" : ` and ${total - 1} more`;
  return `${count}: ${first.title}${rest}`;
}

function scheduledTitle({ alerts, missed, missedOmitted }: Digest, first: NotifiedAlert | undefined): string {
  const [firing, over] = [alerts.length, missed.length + missedOmitted];
  const fire = firing === 0 ? "" : `${firing} alert${firing === 1 ? " fires" : "s fire"}`;
  const noun = firing > 0 ? "" : ` alert${over === 1 ? "" : "s"}`;
  const ended = over === 0 ? "" : `${over}${noun} ${over === 1 ? "is" : "are"} ${endOf(missed)}`;
  const count = [fire, ended].filter((part) => part !== "").join(", ");
  if (first === undefined) return count;
  const rest = firing + over - 1;
  return `${count}: ${first.title}${rest === 0 ? "" : ` and ${rest} more`}`;
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
  const named = [...counts].filter(([, count]) => count > 1).toSorted(([, a], [, b]) => b - a);
  const shown = named.slice(0, MOST_RULES);
  const lines = shown.map(
    ([name, count]) => `- ${count} × ${oneLine(rule(name)?.description || name).replace(/\.$/u, "")}`,
  );
  const others = alerts.length + missed.length - shown.reduce((sum, [, count]) => sum + count, 0);
  if (others > 0) lines.push(lines.length === 0 ? "Each is another problem." : `- ${others} other problems`);
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
