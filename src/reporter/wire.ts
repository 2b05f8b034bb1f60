import type { Draft } from "./draft.ts";
import type { ObjectReference } from "./report.ts";

/** The API group of the writes: `events.k8s.io/v1`, which checks its input, or `core` (v1). */
export type WriteApi = "events" | "core";

/** Identifies the write that made an Event, so that a repeated one is not taken for a stranger's. */
export const WRITE_ANNOTATION = "tocsin.dev/reporter-id";

/** The writer. */
export interface Writer {
  readonly component: string;
  readonly instance: string;
}

/** The content of a series' write; times are epoch milliseconds. */
export interface Sighting {
  readonly name: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly writeId: string;
}

/** The path of a namespace's Events; names and namespaces have no characters that a path would need to escape. */
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

/** The merge patch that sets a count; in `events` it must be 2 or more. */
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

/** The parts of an answered Event that are read. */
export interface Stored {
  readonly uid: string;
  readonly resourceVersion: string;
  /** 1 or more. */
  readonly count: number;
  /** Value of WRITE_ANNOTATION; "" for none. */
  readonly writeId: string;
}

/** Reads an answer of either API; missing parts become "" or 1. */
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
  // A JSON object; missing keys are undefined.
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
