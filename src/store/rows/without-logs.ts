import type { Notification } from "../../alert/index.ts";
import { fromStoredJson } from "./stored-json.ts";

/** A notification without the lines of logs: they live in a message that waits alone. */
export function withoutLogs(notification: string): string {
  if (!notification.includes('"logs":[')) return notification;
  // Written from the same type; a damaged one stays as it is.
  const whole = fromStoredJson(notification) as Notification | undefined;
  if (whole === undefined) return notification;
  const alerts = whole.alerts.map(({ evidence, ...alert }) => ({
    ...alert,
    ...(evidence === undefined ? {} : { evidence: { ...evidence, logs: undefined } }),
  }));
  return JSON.stringify({ ...whole, alerts });
}
