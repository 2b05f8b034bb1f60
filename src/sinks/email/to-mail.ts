import type { SendMailOptions } from "nodemailer";

import type { Notification } from "../../alert/index.ts";
import { cutMiddle } from "../../lib/cut-middle.ts";
import { fingerprint } from "../../lib/hash.ts";
import { oneLine } from "../../lib/text.ts";
import { present } from "../../sink/index.ts";
import { toHtmlBody } from "./html-body.ts";
import type { Mailbox } from "./mailbox.ts";
import { toTextBody } from "./text-body.ts";
import type { Thread } from "./thread.ts";

/** Sender, recipients and addresses of a mail; nothing of it comes from an Event. */
export interface Addresses {
  readonly from: Mailbox;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly replyTo: Mailbox | undefined;
}

const LONGEST_HEADER = 200;

/** Alerts that a digest lists; it counts the others. */
const ROWS_OF_DIGEST = 50;

/** Before encoding, which makes up to three times as much of it. */
const LONGEST_SUBJECT = 150;

/** One mail, without its envelope: the same over all attempts except for the parts that depend on `now`. */
export function toMail(
  notification: Notification,
  addresses: Addresses,
  thread: Thread | undefined,
  now: number,
): SendMailOptions {
  const { from, to, cc, replyTo } = addresses;
  const domain = from.address.slice(from.address.lastIndexOf("@") + 1);
  const shown = present(notification, now, lookOf(notification));
  const root = thread === undefined ? undefined : `<${thread.root}@${domain}>`;
  return {
    from,
    to: [...to],
    cc: [...cc],
    ...(replyTo === undefined ? {} : { replyTo }),
    // Each mail says its own news: the references keep the thread together.
    subject: cutMiddle(`[${shown.cluster}] ${shown.title}`, LONGEST_SUBJECT),
    text: toTextBody(shown, now),
    html: toHtmlBody(shown, now),
    messageId: `<${notification.id.replaceAll(/[^\w-]/gu, "-").slice(0, 100)}@${domain}>`,
    date: new Date(notification.sentAt),
    ...(root === undefined ? {} : { inReplyTo: root, references: root }),
    priority: notification.severity === "critical" && notification.status === "firing" ? "high" : "normal",
    list: {
      id: `${dotAtom(notification.group.labels["rule"] ?? "")}.${dotAtom(notification.cluster)}.alerts.${domain}`,
    },
    headers: headersOf(notification),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** How a mail shows a notification: a digest has room for a long list. */
export function lookOf({ kind }: Pick<Notification, "kind">): Parameters<typeof present>[2] {
  return kind === "digest" ? { mostPlaces: ROWS_OF_DIGEST } : {};
}

/** For filters, and to keep out-of-office assistants quiet (RFC 3834). */
function headersOf(notification: Notification): Record<string, string> {
  const labels = notification.alerts[0]?.labels ?? {};
  const own = {
    Cluster: notification.cluster,
    State: notification.kind,
    Severity: notification.severity,
    Rule: labels["rule"] ?? "",
    Namespace: labels["namespace"] ?? "",
    Kind: labels["kind"] ?? "",
    Name: labels["name"] ?? "",
    Reason: labels["reason"] ?? "",
    Group: fingerprint([notification.group.key]),
  };
  const filled = Object.entries(own).flatMap(([name, value]) => {
    const text = cutMiddle(oneLine(value), LONGEST_HEADER);
    return text === "" ? [] : [[`X-Tocsin-${name}`, text] as const];
  });
  return {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
    ...Object.fromEntries(filled),
  };
}

/** Letters, digits and dashes, as a List-Id needs (RFC 2919). */
function dotAtom(text: string): string {
  return (
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/gu, "-")
      .replaceAll(/^-|-$/gu, "")
      .slice(0, 60) || "all"
  );
}
