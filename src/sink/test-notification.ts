import { type Notification, ownNotification } from "../alert/index.ts";

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
  const { sink, cluster, now } = options;
  return ownNotification({
    ...options,
    trigger: "test",
    status: "firing",
    severity: "info",
    route: "send-test",
    groupKey: `send-test/${sink}`,
    rule: "send-test",
    reason: "SendTest",
    object: { kind: "Sink", name: sink },
    title: `Test message from Tocsin for sink ${sink}`,
    text: `Sent by "tocsin send-test ${sink}". If you can read this, alerts of cluster ${cluster} arrive here. Nothing is wrong.`,
    since: now,
    times: 1,
  });
}
