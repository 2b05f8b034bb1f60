import { parseAllDocuments } from "yaml";

import { normalise, type RawEvent } from "../event/index.ts";
import { errorText } from "../lib/errors.ts";
import type { Finding } from "../lib/finding.ts";
import { isMapping } from "../lib/mapping.ts";
import { type FoundValue, jsonValues } from "./json-values.ts";

/** A state of an Event, and its time. */
export interface Recorded {
  readonly raw: RawEvent;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Enough for honest files; it stops the "billion laughs". */
const MOST_ALIASES = 100;

/** Longest YAML, which is held in memory whole; UTF-16 units. */
const LONGEST_YAML = 256 * 1024 * 1024;

/** States without a time of receipt are sorted within this many: more than nearly any list of Events. */
const SORTED_AT_ONCE = 100_000;

/**
 * Reads the Events of a recording, in the order of arrival: any sequence of JSON or YAML values, each a watch line `{
 * type, object }` with or without `receivedAt`, an Event, or a list of Events.
 *
 * Without `receivedAt` the time of a state is the last time by its writer; the list at the start of a watch, which is
 * in the order of names, is sorted.
 *
 * @param onFinding Called for every other value; reading goes on.
 */
export async function* readRecording(
  file: string,
  chunks: AsyncIterable<string>,
  onFinding: (finding: Finding) => void,
): AsyncGenerator<Recorded> {
  const complain = (line: number, message: string): void =>
    onFinding({ level: "error", file, line, column: 1, path: "", message });
  let latest = -Infinity;
  for await (const { raw, at } of inOrder(statesOf(chunks, complain))) {
    latest = Math.max(latest, at);
    yield { raw, at: latest };
  }
}

/** The Events of a text, as in `readRecording`. */
export async function readEvents(
  file: string,
  text: string,
  onFinding: (finding: Finding) => void,
): Promise<readonly Recorded[]> {
  const chunks = async function* (): AsyncGenerator<string> {
    yield text;
  };
  const events: Recorded[] = [];
  for await (const event of readRecording(file, chunks(), onFinding)) events.push(event);
  return events;
}

type Complain = (line: number, message: string) => void;

/** A state that may have its time of receipt. */
interface State {
  readonly raw: RawEvent;
  readonly at: number;
  readonly isReceipt: boolean;
}

async function* statesOf(chunks: AsyncIterable<string>, complain: Complain): AsyncGenerator<State> {
  let version = 0;
  const nextVersion = (): string => String(++version);
  for await (const found of valuesOf(chunks)) {
    if ("error" in found) complain(found.line, found.error);
    else {
      const reading = { nextVersion, complain: (message: string) => complain(found.line, message) };
      yield* eventsIn(found.value, undefined, reading);
    }
  }
}

interface Reading {
  /** For an Event written by hand. */
  readonly nextVersion: () => string;
  readonly complain: (message: string) => void;
}

/** JSON begins with a bracket, everything else is YAML. */
async function* valuesOf(chunks: AsyncIterable<string>): AsyncGenerator<FoundValue> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = "";
  for (;;) {
    const { value, done } = await iterator.next();
    if (done === true) break;
    head += value;
    if (head.trim() !== "") break;
  }
  const rest = { [Symbol.asyncIterator]: () => iterator };
  if (/^\s*[[{]/u.test(head)) yield* jsonValues(startingWith(head, rest));
  else yield* yamlValues(startingWith(head, rest));
}

async function* startingWith(head: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield head;
  yield* rest;
}

async function* yamlValues(chunks: AsyncIterable<string>): AsyncGenerator<FoundValue> {
  let text = "";
  for await (const chunk of chunks) {
    text += chunk;
    if (text.length > LONGEST_YAML) {
      yield { line: 1, error: "more than 256 MiB of YAML; write JSON, which is read bit by bit" };
      return;
    }
  }
  for (const document of parseAllDocuments(text, { prettyErrors: false, logLevel: "error" })) {
    const line = text.slice(0, document.range[0]).split("\n").length;
    const [error] = document.errors;
    if (error !== undefined) yield { line, error: `neither JSON nor YAML: ${error.message}` };
    else {
      const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
      if (value !== null) yield { line, value };
    }
  }
}

function* eventsIn(value: unknown, receivedAt: number | undefined, reading: Reading): Generator<State> {
  if (Array.isArray(value)) {
    for (const item of value) yield* eventsIn(item, receivedAt, reading);
    return;
  }
  if (!isMapping(value)) return reading.complain(`not an Event but ${JSON.stringify(value).slice(0, 100)}`);
  const { type, object, items, kind } = value;
  if (isMapping(object)) {
    // A deletion says nothing about the cluster; bookmarks and errors of a watch hold no Event.
    if (type === "ADDED" || type === "MODIFIED")
      yield* eventsIn(object, timeOf(value["receivedAt"]) ?? receivedAt, reading);
  } else if (Array.isArray(items)) {
    yield* eventsIn(items, receivedAt, reading);
  } else if (kind !== undefined && kind !== "Event") {
    reading.complain(`of kind ${JSON.stringify(kind)}, not an Event`);
  } else {
    yield* stateOf(value, receivedAt, reading);
  }
}

function* stateOf(written: RawEvent, receivedAt: number | undefined, reading: Reading): Generator<State> {
  const { metadata } = written;
  const isVersioned = metadata?.resourceVersion !== undefined;
  const raw = isVersioned
    ? written
    : { ...written, metadata: { ...metadata, resourceVersion: reading.nextVersion() } };
  try {
    const at = receivedAt ?? normalise(raw).lastSeenAt;
    yield { raw, at, isReceipt: receivedAt !== undefined };
  } catch (error) {
    reading.complain(errorText(error));
  }
}

function timeOf(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

/** States with a time of receipt come in order; the others are sorted as far as memory should reach. */
async function* inOrder(states: AsyncIterable<State>): AsyncGenerator<State> {
  let waiting: State[] = [];
  for await (const state of states) {
    if (state.isReceipt && waiting.length === 0) {
      yield state;
      continue;
    }
    waiting.push(state);
    if (waiting.length < 2 * SORTED_AT_ONCE) continue;
    waiting.sort(byTime);
    yield* waiting.slice(0, SORTED_AT_ONCE);
    waiting = waiting.slice(SORTED_AT_ONCE);
  }
  yield* waiting.sort(byTime);
}

function byTime(a: State, b: State): number {
  return a.at - b.at;
}
