import { Interner } from "../lib/interner.ts";
import { type JsonFields, JsonScanner } from "../lib/json-scanner.ts";
import { identifier } from "./bounds.ts";
import { toMessage, wholeCount } from "./normalise.ts";
import { ObjectKey } from "./object-key.ts";
import type { EventHead, EventLine, Observation } from "./observation.ts";
import type { RawEvent } from "./raw-event.ts";

/** One line of a watch: what happened to an object, and the object. */
export interface WatchLine {
  /** `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK`, or whatever was written there. */
  readonly type: string;
  /** Of the object; "" when it has none. */
  readonly resourceVersion: string;
  readonly observation: Observation;
}

/** Slots of the scanner. */
const LINE_TYPE = 0;
const OBJECT = 1;
const TYPE = 2;
const REASON = 3;
const MESSAGE = 4;
const NOTE = 5;
const REPORTING_COMPONENT = 6;
const REPORTING_CONTROLLER = 7;
const METADATA = 8;
const EVENT_NAMESPACE = 9;
const RESOURCE_VERSION = 10;
const INVOLVED_OBJECT = 11;
const REGARDING = 12;
const SOURCE = 13;
const DEPRECATED_SOURCE = 14;
const COMPONENT = 15;
const DEPRECATED_COMPONENT = 16;
const COUNT = 17;
const DEPRECATED_COUNT = 18;
const SERIES = 19;
const SERIES_COUNT = 20;
/** Of the involved object; REGARDING_OFFSET further on of `regarding`. */
const KIND = 21;
const NAMESPACE = 22;
const NAME = 23;
const REGARDING_OFFSET = 3;

const FIELDS: JsonFields = {
  type: LINE_TYPE,
  object: [
    OBJECT,
    {
      type: TYPE,
      reason: REASON,
      message: MESSAGE,
      note: NOTE,
      reportingComponent: REPORTING_COMPONENT,
      reportingController: REPORTING_CONTROLLER,
      metadata: [METADATA, { namespace: EVENT_NAMESPACE, resourceVersion: RESOURCE_VERSION }],
      involvedObject: [INVOLVED_OBJECT, { kind: KIND, namespace: NAMESPACE, name: NAME }],
      regarding: [
        REGARDING,
        {
          kind: KIND + REGARDING_OFFSET,
          namespace: NAMESPACE + REGARDING_OFFSET,
          name: NAME + REGARDING_OFFSET,
        },
      ],
      source: [SOURCE, { component: COMPONENT }],
      deprecatedSource: [DEPRECATED_SOURCE, { component: DEPRECATED_COMPONENT }],
      count: { wholeNumber: COUNT },
      deprecatedCount: { wholeNumber: DEPRECATED_COUNT },
      series: [SERIES, { count: { wholeNumber: SERIES_COUNT } }],
    },
  ],
};

/** Reads lines of a watch on Events without building the Events: nearly all of them are of no interest. */
export class WatchLineReader {
  readonly #cluster: string;
  readonly #scanner = new JsonScanner(FIELDS);
  readonly #names = new Interner();

  /** @param cluster The name of the cluster that the lines come from. */
  constructor(cluster: string) {
    this.#cluster = cluster;
  }

