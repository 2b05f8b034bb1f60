import { type Notification, ownNotification } from "../alert/index.ts";
import { formatDuration } from "../lib/duration.ts";
import type { SelfAlert } from "./self-alerts.ts";

/** Prefix of the ids of messages about the bridge itself: their own failure is no incident. */
const ID_PREFIX = "self-";

/** Whether a delivery, or its copy for a fallback, is a message about the bridge itself. */
export function isSelfAlert(deliveryId: string): boolean {
  return deliveryId.startsWith(ID_PREFIX);
}

/** The group of all messages about one incident. */
export function selfGroupKey(alert: SelfAlert): string {
  return `self/${alert.incident.key}`;
}

/** A message about the bridge itself, of the shape of any other. @param about.now Epoch milliseconds. */
export function selfNotification(
  alert: SelfAlert,
  about: { readonly id: string; readonly sink: string; readonly cluster: string; readonly now: number },
): Notification {
  const { incident, since, status, times } = alert;
  const isOver = status === "resolved";
  return ownNotification({
    ...about,
    id: `${ID_PREFIX}${about.id}`,
    trigger: "self",
    status,
    severity: incident.severity,
    route: "self",
    groupKey: selfGroupKey(alert),
    rule: "tocsin-itself",
    reason: "Self",
    object: { kind: "Tocsin", name: incident.key },
    title: `${isOver ? "Resolved: " : ""}Tocsin itself: ${incident.title}`,
    text: isOver ? `It is over after ${formatDuration(about.now - since)}.` : textOf(alert),
    since,
    times,
  });
}

function textOf({ incident, times }: SelfAlert): string {
  return times > 1 ? `${incident.text}\nThis happened ${times} times.` : incident.text;
}
