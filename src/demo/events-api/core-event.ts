import { cannotDecode } from "./status.ts";
import { toMicroTime, toTime } from "./timestamp.ts";

/** An ObjectReference; absent and "" are the same. */
export type Reference = Readonly<Partial<Record<(typeof REFERENCE_KEYS)[number], string>>>;

const REFERENCE_KEYS = [
  "kind",
  "namespace",
  "name",
  "uid",
  "apiVersion",
  "resourceVersion",
  "fieldPath",
] as const;

/** Metadata of the Event itself; other fields (managedFields, finalizers) are not kept. */
export interface Metadata {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * An Event in core/v1 form, as stored. Its keys are in the order in which the API server prints them, and only printed
 * keys are present, so that `JSON.stringify` gives the server's own text.
 */
export interface CoreEvent {
  readonly metadata: Metadata;
  readonly involvedObject: Reference;
  readonly reason?: string;
  readonly message?: string;
  readonly source: { readonly component?: string; readonly host?: string };
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  readonly count?: number;
  readonly type?: string;
  readonly eventTime: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime: string | null };
  readonly action?: string;
  readonly related?: Reference;
  readonly reportingComponent: string;
  readonly reportingInstance: string;
}

type Raw = Readonly<Record<string, unknown>>;

/**
 * Reads an Event in core/v1 spelling; unknown fields are dropped, as the server does without strict validation.
 *
 * @throws {StatusError} 400 for a field of the wrong type.
 */
export function decodeCoreEvent(value: unknown): CoreEvent {
  const raw = record(value, "Event");
  const source = record(raw["source"] ?? {}, "source");
  return {
    metadata: decodeMetadata(record(raw["metadata"] ?? {}, "metadata")),
    involvedObject: decodeReference(raw["involvedObject"], "involvedObject"),
    ...text(raw, "reason"),
    ...text(raw, "message"),
    source: { ...text(source, "component"), ...text(source, "host") },
    firstTimestamp: toTime(raw["firstTimestamp"]),
    lastTimestamp: toTime(raw["lastTimestamp"]),
    ...count(raw),
    ...text(raw, "type"),
    eventTime: toMicroTime(raw["eventTime"]),
    ...decodeSeries(raw["series"]),
    ...text(raw, "action"),
    ...(raw["related"] === undefined || raw["related"] === null
      ? {}
      : { related: decodeReference(raw["related"], "related") }),
    reportingComponent: text(raw, "reportingComponent")["reportingComponent"] ?? "",
    reportingInstance: text(raw, "reportingInstance")["reportingInstance"] ?? "",
  };
}

function decodeMetadata(raw: Raw): Metadata {
  return {
    ...text(raw, "name"),
    ...text(raw, "generateName"),
    ...text(raw, "namespace"),
    ...text(raw, "uid"),
    ...text(raw, "resourceVersion"),
    creationTimestamp: toTime(raw["creationTimestamp"]),
    ...stringMap(raw, "labels"),
    ...stringMap(raw, "annotations"),
  };
}

function decodeReference(value: unknown, field: string): Reference {
  const raw = record(value ?? {}, field);
  return Object.fromEntries(REFERENCE_KEYS.flatMap((key) => Object.entries(text(raw, key))));
}

function decodeSeries(value: unknown): Pick<CoreEvent, "series"> {
  if (value === undefined || value === null) return {};
  const raw = record(value, "series");
  const lastObservedTime = toMicroTime(raw["lastObservedTime"]);
  return { series: { ...count(raw), lastObservedTime } };
}

function text<Key extends string>(raw: Raw, key: Key): Partial<Record<Key, string>> {
  const value = raw[key];
  if (value === undefined || value === null || value === "") return {};
  if (typeof value !== "string") throw mistyped(key, value, "string");
  // The computed key widens to string; it is `Key`.
  return { [key]: value } as Partial<Record<Key, string>>;
}

function count(raw: Raw): { readonly count?: number } {
  const value = raw["count"];
  if (value === undefined || value === null || value === 0) return {};
  if (typeof value !== "number" || (value | 0) !== value) throw mistyped("count", value, "int32");
  return { count: value };
}

function stringMap<Key extends string>(raw: Raw, key: Key): Partial<Record<Key, Record<string, string>>> {
  if (raw[key] === undefined || raw[key] === null) return {};
  const entries = Object.entries(record(raw[key], key)).map(([name, value]): [string, string] => {
    if (typeof value !== "string") throw mistyped(`${key}.${name}`, value, "string");
    return [name, value];
  });
  // As in `text`.
  return entries.length === 0
    ? {}
    : ({ [key]: Object.fromEntries(entries) } as Partial<Record<Key, Record<string, string>>>);
}

function record(value: unknown, field: string): Raw {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw mistyped(field, value, "object");
  // A non-null object that is no array, by the check above.
  return value as Raw;
}

function mistyped(field: string, value: unknown, wanted: string): Error {
  const given = Array.isArray(value) ? "array" : typeof value;
  return cannotDecode(
    `json: cannot unmarshal ${given} into Go struct field Event.${field} of type ${wanted}`,
  );
}
