import type { Notification } from "../notification.ts";
import { toTime } from "./wire.ts";

/**
 * The message of `tocsin send-test`: clearly marked, and of the same shape as a genuine one.
 *
 * @param now Epoch milliseconds.
 */
export function testNotification(options: {
  readonly id: string;
  readonly sink: string;
  readonly cluster: string;
  readonly now: number;
}): Notification {
  const { id, sink, cluster, now } = options;
  const at = toTime(now);
  const title = `Test message from Tocsin for sink ${sink}`;
  const text = `Sent by "tocsin send-test ${sink}". If you can read this, alerts of cluster ${cluster} arrive here. Nothing is wrong.`;
  const object = { kind: "Sink", namespace: "", name: sink, container: "" };
  const labels = {
    rule: "send-test",
    severity: "info",
    cluster,
    ...object,
    workload: `Sink/${sink}`,
    reason: "SendTest",
  };
  return {
    version: "1",
    id,
    sink,
    test: true,
    kind: "firing",
    trigger: "test",
    status: "firing",
    severity: "info",
    cluster,
    route: "send-test",
    group: { key: `send-test/${sink}`, labels: { rule: "send-test", cluster } },
    title,
    text,
    startsAt: at,
    endsAt: null,
    sentAt: at,
    occurrences: 1,
    suppressed: {},
    alerts: [
      {
        fingerprint: "0000000000000000",
        rule: "send-test",
        status: "firing",
        severity: "info",
        labels: { ...labels, type: "Normal", component: "tocsin", node: "" },
        title,
        text,
        runbook: null,
        dashboard: null,
        startsAt: at,
        endsAt: null,
        resolvedBy: null,
        occurrences: 1,
        objects: [{ ...object, occurrences: 1, firstSeen: at, lastSeen: at, message: text }],
        objectsOmitted: 0,
        event: {
          uid: "",
          name: "send-test",
          namespace: "",
          type: "Normal",
          reason: "SendTest",
          message: text,
          action: "",
          count: 1,
          source: { component: "tocsin", host: "" },
          involvedObject: { ...object, apiVersion: "", uid: "", fieldPath: "" },
          related: null,
          firstSeen: at,
          lastSeen: at,
          metadata: { labels: {}, annotations: {} },
        },
      },
    ],
    alertsOmitted: 0,
    links: { runbook: null, dashboard: null, silence: null, alert: null },
  };
}
