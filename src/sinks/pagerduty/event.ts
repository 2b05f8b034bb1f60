import type { Notification } from "../../alert/index.ts";
import { fingerprint } from "../../lib/hash.ts";
import type { Severity } from "../../lib/severity.ts";
import { oneLine } from "../../lib/text.ts";
import {
  type ChatMessage,
  DIALECTS,
  fit,
  layOut,
  type LayoutPart,
  sharedLabel,
  sharedObject,
} from "../../sink/chat/index.ts";

/** Code units, which are never less than PagerDuty's characters: 1,024 of a summary
 * (https://developer.pagerduty.com/docs/send-alert-event). */
const LIMITS = { summary: 1000, source: 255, field: 255, detail: 4000 } as const;

/** PagerDuty's severities, by Tocsin's. */
export type Severities = Readonly<Record<Severity, "critical" | "error" | "warning" | "info">>;

/** An event of the Events API v2 without its key. */
export interface PagerDutyEvent {
  readonly event_action: "trigger" | "resolve";
  /** At most 255 characters: the same for all events about a group. */
  readonly dedup_key: string;
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: Severities[Severity];
    readonly timestamp: string;
    readonly component?: string;
    readonly group?: string;
    readonly class?: string;
    readonly custom_details?: Readonly<Record<string, string>>;
  };
  readonly client: "Tocsin";
  readonly client_url?: string;
  readonly links?: readonly { readonly href: string; readonly text: string }[];
}

/** The parts of a message that become details, in their order, under names that people read. */
const DETAILS: readonly (readonly [name: string, part: LayoutPart])[] = [
  ["what", "facts"],
  ["cause", "cause"],
  ["text", "text"],
  ["note", "note"],
  ["message", "evidence"],
  ["log", "logs"],
  ["where", "places"],
  ["why", "why"],
];

/** The whole event: a trigger while something fires, else a resolve, under one key for each group. */
export function toEvent(message: ChatMessage<unknown>, severities: Severities): PagerDutyEvent {
  const { shown, notification, now } = message;
  const details = DETAILS.map(([name, part]) => [
    name,
    layOut(shown, { dialect: DIALECTS.plain, limit: LIMITS.detail, now, only: [part] }),
  ]).filter(([, text]) => text !== "");
  const command = shown.command === undefined ? {} : { command: shown.command };
  const plain = toPlainEvent(message, severities);
  const links = shown.links.map(({ label, url }) => ({ href: url, text: label }));
  return {
    ...plain,
    payload: { ...plain.payload, custom_details: { ...Object.fromEntries(details), ...command } },
    ...(notification.links.alert === null ? {} : { client_url: notification.links.alert }),
    ...(links.length === 0 ? {} : { links }),
  };
}

/** The same without details and links. */
export function toPlainEvent(
  { shown, notification }: ChatMessage<unknown>,
  severities: Severities,
): PagerDutyEvent {
  const shared = (label: string): string => sharedLabel(notification, label);
  const object = sharedObject(notification);
  return {
    event_action: notification.status === "firing" ? "trigger" : "resolve",
    dedup_key: keyOf(notification),
    payload: {
      summary: line(
        shown.cluster === "" ? shown.headline : `${shown.headline} — ${shown.cluster}`,
        LIMITS.summary,
      ),
      source: line(object, LIMITS.source) || line(shown.cluster, LIMITS.source) || "tocsin",
      severity: severities[notification.severity],
      timestamp: notification.startsAt,
      ...named("component", object),
      ...named("group", shared("namespace")),
      ...named("class", shared("reason")),
    },
    client: "Tocsin",
  };
}

/** The cluster is part of it, since groups of two clusters may have one key, and their alerts one service. */
function keyOf({ group, cluster }: Pick<Notification, "group" | "cluster">): string {
  return `tocsin/${fingerprint([cluster, group.key])}`;
}

function named(key: "component" | "group" | "class", value: string): Readonly<Record<string, string>> {
  const text = line(value, LIMITS.field);
  return text === "" ? {} : { [key]: text };
}

function line(text: string, limit: number): string {
  const { plain } = DIALECTS;
  return fit(oneLine(text), limit, plain.text, plain.measure);
}
