import type { Notification } from "../../alert/index.ts";
import type { ApiAlert } from "./api-alert.ts";
import type { Options } from "./options.ts";
import { toApiAlert } from "./to-api-alert.ts";

/** An alert fires for so many intervals without being sent again, so that a few lost requests end none. */
const LASTS_INTERVALS = 5;

/** A problem of Tocsin itself is told again after a day at the latest, and refreshes do not know it. */
const OWN_LASTS_MS = 25 * 3_600_000;

/** The alerts of a notification for Alertmanager, in their order. @param now Epoch milliseconds. */
export function toApiAlerts(
  { alerts, trigger, links, cluster }: Pick<Notification, "alerts" | "trigger" | "links" | "cluster">,
  { labels: own, resendEvery }: Options,
  now: number,
): readonly ApiAlert[] {
  const lastsMs = trigger === "self" ? OWN_LASTS_MS : LASTS_INTERVALS * resendEvery;
  // The page of a message is that of its only alert.
  const page = alerts.length === 1 ? links.alert : null;
  return alerts.map((alert) => toApiAlert(alert, { own, cluster, now, lastsMs, page }));
}
