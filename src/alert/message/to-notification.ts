import type { Notification } from "../notification.ts";
import { toTime } from "./wire.ts";

type Optional = "test" | "problem" | "merged" | "endsAt" | "suppressed" | "alertsOmitted" | "links";

/** The fields of a notification. An optional one that is missing means: no test, no end, nothing left out, no links. */
export type Message = Omit<Notification, Optional | "version" | "sentAt"> &
  Partial<Pick<Notification, Optional>>;

const NO_LINKS: Notification["links"] = { runbook: null, dashboard: null, silence: null, alert: null };

/** Makes every notification of the program. @param now Epoch milliseconds: the time of sending. */
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
    problem: message.problem ?? "",
    text,
    startsAt,
    endsAt: message.endsAt ?? null,
    sentAt: toTime(now),
    occurrences: message.occurrences,
    suppressed: message.suppressed ?? {},
    alerts: message.alerts,
    alertsOmitted: message.alertsOmitted ?? 0,
    ...(message.merged === undefined ? {} : { merged: message.merged }),
    links: message.links ?? NO_LINKS,
  };
}
