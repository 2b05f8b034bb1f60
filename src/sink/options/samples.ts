import { type EventRecord, type Notification, ownNotification } from "../../alert/index.ts";

const AT = Date.parse("2026-01-01T00:00:00Z");

const plain = ownNotification({
  id: "00000000-0000-7000-8000-000000000000",
  sink: "sample",
  cluster: "sample",
  trigger: "test",
  status: "firing",
  severity: "warning",
  route: "default",
  groupKey: "default/sample",
  rule: "sample",
  reason: "BackOff",
  object: { kind: "Pod", name: "web-1" },
  title: "Sample",
  text: "Back-off restarting failed container",
  since: AT,
  times: 3,
  now: AT,
});

const [alert] = plain.alerts;
if (alert === undefined) throw new Error("a message about Tocsin itself has one alert");

/** A notification on which texts are tried before there is a genuine one. */
export const SAMPLE_NOTIFICATION: Notification = plain;

/** A record for the same purpose. */
export const SAMPLE_RECORD: EventRecord = {
  version: "1",
  id: "00000000000000000000",
  kind: "event",
  forward: "sample",
  cluster: "sample",
  receivedAt: plain.sentAt,
  delta: 1,
  event: alert.event,
};
