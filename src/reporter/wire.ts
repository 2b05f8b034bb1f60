import type { Draft } from "./draft.ts";
import type { ObjectReference } from "./report.ts";

/** The group that Events are written through: `events.k8s.io/v1`, which checks what it takes, or `core` (v1). */
export type WriteApi = "events" | "core";

/** Says which write put an Event there, so that a repeated one is told from a stranger's. */
export const WRITE_ANNOTATION = "tocsin.dev/reporter-id";

/** Who writes. */
export interface Writer {
  readonly component: string;
  readonly instance: string;
}

/** What is to be told of a series; times are epoch milliseconds. */
export interface Sighting {
  readonly name: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly writeId: string;
}

/** Where Events of a namespace lie; names and namespaces have no characters that a path would need to escape. */
export function collectionPath(api: WriteApi, namespace: string): string {
  const root = api === "events" ? "/apis/events.k8s.io/v1" : "/api/v1";
  return `${root}/namespaces/${namespace}/events`;
}

/** The whole Event, for its first write. */
export function eventBody(api: WriteApi, draft: Draft, writer: Writer, sighting: Sighting): object {
  const { annotations, namespace, regarding, related, type, reason, action, note } = draft;
  const metadata = {
    name: sighting.name,
    namespace,
    annotations: { ...annotations, [WRITE_ANNOTATION]: sighting.writeId },
  };
  const common = { metadata, type, reason, action, ...(related === undefined ? {} : { related }) };
  if (api === "core") {
    return {
      ...common,
      involvedObject: regarding satisfies ObjectReference,
      message: note,
      source: { component: writer.component, host: writer.instance },
      reportingComponent: writer.component,
      reportingInstance: writer.instance,
      firstTimestamp: seconds(sighting.firstAt),
      ...countPatch("core", sighting),
    };
  }
  return {
    ...common,
    regarding,
    note,
    reportingController: writer.component,
    reportingInstance: writer.instance,
    eventTime: micros(sighting.firstAt),
    // The server refuses a series of one.
    ...(sighting.count > 1 ? countPatch("events", sighting) : {}),
  };
}

/** The merge patch that tells a count; in `events` it must be 2 or more. */
export function countPatch(api: WriteApi, { count, lastAt }: Pick<Sighting, "count" | "lastAt">): object {
  return api === "events"
    ? { series: { count, lastObservedTime: micros(lastAt) } }
    : { count, lastTimestamp: seconds(lastAt) };
}

/** A Go MicroTime, with exactly six digits of the second (docs/design/events.md#what-the-api-server-accepts). */
function micros(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}

function seconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/u, "Z");
}

/** What is read of an Event that the API server answered. */
export interface Stored {
  readonly uid: string;
  readonly resourceVersion: string;
  /** 1 or more. */
  readonly count: number;
  /** Of WRITE_ANNOTATION; "" for none. */
  readonly writeId: string;
}

/** Reads an answer of either API; what is missing becomes "" or 1. */
export function storedEvent(body: unknown): Stored {
  const metadata = record(record(body)["metadata"]);
  const counts = [
    record(record(body)["series"])["count"],
    record(body)["count"],
    record(body)["deprecatedCount"],
  ];
  const count = counts.find((value): value is number => typeof value === "number" && value > 0);
  return {
    uid: text(metadata["uid"]),
    resourceVersion: text(metadata["resourceVersion"]),
    count: count ?? 1,
    writeId: text(record(metadata["annotations"])[WRITE_ANNOTATION]),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  // A JSON object; what is not there is undefined.
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
