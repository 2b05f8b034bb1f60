import { parseAllDocuments } from "yaml";

import { type ClusterEvent, normalise, type RawEvent } from "../event/index.ts";
import { TocsinError, toError } from "../lib/errors.ts";
import { isMapping } from "../lib/mapping.ts";

/** Enough for honest files; it stops the "billion laughs". */
const MOST_ALIASES = 100;

/** The content of a text. */
export interface EventInput {
  /** 1 or more. */
  readonly events: readonly ClusterEvent[];
  /** The same Events as they were written. */
  readonly raws: readonly RawEvent[];
  /** Whether the text was one Event and nothing around it. */
  readonly isSingle: boolean;
}

/**
 * Parses the Events in a text: JSON or YAML, one value or a sequence of them, each an Event, a list of Events, or a
 * watch line `{ type, object }`. It reads everything that kubectl prints with -o json or -o yaml.
 *
 * @throws {TocsinError} ERR_USAGE naming the value that is none of these.
 */
export function parseEvents(text: string): EventInput {
  const values = parseValues(text);
  const raws = values.flatMap((value, index) => eventsIn(value, `value ${index + 1}`));
  if (raws.length === 0) throw new TocsinError("ERR_USAGE", "there is no Event in the input");
  const [first] = values;
  const isSingle = values.length === 1 && isMapping(first) && !("items" in first) && !("object" in first);
  return { events: raws.map(toEvent), raws, isSingle };
}

/** Parses the API server's JSON of one Event. @throws {TocsinError} ERR_USAGE when it is none. */
export function parseEvent(value: unknown): EventInput {
  const raws = eventsIn(value, "the answer");
  return { events: raws.map(toEvent), raws, isSingle: true };
}

/** The parts of an Event that a command line names. */
export interface EventFlags {
  readonly reason: string;
  readonly message: string;
  /** Of the involved object. */
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  readonly action: string;
  readonly component: string;
}

/** Makes an Event that nobody wrote yet. @throws {TocsinError} ERR_USAGE without a reason. */
export function describeEvent(flags: Partial<EventFlags>): EventInput {
  const { reason, message, kind, name, namespace = "", type = "Warning", action, component } = flags;
  if (reason === undefined) {
    throw new TocsinError(
      "ERR_USAGE",
      "name a file, - or NAMESPACE/EVENT, or describe the Event with --reason and others",
    );
  }
  // An Event about an object without namespace lies in `default`.
  const metadata = { name: "described", namespace: namespace === "" ? "default" : namespace };
  const involvedObject = { kind, name, namespace };
  return parseEvent({ metadata, reason, message, type, action, source: { component }, involvedObject });
}

function parseValues(text: string): readonly unknown[] {
  const start = text.trimStart()[0];
  if (start === "{" || start === "[") {
    const values = parseJson(text) ?? parseJsonSequence(text);
    if (values !== undefined) return values;
  }
  return parseYamlValues(text);
}

function parseJson(text: string): readonly unknown[] | undefined {
  try {
    return [JSON.parse(text)];
  } catch {
    return undefined;
  }
}

/** Objects one after the other, as `kubectl get --watch -o json` prints them: each over many lines. */
function parseJsonSequence(text: string): readonly unknown[] | undefined {
  const values: unknown[] = [];
  let depth = 0;
  let start = 0;
  // Strings are skipped whole, so that braces inside them do not count.
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gsu)) {
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
    if (depth !== 0 || token.length !== 1) continue;
    const [value] = parseJson(text.slice(start, index + 1)) ?? [];
    if (value === undefined) return undefined;
    values.push(value);
    start = index + 1;
  }
  return text.slice(start).trim() === "" ? values : undefined;
}

function parseYamlValues(text: string): readonly unknown[] {
  return [...parseAllDocuments(text, { prettyErrors: false, logLevel: "error" })].flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new TocsinError("ERR_USAGE", `neither JSON nor YAML: ${error.message}`);
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
    return value === null ? [] : [value];
  });
}

function eventsIn(value: unknown, place: string): readonly RawEvent[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => eventsIn(item, `${place}, item ${index + 1}`));
  if (!isMapping(value))
    throw new TocsinError("ERR_USAGE", `${place} is not an Event but ${JSON.stringify(value)}`);
  // Unwraps a watch line. A deletion says nothing about the cluster, and a bookmark holds no Event.
  if (isMapping(value["object"])) {
    return value["type"] === "ADDED" || value["type"] === "MODIFIED" ? eventsIn(value["object"], place) : [];
  }
  if (Array.isArray(value["items"])) return eventsIn(value["items"], place);
  const { kind } = value;
  if (kind !== undefined && kind !== "Event") {
    throw new TocsinError("ERR_USAGE", `${place} is of kind ${JSON.stringify(kind)}, not an Event`);
  }
  return [checked(value, place)];
}

/** An Event written by hand has no version yet; every other field may be missing anyway. */
function toEvent(value: RawEvent): ClusterEvent {
  return normalise({ ...value, metadata: { resourceVersion: "1", ...value.metadata } });
}

function checked(value: RawEvent, place: string): RawEvent {
  try {
    toEvent(value);
    return value;
  } catch (error) {
    throw new TocsinError("ERR_USAGE", `${place}: ${toError(error).message}`, { cause: error });
  }
}
