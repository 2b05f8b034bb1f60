import type { Notification } from "../alert/index.ts";
import { formatDuration } from "../lib/duration.ts";
import { fingerprint } from "../lib/hash.ts";
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
  const { incident, status } = alert;
  const { sink, cluster, now } = about;
  const { severity } = incident;
  const isOver = status === "resolved";
  const at = new Date(now).toISOString();
  const startsAt = new Date(alert.since).toISOString();
  const endsAt = isOver ? at : null;
  const title = `${isOver ? "Resolved: " : ""}Tocsin itself: ${incident.title}`;
  const text = isOver ? `It is over after ${formatDuration(now - alert.since)}.` : textOf(alert);
  const object = { kind: "Tocsin", namespace: "", name: incident.key, container: "" };
  const names = { rule: "tocsin-itself", severity, cluster };
  return {
    version: "1",
    id: `${ID_PREFIX}${about.id}`,
    sink,
    test: false,
    kind: status,
    trigger: "self",
    status,
    severity,
    cluster,
    route: "self",
    group: { key: selfGroupKey(alert), labels: names },
    title,
    text,
    startsAt,
    endsAt,
    sentAt: at,
    occurrences: alert.times,
    suppressed: {},
    alerts: [
      {
        fingerprint: fingerprint([cluster, "tocsin-itself", incident.key]),
        rule: names.rule,
        status,
        severity,
        labels: {
          ...names,
          ...object,
          workload: "",
          reason: "Self",
          type: "",
          component: "tocsin",
          node: "",
        },
        title,
        text,
        runbook: null,
        dashboard: null,
        startsAt,
        endsAt,
        resolvedBy: isOver ? { how: "event", reason: "" } : null,
        occurrences: alert.times,
        objects: [
          { ...object, occurrences: alert.times, firstSeen: startsAt, lastSeen: at, message: incident.title },
        ],
        objectsOmitted: 0,
        event: {
          uid: "",
          name: "",
          namespace: "",
          type: "",
          reason: "Self",
          // Not the text: sinks leave out a text that says no more than the event.
          message: incident.title,
          action: "",
          count: alert.times,
          source: { component: "tocsin", host: "" },
          involvedObject: { ...object, apiVersion: "", uid: "", fieldPath: "" },
          related: null,
          firstSeen: startsAt,
          lastSeen: at,
          metadata: { labels: {}, annotations: {} },
        },
      },
    ],
    alertsOmitted: 0,
    links: { runbook: null, dashboard: null, silence: null, alert: null },
  };
}

function textOf({ incident, times }: SelfAlert): string {
  return times > 1 ? `${incident.text}\nThis happened ${times} times.` : incident.text;
}
