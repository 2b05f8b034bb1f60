import { counted } from "../lib/counted.ts";
import { formatDuration } from "../lib/duration.ts";
import type { Severity } from "../lib/severity.ts";
import type { Replayed, SimulatedMessage } from "../simulate/index.ts";
import { HOW_TO_GET_EVENTS } from "./event-text.ts";
import { paint, type Style } from "./print.ts";
import { type Column, toTable } from "./table.ts";

/** Alerts that are listed as still firing; the rest is a number. */
const MOST_FIRING = 20;

const STYLES: Readonly<Record<Severity, Style>> = { critical: "red", warning: "yellow", info: "cyan" };

const MESSAGES: readonly Column<SimulatedMessage>[] = [
  { title: "TIME (UTC)", cell: ({ at }) => timeText(at) },
  { title: "SINK", cell: ({ notification }) => notification.sink },
  { title: "KIND", cell: ({ notification }) => notification.kind, style: styleOf },
  { title: "SEVERITY", cell: ({ notification }) => notification.severity, style: styleOf },
  {
    title: "ALERTS",
    cell: ({ notification: { alerts, alertsOmitted } }) => String(alerts.length + alertsOmitted),
  },
  { title: "TIMES", cell: ({ notification }) => String(notification.occurrences) },
  { title: "TITLE", cell: ({ notification }) => notification.title },
];

/** Formats messages as a table, one a line, the first one first. */
export function toMessagesText(messages: readonly SimulatedMessage[], colour: boolean): string {
  return messages.length === 0 ? "No message.\n" : toTable(MESSAGES, messages, colour);
}

/** Formats the result of a recording for people: messages, alerts that still fire, and counts by rule and reason. */
export function toTimelineText(replayed: Replayed, { colour }: { readonly colour: boolean }): string {
  const { events, matched, from = 0, to = 0, messages } = replayed;
  if (events === 0) return `There is no Event in the recording: ${HOW_TO_GET_EVENTS}.\n`;
  const summary = `${counted(events, "event")} in ${formatDuration(to - from)}, ${matched} matched, ${counted(messages.length, "message")}`;
  return [
    toMessagesText(messages, colour),
    firingText(replayed, colour),
    rulesText(replayed, colour),
    heldBackText(replayed),
    `${paint("bold", summary, colour)}\n`,
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function firingText({ firing }: Replayed, colour: boolean): string {
  if (firing.length === 0) return "";
  const lines = firing.slice(0, MOST_FIRING).map(({ rule, severity, labels }) => {
    const { namespace = "", workload = "", name = "", kind = "" } = labels;
    const object = workload === "" ? `${kind}/${name}` : workload;
    return `  ${paint(STYLES[severity], severity, colour)} ${rule}: ${object}${namespace === "" ? "" : ` in ${namespace}`}\n`;
  });
  const rest = firing.length - lines.length;
  return `Still firing at the end:\n${lines.join("")}${rest > 0 ? `  and ${rest} more\n` : ""}`;
}

function rulesText({ perRule }: Replayed, colour: boolean): string {
  const rows = [...perRule].toSorted(
    ([, a], [, b]) => b.notifications - a.notifications || b.events - a.events,
  );
  if (rows.length === 0) return "";
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { title: "RULE", cell: ([rule]) => rule },
    { title: "EVENTS", cell: ([, { events: matched }]) => String(matched) },
    { title: "ALERTS", cell: ([, { alerts }]) => String(alerts) },
    { title: "MESSAGES", cell: ([, { notifications }]) => String(notifications) },
  ];
  return toTable(columns, rows, colour);
}

function heldBackText({ suppressed }: Replayed): string {
  const reasons = [...suppressed]
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${count} by ${reason}`);
  return reasons.length === 0
    ? ""
    : `Occurrences that led to no message of their own: ${reasons.join(", ")}\n`;
}

function styleOf({ notification }: SimulatedMessage): Style {
  return notification.status === "resolved" ? "green" : STYLES[notification.severity];
}

function timeText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}
