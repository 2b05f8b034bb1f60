import { parseInstant } from "../lib/parse-instant.ts";
import { entries, identifier, message } from "./bounds.ts";
import { type ClusterEvent, EMPTY_REF, type ObjectRef } from "./event.ts";
import { ObjectKey } from "./object-key.ts";
import type { Observation } from "./observation.ts";
import type { RawEvent, RawRef } from "./raw-event.ts";

/** The legacy recorder puts this before the text of an aggregate (client-go tools/record/events_cache.go). */
const AGGREGATE_PREFIX = "(combined from similar events): ";

/** The observation of an Event whose JSON is parsed already. @param cluster The name of the cluster that it comes from. */
export function observe(raw: RawEvent, cluster: string): Observation {
  const object = raw.involvedObject ?? raw.regarding;
  const objectNamespace = identifier(object?.namespace);
  const eventNamespace = identifier(raw.metadata?.namespace);
  let key: string | undefined;
  const observation: Observation = {
    head: {
      cluster,
      type: identifier(raw.type),
      reason: identifier(raw.reason),
      kind: identifier(object?.kind),
      component: componentOf(raw),
      namespace: objectNamespace === "" ? "" : eventNamespace,
      name: identifier(object?.name),
      objectNamespace,
      eventNamespace,
    },
    get object() {
      return (key ??= ObjectKey.format(observation.head));
    },
    get message() {
      return messageOf(raw);
    },
    get count() {
      return countOf(raw);
    },
    version: identifier(raw.metadata?.resourceVersion),
    line: undefined,
    raw,
  };
  return observation;
}

/**
 * Reads an Event of either API and either recorder into one form (docs/design/events.md#normalisation). A
 * missing or mistyped field becomes "" or the next best source; long texts are cut.
 *
 * @param cluster The name of the cluster that it comes from.
 * @throws {TypeError} when there is no object, no metadata, or no resourceVersion in it: not an Event at all.
 */
export function normalise(raw: RawEvent, cluster: string): ClusterEvent {
  const metadata = raw.metadata;
  if (typeof metadata !== "object" || metadata === null || identifier(metadata.resourceVersion) === "") {
    throw new TypeError("not an Event: metadata.resourceVersion is missing");
  }
  const source = raw.source ?? raw.deprecatedSource;
  return {
    cluster,
    uid: identifier(metadata.uid),
    name: identifier(metadata.name),
    namespace: identifier(metadata.namespace),
    resourceVersion: identifier(metadata.resourceVersion),
    type: identifier(raw.type),
    reason: identifier(raw.reason),
    message: messageOf(raw),
    action: identifier(raw.action),
    count: countOf(raw),
    series: typeof raw.series === "object" && raw.series !== null,
    source: {
      component: componentOf(raw),
      host: identifier(source?.host) || identifier(raw.reportingInstance),
    },
    involvedObject: toRef(raw.involvedObject ?? raw.regarding),
    related: toRef(raw.related),
    ...timesOf(raw, instant(metadata.creationTimestamp) ?? 0),
    createdAt: instant(metadata.creationTimestamp) ?? 0,
    labels: stringMap(metadata.labels),
    annotations: stringMap(metadata.annotations),
    namespaceLabels: EMPTY_REF.labels,
  };
}

function messageOf(raw: RawEvent): string {
  return toMessage(raw.message ?? raw.note);
}

/** The text of a message for people, without the prefix of the recorder. */
export function toMessage(value: unknown): string {
  const whole = message(value);
  return whole.startsWith(AGGREGATE_PREFIX) ? whole.slice(AGGREGATE_PREFIX.length) : whole;
}

/** The server's clock stands in where the writer gave no time. */
function timesOf(raw: RawEvent, created: number): Pick<ClusterEvent, "firstSeenAt" | "lastSeenAt"> {
  const happened = instant(raw.eventTime) ?? created;
  return {
    firstSeenAt: instant(raw.firstTimestamp ?? raw.deprecatedFirstTimestamp) ?? happened,
    lastSeenAt:
      instant(raw.series?.lastObservedTime) ??
      instant(raw.lastTimestamp ?? raw.deprecatedLastTimestamp) ??
      happened,
  };
}

function componentOf(raw: RawEvent): string {
  return (
    identifier((raw.source ?? raw.deprecatedSource)?.component) ||
    identifier(raw.reportingComponent ?? raw.reportingController)
  );
}

/** How often it happened, by either recorder; 1 where none is given. */
function countOf(raw: RawEvent): number {
  const series = raw.series;
  if (typeof series === "object" && series !== null) return wholeCount(series.count);
  return wholeCount(raw.count ?? raw.deprecatedCount);
}

/** A count as the writer gave it; 1 for anything that is none. */
export function wholeCount(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 1;
}

function toRef(raw: RawRef | null | undefined): ObjectRef {
  if (typeof raw !== "object" || raw === null) return EMPTY_REF;
  const fieldPath = identifier(raw.fieldPath);
  return {
    kind: identifier(raw.kind),
    apiVersion: identifier(raw.apiVersion),
    namespace: identifier(raw.namespace),
    name: identifier(raw.name),
    uid: identifier(raw.uid),
    fieldPath,
    container: containerOf(fieldPath),
    labels: EMPTY_REF.labels,
    annotations: EMPTY_REF.annotations,
    owner: EMPTY_REF.owner,
  };
}

/** `spec.containers{app}`, `spec.initContainers{setup}`, `spec.ephemeralContainers{debug}`. */
function containerOf(fieldPath: string): string {
  if (fieldPath === "") return "";
  return /^spec\.(?:containers|initContainers|ephemeralContainers)\{([^}]*)\}$/u.exec(fieldPath)?.[1] ?? "";
}

function instant(value: unknown): number | undefined {
  return typeof value === "string" ? parseInstant(value) : undefined;
}

function stringMap(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return EMPTY_REF.labels;
  const kept = entries(value);
  return kept.length === 0 ? EMPTY_REF.labels : Object.fromEntries(kept);
}
