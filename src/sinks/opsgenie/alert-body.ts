import type { Notification } from "../../alert/index.ts";
import { fingerprint } from "../../lib/hash.ts";
import type { Severity } from "../../lib/severity.ts";
import { oneLine } from "../../lib/text.ts";
import { type ChatMessage, DIALECTS, fit, layOut, sharedLabel, sharedObject } from "../../sink/chat/index.ts";

/** Code units, never less than characters: https://docs.opsgenie.com/docs/alert-api#create-alert */
const LIMITS = {
  message: 130,
  description: 14_000,
  detail: 300,
  entity: 500,
  source: 100,
  tag: 50,
  note: 10_000,
} as const;

/** The options that a body needs. */
export interface AlertOptions {
  readonly priorities: Readonly<Record<Severity, string>>;
  readonly responders: readonly object[];
}

/** The alias of a group: all its messages are about one alert. */
export function aliasOf({ cluster, group }: Pick<Notification, "cluster" | "group">): string {
  // Groups of two clusters may have one key.
  return `tocsin/${fingerprint([cluster, group.key])}`;
}

/** The body that opens an alert, or counts up an open one. */
export function toAlert(message: ChatMessage<unknown>, options: AlertOptions): object {
  const { shown, notification, now } = message;
  const shared = (label: string): readonly [string, string] => [label, sharedLabel(notification, label)];
  const description = layOut(shown, { dialect: DIALECTS.plain, limit: LIMITS.description, now });
  const links = shown.links.map(({ label, url }) => [label, url] as const);
  const details = [shared("rule"), shared("namespace"), shared("reason"), ...links];
  const tags = [notification.severity, sharedLabel(notification, "rule"), shown.cluster].map((tag) =>
    line(tag, LIMITS.tag),
  );
  return {
    ...toPlainAlert(message, options),
    description,
    details: Object.fromEntries(
      details.map(([name, value]) => [name, line(value, LIMITS.detail)]).filter(([, value]) => value !== ""),
    ),
    tags: tags.filter((tag) => tag !== ""),
  };
}

/** The same with what an alert needs alone. */
export function toPlainAlert(
  { shown, notification }: ChatMessage<unknown>,
  { priorities, responders }: AlertOptions,
): object {
  const entity = line(sharedObject(notification), LIMITS.entity);
  return {
    message: line(shown.title, LIMITS.message) || "Alert",
    alias: aliasOf(notification),
    priority: priorities[notification.severity],
    ...(responders.length === 0 ? {} : { responders }),
    ...(entity === "" ? {} : { entity }),
    source: line(`Tocsin ${shown.cluster}`, LIMITS.source),
  };
}

/** The body that closes an alert. */
export function toEnd({ shown, now }: ChatMessage<unknown>): object {
  const note = layOut(shown, { dialect: DIALECTS.plain, limit: LIMITS.note, now });
  return { source: line(`Tocsin ${shown.cluster}`, LIMITS.source), note };
}

function line(text: string, limit: number): string {
  const { plain } = DIALECTS;
  return fit(oneLine(text), limit, plain.text, plain.measure);
}
