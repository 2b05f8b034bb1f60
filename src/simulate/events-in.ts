import type { RawEvent } from "../event/index.ts";
import { isMapping } from "../lib/mapping.ts";
import { parseInstant } from "../lib/parse-instant.ts";
import { parseJson } from "../lib/parse-json.ts";

/** The state of an object other than an Event, not checked yet, as a look-up would have found it. */
export type FoundState = EventPlace & {
  readonly object: Readonly<Record<string, unknown>>;
  readonly isGone: boolean;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
};

/** A state of an Event in a text, not checked yet. */
export type FoundEvent = EventPlace & {
  /** As it was written: an Event written by hand has no version. A number as its version became a text. */
  readonly raw: RawEvent;
  /** Epoch milliseconds; undefined where the text does not say. */
  readonly receivedAt: number | undefined;
  /** Whether it is a value of its own, with nothing around it. */
  readonly isAlone: boolean;
};

/** An object of another kind, which is no fault where Events are beside it; or why something is no Event. */
export type NoEvent = EventPlace & ({ readonly otherKind: string } | { readonly error: string });

type Found = FoundEvent | FoundState | NoEvent;

/** Where a value stands in its text. */
export interface EventPlace {
  /** Of the value, from 1. */
  readonly line: number;
  /** `item 3`; "" for a value of its own. */
  readonly place: string;
}

/**
 * Fields in which other programs wrap an Event: watches and the OpenTelemetry Collector (`object`), eventrouter,
 * kubernetes-event-exporter and Splunk (`event`), Elasticsearch (`_source`), CloudEvents (`data`), log shippers
 * (`body`, `log`, `record`, `_raw`, `result`). The last ones often hold JSON as a text.
 */
const ENVELOPES = ["object", "event", "_source", "data", "body", "log", "record", "_raw", "result"] as const;

/** Fields that hold a list: of Kubernetes (`items`), and of an answer of Elasticsearch. */
const LISTS = ["items", "hits"] as const;

/** Deeper than any of these programs wraps. */
const DEEPEST = 8;

/** Words of a watch, in small letters, by what the line says of its object. */
const WATCH_WORDS: ReadonlyMap<string, "is" | "is gone" | "is no Event" | "is a state"> = new Map([
  ...["added", "modified", "updated", "created", "synced", "add", "update", "create", "sync"].map(
    (word) => [word, "is"] as const,
  ),
  ...["deleted", "delete", "removed"].map((word) => [word, "is gone"] as const),
  ...["bookmark", "error"].map((word) => [word, "is no Event"] as const),
  ["state", "is a state"],
]);

/** Finds the Events in one value, whatever is wrapped around them. */
export function eventsIn(value: unknown, line: number): Generator<Found> {
  return within(value, { line, place: "", receivedAt: undefined, isAlone: true, depth: 0 });
}

interface Around extends EventPlace {
  readonly receivedAt: number | undefined;
  readonly isAlone: boolean;
  readonly depth: number;
}

function* within(value: unknown, around: Around): Generator<Found> {
  const { line, place } = around;
  const inner: Around = { ...around, isAlone: false, depth: around.depth + 1 };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* within(item, { ...inner, place: `${place === "" ? "" : `${place}, `}item ${index + 1}` });
    }
    return;
  }
  if (!isMapping(value) || around.depth > DEEPEST) {
    yield { line, place, error: "is no Event, nor a list of Events" };
    return;
  }
  if (isEvent(value)) {
    const { receivedAt, isAlone } = around;
    yield { line, place, raw: withVersion(value), receivedAt, isAlone };
    return;
  }
  const list = LISTS.map((key) => value[key]).find((items) => Array.isArray(items) || isMapping(items));
  const wrapped = ENVELOPES.map((key) => toMapping(value[key])).find((each) => each !== undefined);
  if (list !== undefined) yield* within(list, { ...inner, depth: around.depth });
  else if (wrapped !== undefined && !isOther(value)) yield* unwrapped(value, wrapped, inner);
  else yield noEvent(value, around);
}

/** Opens an envelope, which may be the line of a watch. */
function* unwrapped(
  envelope: Readonly<Record<string, unknown>>,
  object: Readonly<Record<string, unknown>>,
  inner: Around,
): Generator<Found> {
  const { line, place } = inner;
  const receivedAt = timeOf(envelope["receivedAt"]) ?? inner.receivedAt;
  const word = wordOf(envelope);
  const says = word === undefined ? "is" : WATCH_WORDS.get(word.toLowerCase());
  if (says === undefined) {
    yield { line, place, error: `has the type ${JSON.stringify(word?.slice(0, 100))}, which no watch has` };
  } else if (says === "is a state" || (says === "is gone" && isOther(object))) {
    yield receivedAt === undefined
      ? { line, place, error: "is the state of an object without receivedAt" }
      : { line, place, object, isGone: says === "is gone", receivedAt };
  }
  // The deletion of an Event says nothing; bookmarks and errors of a watch hold no Event.
  else if (says === "is") yield* within(object, { ...inner, receivedAt });
}

/** The word of a watch: `type`, or `verb` in the lines of eventrouter. */
function wordOf({ type, verb, object, event }: Readonly<Record<string, unknown>>): string | undefined {
  const word = object === undefined ? (event === undefined ? undefined : verb) : type;
  return typeof word === "string" ? word : undefined;
}

/** Whether a value is an Event: by its kind, or by what only an Event has, for items of lists have no kind. */
function isEvent(value: Readonly<Record<string, unknown>>): boolean {
  if (isOther(value) || Array.isArray(value["items"])) return false;
  const { reason, involvedObject, regarding } = value;
  return typeof reason === "string" || isMapping(involvedObject) || isMapping(regarding);
}

/** Whether it says that it is of another kind; an entry of the audit log is called Event as well. */
function isOther({ kind, apiVersion }: Readonly<Record<string, unknown>>): boolean {
  return kind !== undefined && (kind !== "Event" || String(apiVersion).startsWith("audit.k8s.io/"));
}

function noEvent(value: Readonly<Record<string, unknown>>, { line, place }: EventPlace): NoEvent {
  const { kind } = value;
  if (kind === "Table") return { line, place, error: "is a table, which lacks most of an Event" };
  if (kind === "Event" && isOther(value)) return { line, place, otherKind: "an entry of the audit log" };
  if (typeof kind === "string" && kind !== "Event") {
    return { line, place, otherKind: `of kind ${JSON.stringify(kind.slice(0, 100))}` };
  }
  return { line, place, error: "is no Event: it has no reason and no involvedObject" };
}

/** YAML reads an unquoted version as a number; an empty one is as none. */
function withVersion(raw: RawEvent): RawEvent {
  const { resourceVersion, ...others } = raw.metadata ?? {};
  if (typeof resourceVersion === "number") {
    return { ...raw, metadata: { ...others, resourceVersion: String(resourceVersion) } };
  }
  return resourceVersion === "" || resourceVersion === null ? { ...raw, metadata: others } : raw;
}

function toMapping(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const read: unknown = typeof value === "string" && /^\s*\{/u.test(value) ? parseJson(value) : value;
  return isMapping(read) ? read : undefined;
}

function timeOf(value: unknown): number | undefined {
  return typeof value === "string" ? parseInstant(value) : undefined;
}
