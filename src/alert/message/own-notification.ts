import { fingerprint } from "../../lib/hash.ts";
import type { Severity } from "../../lib/severity.ts";
import type { Notification, NotifiedAlert } from "../notification.ts";
import { toNotification } from "./to-notification.ts";
import { toTime } from "./wire.ts";

/** The content of a message about Tocsin itself: a test message, or an incident. */
export interface OwnNews {
  readonly id: string;
  readonly sink: string;
  readonly cluster: string;
  readonly trigger: "test" | "self";
  readonly status: "firing" | "resolved";
  readonly severity: Severity;
  readonly route: string;
  readonly groupKey: string;
  /** The name that stands in place of a rule. */
  readonly rule: string;
  /** The word that stands in place of an Event's reason. */
  readonly reason: string;
  /** The affected part of Tocsin, in the form of an object of the cluster. */
  readonly object: { readonly kind: string; readonly name: string };
  readonly title: string;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly since: number;
  /** 1 or more. */
  readonly times: number;
  /** Epoch milliseconds: the time of the message, and of the end when `status` is "resolved". */
  readonly now: number;
}

/** Makes a notification about Tocsin itself. It has the same shape as one about an Event. */
export function ownNotification(news: OwnNews): Notification {
  const { id, sink, cluster, trigger, status, severity, route, groupKey, rule, title, text } = news;
  const startsAt = toTime(news.since);
  const endsAt = status === "resolved" ? toTime(news.now) : null;
  return toNotification(
    {
      id,
      sink,
      test: trigger === "test",
      kind: status,
      trigger,
      status,
      severity,
      cluster,
      route,
      group: { key: groupKey, labels: { rule, cluster } },
      title,
      text: { own: "", builtIn: text, note: "" },
      startsAt,
      endsAt,
      occurrences: news.times,
      alerts: [toAlert(news, startsAt, endsAt)],
    },
    news.now,
  );
}

function toAlert(news: OwnNews, startsAt: string, endsAt: string | null): NotifiedAlert {
  const { cluster, status, severity, rule, reason, title, text, times } = news;
  const object = { kind: news.object.kind, namespace: "", name: news.object.name, container: "" };
  const workload = `${object.kind}/${object.name}`;
  const lastSeen = toTime(news.now);
  return {
    fingerprint: fingerprint([cluster, rule, object.name]),
    rule,
    status,
    severity,
    labels: {
      rule,
      severity,
      cluster,
      ...object,
      workload,
      reason,
      type: "Normal",
      component: "tocsin",
      node: "",
    },
    title,
    text,
    runbook: null,
    dashboard: null,
    startsAt,
    endsAt,
    resolvedBy: status === "resolved" ? { how: "event", reason: "" } : null,
    occurrences: times,
    objects: [{ ...object, occurrences: times, firstSeen: startsAt, lastSeen, message: text }],
    objectsOmitted: 0,
    event: {
      uid: "",
      name: rule,
      namespace: "",
      type: "Normal",
      reason,
      message: text,
      action: "",
      count: times,
      source: { component: "tocsin", host: "" },
      involvedObject: { ...object, apiVersion: "", uid: "", fieldPath: "" },
      related: null,
      firstSeen: startsAt,
      lastSeen,
      metadata: { labels: {}, annotations: {} },
    },
  };
}
