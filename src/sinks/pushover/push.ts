import type { Notification } from "../../alert/index.ts";
import { fingerprint } from "../../lib/hash.ts";
import type { Severity } from "../../lib/severity.ts";
import { type ChatMessage, DIALECTS, fit, layOut } from "../../sink/chat/index.ts";

/** Code units, which are never less than Pushover's characters: 250 of a title, 1,024 of a message, 512 of a URL
 * (https://pushover.net/api#limits). */
const LIMITS = { title: 240, message: 1000, url: 512 } as const;

/** Pushover's priorities, -2 (no notification) to 2 (an emergency), by Tocsin's severities. */
export type Priorities = Readonly<Record<Severity, number>>;

/** A message that rings again until somebody acknowledges it (https://pushover.net/api#priority). */
export const EMERGENCY = 2;

/** How messages are pushed; milliseconds. */
export interface PushOptions {
  readonly priorities: Priorities;
  readonly retry: number;
  readonly expire: number;
  readonly ttl?: number | undefined;
}

type Told = Pick<ChatMessage<PushOptions>, "shown" | "notification" | "options" | "now">;

/** The body of a message without the credentials; Pushover makes links of plain text, so that addresses are broken. */
export function toPush({ shown, notification, options, now }: Told): object {
  const { defused: dialect } = DIALECTS;
  const title = `${shown.sign} ${shown.headline}${shown.cluster === "" ? "" : ` — ${shown.cluster}`}`;
  const withoutLinks = { ...shown, links: [] };
  const text = layOut(withoutLinks, { dialect, limit: LIMITS.message, now, without: ["headline"] });
  const written = fit(title, LIMITS.title, dialect.text, dialect.measure);
  return { title: written, message: text === "" ? written : text, ...urgencyOf(notification, options) };
}

/** The link to the alert, else the first one: a message has one. */
export function linkOf({ shown }: Pick<Told, "shown">): object {
  const links = shown.links.filter(({ url }) => url.length <= LIMITS.url);
  const link = links.find(({ label }) => label === "Details") ?? links[0];
  return link === undefined ? {} : { url: link.url, url_title: link.label };
}

/** Whether anything is an emergency with these options. */
export function hasEmergencies({ priorities }: Pick<PushOptions, "priorities">): boolean {
  return Object.values(priorities).includes(EMERGENCY);
}

function urgencyOf(notification: Notification, options: PushOptions): object {
  const wanted = options.priorities[notification.severity];
  // Ends, tests and digests wake nobody.
  const isNews = notification.status === "firing" && !notification.test && notification.kind !== "digest";
  const priority = isNews ? wanted : Math.min(wanted, 0);
  const tags = hasEmergencies(options) ? { tags: tagOf(notification) } : {};
  if (priority === EMERGENCY) {
    return { priority, retry: seconds(options.retry), expire: seconds(options.expire), ...tags };
  }
  return { priority, ...(options.ttl === undefined ? {} : { ttl: seconds(options.ttl) }), ...tags };
}

/** Names the emergencies of a group, so that its end can end them. */
function tagOf({ cluster, group }: Pick<Notification, "cluster" | "group">): string {
  return `tocsin-${fingerprint([cluster, group.key])}`;
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}
