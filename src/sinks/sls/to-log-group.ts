import type { EventRecord } from "../../alert/index.ts";
import { ProtobufWriter } from "../../lib/protobuf-writer.ts";

/**
 * A `LogGroup` (https://www.alibabacloud.com/help/en/sls/developer-reference/api-sls-2020-12-30-putlogs): Logs = 1, Topic
 * = 3, Source = 4; of a log Time = 1, Contents = 2, Time_ns = 4; of a content Key = 1, Value = 2.
 */
export function toLogGroup(records: readonly EventRecord[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const record of records) {
    const time = Math.max(0, Date.parse(record.event.lastSeen));
    writer.message(1, () => {
      writer.int(1, Math.floor(time / 1000));
      for (const [key, value] of contentsOf(record)) {
        if (value === "") continue;
        writer.message(2, () => {
          writer.string(1, key);
          writer.string(2, value);
        });
      }
      writer.fixed32(4, (time % 1000) * 1_000_000);
    });
  }
  writer.string(3, "kubernetes-events");
  writer.string(4, records[0]?.cluster ?? "");
  return writer.finish();
}

function contentsOf(record: EventRecord): readonly (readonly [string, string])[] {
  const { event } = record;
  const { involvedObject: object, metadata } = event;
  return [
    ["id", record.id],
    ["cluster", record.cluster],
    ["namespace", object.namespace],
    ["kind", object.kind],
    ["name", object.name],
    ["container", object.container],
    ["object_uid", object.uid],
    ["type", event.type],
    ["reason", event.reason],
    ["action", event.action],
    ["message", event.message],
    ["count", String(event.count)],
    ["delta", String(record.delta)],
    ["component", event.source.component],
    ["node", event.source.host],
    ["event_uid", event.uid],
    ["event_name", event.name],
    ["first_seen", event.firstSeen],
    ["last_seen", event.lastSeen],
    ["received_at", record.receivedAt],
    ["labels", jsonOf(metadata.labels)],
    ["annotations", jsonOf(metadata.annotations)],
  ];
}

/** "" for none. */
function jsonOf(texts: Readonly<Record<string, string>>): string {
  const json = JSON.stringify(texts);
  return json === "{}" ? "" : json;
}
