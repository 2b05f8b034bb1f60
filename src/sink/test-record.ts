import type { EventRecord } from "../alert/index.ts";
import type { SinkRecord } from "./sink.ts";

/**
 * The record of `tocsin send-test` for a sink that takes no alerts: clearly marked, and of the shape of a genuine one.
 *
 * @param now Epoch milliseconds.
 */
export function testRecord(options: {
  readonly id: string;
  readonly sink: string;
  readonly cluster: string;
  readonly now: number;
}): SinkRecord {
  const { id, sink, cluster } = options;
  const at = new Date(options.now).toISOString();
  const record: EventRecord = {
    version: "1",
    id,
    kind: "event",
    forward: "send-test",
    cluster,
    receivedAt: at,
    delta: 1,
    event: {
      uid: id,
      name: `send-test.${id}`,
      namespace: "",
      type: "Normal",
      reason: "SendTest",
      message: `Sent by "tocsin send-test ${sink}". If you can read this, events of cluster ${cluster} arrive here. Nothing is wrong.`,
      action: "",
      count: 1,
      source: { component: "tocsin", host: "" },
      involvedObject: {
        kind: "Sink",
        apiVersion: "",
        namespace: "",
        name: sink,
        uid: "",
        fieldPath: "",
        container: "",
      },
      related: null,
      firstSeen: at,
      lastSeen: at,
      metadata: { labels: {}, annotations: {} },
    },
  };
  return { id, body: JSON.stringify(record) };
}