  /** Undefined for a line that has to be parsed: it is unusual, or no JSON. */
  read(bytes: Buffer, from: number, to: number): WatchLine | undefined {
    const scanner = this.#scanner;
    if (!scanner.scan(bytes, from, to) || !scanner.has(OBJECT)) return undefined;
    const type = this.#name(bytes, LINE_TYPE);
    const resourceVersion = textAt(scanner, bytes, RESOURCE_VERSION);
    return { type, resourceVersion, observation: this.#observation({ bytes, from, to }, resourceVersion) };
  }

  #observation(line: EventLine, version: string): Observation {
    const { bytes, from } = line;
    const scanner = this.#scanner;
    const object = scanner.has(INVOLVED_OBJECT) ? 0 : REGARDING_OFFSET;
    const component = this.#name(bytes, scanner.has(SOURCE) ? COMPONENT : DEPRECATED_COMPONENT);
    const reporting = scanner.has(REPORTING_COMPONENT) ? REPORTING_COMPONENT : REPORTING_CONTROLLER;
    const objectNamespace = this.#name(bytes, NAMESPACE + object);
    const eventNamespace = this.#name(bytes, EVENT_NAMESPACE);
    const head = {
      cluster: this.#cluster,
      type: this.#name(bytes, TYPE),
      reason: this.#name(bytes, REASON),
      kind: this.#name(bytes, KIND + object),
      component: component === "" ? this.#name(bytes, reporting) : component,
      namespace: objectNamespace === "" ? "" : eventNamespace,
      name: identifier(textAt(scanner, bytes, NAME + object)),
      objectNamespace,
      eventNamespace,
    };
    const message = scanner.has(MESSAGE) ? MESSAGE : NOTE;
    const hasMessage = scanner.has(message);
    return new LineObservation(head, {
      ...line,
      version,
      messageFrom: hasMessage ? scanner.startOf(message) - 1 - from : 0,
      messageTo: hasMessage ? scanner.endOf(message) + 1 - from : 0,
      isPlainMessage: !scanner.isEscaped(message),
      count: this.#count(),
    });
  }

  #count(): number {
    const scanner = this.#scanner;
    const counted = scanner.has(COUNT) ? COUNT : DEPRECATED_COUNT;
    return wholeCount(scanner.wholeNumber(scanner.has(SERIES) ? SERIES_COUNT : counted));
  }

  /** A text that many Events share. */
  #name(bytes: Buffer, slot: number): string {
    const scanner = this.#scanner;
    if (!scanner.has(slot)) return "";
    return scanner.isEscaped(slot)
      ? identifier(textAt(scanner, bytes, slot))
      : identifier(this.#names.decode(bytes, scanner.startOf(slot), scanner.endOf(slot)));
  }
}

/** The bytes of an Event, and what was found in them. */
interface Line extends EventLine {
  readonly version: string;
  /** Of the message with its quotes, from the beginning of the line; both 0 for none. */
  readonly messageFrom: number;
  readonly messageTo: number;
  /** Whether its bytes are what it says. */
  readonly isPlainMessage: boolean;
  readonly count: number;
}

/** An Event that is still a line of bytes. */
class LineObservation implements Observation {
  readonly head: EventHead;
  readonly line: Line;
  /** Made at the first question: an index, the alerts and the memory of counter-events ask in turn. */
  #object: string | undefined;

  constructor(head: EventHead, line: Line) {
    this.head = head;
    this.line = line;
  }

  get version(): string {
    return this.line.version;
  }

  get object(): string {
    return (this.#object ??= ObjectKey.format(this.head));
  }

  get message(): string {
    const { bytes, from, messageFrom, messageTo, isPlainMessage } = this.line;
    if (messageTo === 0) return "";
    const [start, end] = [from + messageFrom, from + messageTo];
    return toMessage(isPlainMessage ? bytes.toString("utf8", start + 1, end - 1) : parse(bytes, start, end));
  }

  get count(): number {
    return this.line.count;
  }

  get raw(): RawEvent {
    const { bytes, from, to } = this.line;
    // The scanner has found that it is JSON, and the object in it.
    return (parse(bytes, from, to) as { readonly object: RawEvent }).object;
  }
}

function textAt(scanner: JsonScanner, bytes: Buffer, slot: number): string {
  if (!scanner.has(slot)) return "";
  const [from, to] = [scanner.startOf(slot), scanner.endOf(slot)];
  return scanner.isEscaped(slot) ? String(parse(bytes, from - 1, to + 1)) : bytes.toString("utf8", from, to);
}

function parse(bytes: Buffer, from: number, to: number): unknown {
  return JSON.parse(bytes.toString("utf8", from, to));
}
