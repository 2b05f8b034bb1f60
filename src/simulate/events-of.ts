import type { RawEvent } from "../event/index.ts";
import { isMapping } from "../lib/mapping.ts";
import { jsonValues } from "./json-values.ts";
import { type FoundValue, yamlValues } from "./yaml-values.ts";

/** Longest YAML, which is held in memory whole; UTF-16 units. */
const LONGEST_YAML = 256 * 1024 * 1024;

/** The state of an object other than an Event, not checked yet, as a look-up would have found it. */
export type FoundState = EventPlace & {
  readonly object: Readonly<Record<string, unknown>>;
  readonly isGone: boolean;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
};

/** A state of an Event in a text, not checked yet; or why something is none. */
export type FoundEvent = EventPlace &
  (
    | {
        /** As it was written: an Event written by hand has no version. */
        readonly raw: RawEvent;
        /** Epoch milliseconds; undefined where the text does not say. */
        readonly receivedAt: number | undefined;
        /** Whether it is a value of its own, with no list and no watch line around it. */
        readonly isAlone: boolean;
      }
    | { readonly error: string }
  );

interface EventPlace {
  /** Of the value, from 1. */
  readonly line: number;
  /** `value 2, item 3`. */
  readonly place: string;
}

/**
 * Reads the Events of a text: any sequence of JSON or YAML values, each an Event, a list of Events, or a watch line
 * `{ type, object }` with or without `receivedAt`. Everything that kubectl prints with -o json or -o yaml can be read.
 * Lines `{ receivedAt, type: "STATE", object }`, and those of type DELETED, give the states of other objects.
 */
export async function* eventsOf(chunks: AsyncIterable<string>): AsyncGenerator<FoundEvent | FoundState> {
  let count = 0;
  for await (const found of await valuesOf(chunks)) {
    count += 1;
    const { line } = found;
    const place = `value ${count}`;
    if ("error" in found) yield { line, place, error: found.error };
    else yield* eventsIn(found.value, { line, place, receivedAt: undefined, isAlone: true });
  }
}

/** JSON begins with a bracket, everything else is YAML. */
async function valuesOf(chunks: AsyncIterable<string>): Promise<AsyncIterable<FoundValue>> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = "";
  for (;;) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    head += value;
    if (head.trim() !== "") break;
  }
  const all = startingWith(head, { [Symbol.asyncIterator]: () => iterator });
  return /^\s*[[{]/u.test(head) ? jsonValues(all) : wholeYaml(all);
}

async function* wholeYaml(chunks: AsyncIterable<string>): AsyncGenerator<FoundValue> {
  let text = "";
  for await (const chunk of chunks) {
    text += chunk;
    if (text.length > LONGEST_YAML) {
      yield { line: 1, error: "more than 256 MiB of YAML; write JSON, which is read bit by bit" };
      return;
    }
  }
  yield* yamlValues(text);
}

async function* startingWith(head: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield head;
  yield* rest;
}

interface Around extends EventPlace {
  readonly receivedAt: number | undefined;
  readonly isAlone: boolean;
}

function* eventsIn(value: unknown, around: Around): Generator<FoundEvent | FoundState> {
  const { line, place, receivedAt } = around;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* eventsIn(item, { ...around, place: `${place}, item ${index + 1}`, isAlone: false });
    }
    return;
  }
  if (!isMapping(value)) {
    yield { line, place, error: `is not an Event but ${JSON.stringify(value).slice(0, 100)}` };
    return;
  }
  const { type, object, items, kind } = value;
  if (isMapping(object)) {
    const at = timeOf(value["receivedAt"]) ?? receivedAt;
    if (type === "STATE" || (type === "DELETED" && isOther(object))) {
      yield at === undefined
        ? { line, place, error: "is the state of an object without receivedAt" }
        : { line, place, object, isGone: type === "DELETED", receivedAt: at };
    }
    // The deletion of an Event says nothing; bookmarks and errors of a watch hold no Event.
    if (type !== "ADDED" && type !== "MODIFIED") return;
    yield* eventsIn(object, { ...around, receivedAt: at, isAlone: false });
  } else if (Array.isArray(items)) {
    yield* eventsIn(items, around);
  } else if (isOther(value)) {
    yield { line, place, error: `is of kind ${JSON.stringify(kind)}, not an Event` };
  } else {
    yield { ...around, raw: value };
  }
}

/** Whether a value is an object of a kind, and no Event; items of lists have no kind. */
function isOther({ kind }: Readonly<Record<string, unknown>>): boolean {
  return kind !== undefined && kind !== "Event";
}

function timeOf(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}
