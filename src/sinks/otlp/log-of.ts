import type { EventRecord } from "../../alert/index.ts";

/** Names with texts or whole numbers; an empty text is left out. */
export type Attributes = readonly (readonly [name: string, value: string | number])[];

/** A log record as OTLP has it, whatever its encoding. */
export interface OtlpLog {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly observedTime: number;
  /** `SeverityNumber`; 0 for none. */
  readonly severity: number;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: Attributes;
}

/** `SEVERITY_NUMBER_INFO` and `SEVERITY_NUMBER_WARN` of OTLP. */
const SEVERITIES: Readonly<Record<string, number>> = { Normal: 9, Warning: 13 };

/**
 * The log record of an Event, with the names that the collector's `k8s_events` receiver uses
 * (github.com/open-telemetry/opentelemetry-collector-contrib, receiver/k8seventsreceiver/k8s_event_to_logdata.go);
 * `k8s.event.source` is from an older version of it, and `tocsin.…` is added, so that a repeat can be recognised.
 */
export function logOf({ id, delta, receivedAt, event }: EventRecord): OtlpLog {
  const severity = SEVERITIES[event.type] ?? 0;
  return {
    time: Date.parse(event.lastSeen),
    observedTime: Date.parse(receivedAt),
    severity,
    severityText: severity === 0 ? "" : event.type,
    body: event.message,
    attributes: [
      ["k8s.event.reason", event.reason],
      ["k8s.event.action", event.action],
      ["k8s.event.start_time", event.firstSeen],
      ["k8s.event.name", event.name],
      ["k8s.event.uid", event.uid],
      ["k8s.event.count", event.count],
      ["k8s.event.source", event.source.component],
      ["k8s.namespace.name", event.involvedObject.namespace],
      ["k8s.container.name", event.involvedObject.container],
      ["tocsin.record.id", id],
      ["tocsin.record.delta", delta],
    ],
  };
}

/** The resource of an Event: its cluster and its node, and the object that it is about. */
export function resourceOf({ cluster, event }: EventRecord): Attributes {
  const { involvedObject: object, source } = event;
  return [
    ["k8s.cluster.name", cluster],
    ["k8s.node.name", source.host],
    ["k8s.object.kind", object.kind],
    ["k8s.object.name", object.name],
    ["k8s.object.uid", object.uid],
    ["k8s.object.fieldpath", object.fieldPath],
    ["k8s.object.api_version", object.apiVersion],
  ];
}
