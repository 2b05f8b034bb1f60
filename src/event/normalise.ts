import { entries, identifier, message } from "./bounds.ts";
import { type ClusterEvent, EMPTY_REF, type ObjectRef } from "./event.ts";
import type { RawEvent, RawRef } from "./raw-event.ts";

/** The legacy recorder puts this before the text of an aggregate (client-go tools/record/events_cache.go). */
const AGGREGATE_PREFIX = "(combined from similar events): ";

/** The fields an index needs, read without building the whole event. */
export interface EventKeys {
  readonly type: string;
  readonly reason: string;
  /** As `namespaceOf` gives it. */
  readonly namespace: string;
  readonly kind: string;
  readonly component: string;
}

/** Reads the keys of a raw Event of either API. */
export function keysOf(raw: RawEvent): EventKeys {
  const object = raw.involvedObject ?? raw.regarding;
  return {
    type: identifier(raw.type),
    reason: identifier(raw.reason),
    namespace: namespaceIn(raw),
    kind: identifier(object?.kind),
    component: componentOf(raw),
  };
}

/** `Kind/namespace/name` as `objectKey` gives it, read without building the whole event. */
export function objectKeyOf(raw: RawEvent): string {
  const object = raw.involvedObject ?? raw.regarding;
  return `${identifier(object?.kind)}/${namespaceIn(raw)}/${identifier(object?.name)}`;
}

function namespaceIn(raw: RawEvent): string {
  const namespace = identifier((raw.involvedObject ?? raw.regarding)?.namespace);
  return namespace === "" ? "" : identifier(raw.metadata?.namespace);
}

/**
 * Reads an Event of either API and either recorder into one form (docs/design/events.md#one-form-for-both-apis). A
 * missing or mistyped field becomes "" or the next best source; long texts are cut.
 *
 * @throws {TypeError} when there is no object, no metadata, or no resourceVersion in it: not an Event at all.
 */
export function normalise(raw: RawEvent): ClusterEvent {
  const metadata = raw.metadata;
  if (typeof metadata !== "object" || metadata === null || identifier(metadata.resourceVersion) === "") {
    throw new TypeError("not an Event: metadata.resourceVersion is missing");
  }
  const source = raw.source ?? raw.deprecatedSource;
  return {
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
  const whole = message(raw.message ?? raw.note);
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

function countOf(raw: RawEvent): number {
  const series = raw.series;
  if (typeof series === "object" && series !== null) return wholeCount(series.count);
  return wholeCount(raw.count ?? raw.deprecatedCount);
}

function wholeCount(value: unknown): number {
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
  if (typeof value !== "string") return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

function stringMap(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return EMPTY_REF.labels;
  const kept = entries(value);
  return kept.length === 0 ? EMPTY_REF.labels : Object.fromEntries(kept);
}
