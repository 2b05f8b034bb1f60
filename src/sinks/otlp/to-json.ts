import { wellFormedJson } from "../../sink/index.ts";
import type { ResourceLogs } from "./by-resource.ts";
import type { Attributes, OtlpLog } from "./log-of.ts";
import { SCOPE } from "./scope.ts";

/**
 * An `ExportLogsServiceRequest` in the JSON of OTLP: names in lowerCamelCase, 64-bit integers as texts, enums as numbers
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
 */
export function toJson(groups: readonly ResourceLogs[], own: Attributes): string {
  const resourceLogs = groups.map(({ resource, logs }) => ({
    resource: { attributes: attributesOf([...own, ...resource]) },
    scopeLogs: [{ scope: { name: SCOPE }, logRecords: logs.map(logRecordOf) }],
  }));
  return wellFormedJson(JSON.stringify({ resourceLogs }));
}

function logRecordOf(log: OtlpLog): object {
  return {
    timeUnixNano: nanosOf(log.time),
    observedTimeUnixNano: nanosOf(log.observedTime),
    ...(log.severity === 0 ? {} : { severityNumber: log.severity, severityText: log.severityText }),
    body: { stringValue: log.body },
    attributes: attributesOf(log.attributes),
  };
}

/** Times before 1970 and beyond the range of the type do not come up. */
function nanosOf(ms: number): string {
  return ms === 0 ? "0" : `${ms}000000`;
}

function attributesOf(attributes: Attributes): readonly object[] {
  return attributes
    .filter(([, value]) => value !== "")
    .map(([key, value]) => ({
      key,
      value: typeof value === "string" ? { stringValue: value } : { intValue: String(value) },
    }));
}
