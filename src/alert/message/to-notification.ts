import type { Notification } from "../notification.ts";
import { toTime } from "./wire.ts";

type Optional = "test" | "endsAt" | "suppressed" | "alertsOmitted" | "links";

/** What a notification says; left out: not a test, no end, nothing held back or omitted, no links. */
export type Message = Omit<Notification, Optional | "version" | "sentAt"> &
  Partial<Pick<Notification, Optional>>;

const NO_LINKS: Notification["links"] = { runbook: null, dashboard: null, silence: null, alert: null };

/** The one maker of notifications. @param now Epoch milliseconds: when it is sent. */
export function toNotification(message: Message, now: number): Notification {
  const { id, sink, kind, trigger, status, severity, cluster, route, group, title, text, startsAt } = message;
  return {
    version: "1",
    id,
    sink,
    test: message.test ?? false,
    kind,
    trigger,
    status,
    severity,
    cluster,
    route,
    group,
    title,
    text,
    startsAt,
    endsAt: message.endsAt ?? null,
    sentAt: toTime(now),
    occurrences: message.occurrences,
    suppressed: message.suppressed ?? {},
    alerts: message.alerts,
    alertsOmitted: message.alertsOmitted ?? 0,
    links: message.links ?? NO_LINKS,
  };
}
