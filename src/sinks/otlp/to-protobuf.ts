import { ProtobufWriter } from "../../lib/protobuf-writer.ts";
import type { ResourceLogs } from "./by-resource.ts";
import type { Attributes, OtlpLog } from "./log-of.ts";
import { SCOPE } from "./scope.ts";

/**
 * An `ExportLogsServiceRequest` as protobuf. The numbers are those of the fields in opentelemetry/proto/logs/v1/logs.proto,
 * common/v1/common.proto and resource/v1/resource.proto, https://github.com/open-telemetry/opentelemetry-proto
 */
export function toProtobuf(groups: readonly ResourceLogs[], own: Attributes): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { resource, logs } of groups) {
    writer.message(1, () => {
      writer.message(1, () => {
        writeAttributes(writer, 1, own);
        writeAttributes(writer, 1, resource);
      });
      writer.message(2, () => {
        writer.message(1, () => writer.string(1, SCOPE));
        for (const log of logs) writer.message(2, () => writeLog(writer, log));
      });
    });
  }
  return writer.finish();
}

function writeLog(writer: ProtobufWriter, log: OtlpLog): void {
  writer.fixed64(1, nanosOf(log.time));
  if (log.severity !== 0) {
    writer.int(2, log.severity);
    writer.string(3, log.severityText);
  }
  writer.message(5, () => writer.string(1, log.body));
  writeAttributes(writer, 6, log.attributes);
  writer.fixed64(11, nanosOf(log.observedTime));
}

function writeAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const [key, value] of attributes) {
    if (value === "") continue;
    writer.message(field, () => {
      writer.string(1, key);
      writer.message(2, () => {
        if (typeof value === "string") writer.string(1, value);
        else writer.int(3, value);
      });
    });
  }
}

function nanosOf(ms: number): bigint {
  return BigInt(ms) * 1_000_000n;
}
