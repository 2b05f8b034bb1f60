import { type ClusterEvent, namespaceOf, type ObjectRef } from "../event/index.ts";
import type { Fields } from "../expression/index.ts";

/** One field for matchers. */
export interface MatchField {
  /** The long form: `involvedObject.kind`. */
  readonly path: string;
  /** Matchers test fields with a lower cost first. */
  readonly cost: number;
  readonly strict: boolean;
  readonly numeric: boolean;
  readonly read: (event: ClusterEvent) => string | number;
}

/** A field that is a map of strings; a matcher names the keys. */
export interface MapField {
  readonly path: string;
  readonly read: (event: ClusterEvent) => Readonly<Record<string, string>>;
}

const CHEAP = 0;
const MIDDLING = 1;
/** Messages are long, and patterns on them are searches. */
const DEAR = 2;

/** Other spellings of a field, or of the first part of its path (docs/rules.md#matching). */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["namespace", "involvedObject.namespace"],
  ["kind", "involvedObject.kind"],
  ["name", "involvedObject.name"],
  ["container", "involvedObject.container"],
  ["component", "source.component"],
  ["reportingComponent", "source.component"],
  ["reportingController", "source.component"],
  ["host", "source.host"],
  ["reportingInstance", "source.host"],
  ["note", "message"],
]);

/** Turns a path as a user wrote it into its long form. */
export function canonicalPath(path: string): string {
  const alias = ALIASES.get(path);
  if (alias !== undefined) return alias;
  return path.replace(/^regarding(?=\.|$)/u, "involvedObject");
}

/** Fields in which a scalar that looks like a pattern is an error, in their long form. */
const STRICT: ReadonlySet<string> = new Set([
  "type",
  "reason",
  "involvedObject.kind",
  "involvedObject.namespace",
  "source.component",
  "related.kind",
  "related.namespace",
]);

function field(path: string, cost: number, read: MatchField["read"]): readonly [string, MatchField] {
  return [path, { path, cost, strict: STRICT.has(path), numeric: path === "count", read }];
}

function refFields(
  prefix: string,
  ref: (event: ClusterEvent) => ObjectRef,
): (readonly [string, MatchField])[] {
  return [
    field(`${prefix}.kind`, CHEAP, (event) => ref(event).kind),
    field(`${prefix}.name`, CHEAP, (event) => ref(event).name),
    field(`${prefix}.apiVersion`, CHEAP, (event) => ref(event).apiVersion),
    field(`${prefix}.uid`, CHEAP, (event) => ref(event).uid),
    field(`${prefix}.fieldPath`, CHEAP, (event) => ref(event).fieldPath),
    field(`${prefix}.container`, CHEAP, (event) => ref(event).container),
    field(`${prefix}.owner.kind`, CHEAP, (event) => ref(event).owner.kind),
    field(`${prefix}.owner.name`, CHEAP, (event) => ref(event).owner.name),
  ];
}

const NAMESPACE = field("involvedObject.namespace", MIDDLING, namespaceOf);
/** The namespace that an Event counts for. */
export const [, NAMESPACE_FIELD] = NAMESPACE;

/** Every field with one value, by its long form. */
export const MATCH_FIELDS: ReadonlyMap<string, MatchField> = new Map([
  field("type", CHEAP, (event) => event.type),
  field("reason", CHEAP, (event) => event.reason),
  field("action", CHEAP, (event) => event.action),
  field("message", DEAR, (event) => event.message),
  field("count", CHEAP, (event) => event.count),
  field("source.component", CHEAP, (event) => event.source.component),
  field("source.host", CHEAP, (event) => event.source.host),
  ...refFields("involvedObject", (event) => event.involvedObject),
  NAMESPACE,
  ...refFields("related", (event) => event.related),
  field("related.namespace", CHEAP, (event) => event.related.namespace),
  field("metadata.name", CHEAP, (event) => event.name),
  field("metadata.namespace", CHEAP, (event) => event.namespace),
]);

/** Every field that is a map, by its long form. */
export const MAP_FIELDS: ReadonlyMap<string, MapField> = new Map(
  (
    [
      ["involvedObject.labels", (event) => event.involvedObject.labels],
      ["involvedObject.annotations", (event) => event.involvedObject.annotations],
      ["related.labels", (event) => event.related.labels],
      ["related.annotations", (event) => event.related.annotations],
      ["metadata.labels", (event) => event.labels],
      ["metadata.annotations", (event) => event.annotations],
      ["namespaceLabels", (event) => event.namespaceLabels],
    ] satisfies [string, MapField["read"]][]
  ).map(([path, read]) => [path, { path, read }]),
);

/** The value of one key of a map field, as a field of its own. */
export function mapEntry(map: MapField, key: string): MatchField {
  return {
    path: `${map.path}.${key}`,
    cost: MIDDLING,
    strict: false,
    numeric: false,
    read: (event) => {
      const entries = map.read(event);
      return Object.hasOwn(entries, key) ? (entries[key] ?? "") : "";
    },
  };
}

const REF_FIELDS = {
  kind: "string",
  apiVersion: "string",
  namespace: "string",
  name: "string",
  uid: "string",
  fieldPath: "string",
  container: "string",
  labels: "map<string, string>",
  annotations: "map<string, string>",
  owner: { kind: "string", name: "string" },
} satisfies Fields;

/** The variable `event` of expressions. */
export const EVENT_FIELDS = {
  uid: "string",
  type: "string",
  reason: "string",
  action: "string",
  message: "string",
  note: "string",
  count: "int",
  source: { component: "string", host: "string" },
  component: "string",
  reportingComponent: "string",
  reportingController: "string",
  host: "string",
  reportingInstance: "string",
  involvedObject: REF_FIELDS,
  regarding: REF_FIELDS,
  related: REF_FIELDS,
  namespace: "string",
  kind: "string",
  name: "string",
  container: "string",
  metadata: {
    name: "string",
    namespace: "string",
    labels: "map<string, string>",
    annotations: "map<string, string>",
  },
  namespaceLabels: "map<string, string>",
  firstSeen: "timestamp",
  lastSeen: "timestamp",
  cluster: "string",
} satisfies Fields;

/** Turns an event into a value of `EVENT_FIELDS`. */
export function toEventScope(event: ClusterEvent): Readonly<Record<keyof typeof EVENT_FIELDS, unknown>> {
  const namespace = namespaceOf(event);
  const { component, host } = event.source;
  const object = { ...event.involvedObject, namespace };
  return {
    uid: event.uid,
    type: event.type,
    reason: event.reason,
    action: event.action,
    message: event.message,
    note: event.message,
    count: event.count,
    source: event.source,
    component,
    reportingComponent: component,
    reportingController: component,
    host,
    reportingInstance: host,
    involvedObject: object,
    regarding: object,
    related: event.related,
    namespace,
    kind: object.kind,
    name: object.name,
    container: object.container,
    metadata: {
      name: event.name,
      namespace: event.namespace,
      labels: event.labels,
      annotations: event.annotations,
    },
    namespaceLabels: event.namespaceLabels,
    firstSeen: event.firstSeenAt,
    lastSeen: event.lastSeenAt,
    cluster: event.cluster,
  };
}
