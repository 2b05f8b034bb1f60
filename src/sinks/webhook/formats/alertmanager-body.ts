import type { Notification, NotifiedAlert } from "../../../alert/index.ts";
import { toAnnotations } from "../../alertmanager/to-annotations.ts";
import { toLabelNames } from "../../alertmanager/to-label-names.ts";
import { toLabels } from "../../alertmanager/to-labels.ts";
import { labelFingerprint } from "./label-fingerprint.ts";
import { notificationReason } from "./notification-reason.ts";

type Texts = Readonly<Record<string, string>>;

/** Go's zero time: Alertmanager gives it as the end of an alert that fires. */
const NO_END = "0001-01-01T00:00:00Z";

/**
 * The body of Alertmanager's webhook, version 4, with the keys of 0.35:
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function alertmanagerBody(notification: Notification): object {
  const { sink, group, links, alertsOmitted, cluster } = notification;
  const alerts = notification.alerts.map((alert) => toAlert(alert, cluster));
  const isFiring = alerts.length === 0 ? notification.status === "firing" : alerts.some(fires);
  return {
    receiver: sink,
    status: isFiring ? "firing" : "resolved",
    alerts,
    notification_reason: notificationReason(notification),
    groupLabels: groupLabels(group.labels),
    commonLabels: commonOf(alerts.map(({ labels }) => labels)),
    commonAnnotations: commonOf(alerts.map(({ annotations }) => annotations)),
    // Routes of Tocsin have no labels.
    routeLabels: {},
    externalURL: originOf(links.alert ?? links.silence),
    version: "4",
    groupKey: group.key,
    truncatedAlerts: alertsOmitted,
  };
}

interface V4Alert {
  readonly status: "firing" | "resolved";
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  /** 16 hex digits over the labels. */
  readonly fingerprint: string;
}

function toAlert(alert: NotifiedAlert, cluster: string): V4Alert {
  const labels = toLabels(alert, new Map(), cluster);
  return {
    status: alert.status,
    labels,
    annotations: toAnnotations(alert),
    startsAt: alert.startsAt,
    endsAt: alert.status === "firing" ? NO_END : (alert.endsAt ?? alert.startsAt),
    generatorURL: alert.dashboard ?? "",
    fingerprint: labelFingerprint(labels),
  };
}

function fires({ status }: V4Alert): boolean {
  return status === "firing";
}

function groupLabels({ rule, ...labels }: Texts): Texts {
  const named = rule === undefined ? [] : ([["alertname", rule]] as const);
  return toLabelNames(new Map([...named, ...Object.entries(labels)]));
}

/** The pairs that all of them have. */
function commonOf([first = {}, ...others]: readonly Texts[]): Texts {
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((other) => other[name] === value)),
  );
}

function originOf(url: string | null): string {
  return URL.parse(url ?? "")?.origin ?? "";
}
