import type { Notification, NotifiedAlert } from "../alert/index.ts";

/** The notification without lines of logs; the same object when it has none. */
export function withoutLogs(notification: Notification): Notification {
  const { alerts } = notification;
  return alerts.some(({ evidence }) => evidence?.logs !== undefined)
    ? { ...notification, alerts: alerts.map(bare) }
    : notification;
}

function bare(alert: NotifiedAlert): NotifiedAlert {
  if (alert.evidence === undefined) return alert;
  const { logs: _, ...evidence } = alert.evidence;
  return { ...alert, evidence };
}
