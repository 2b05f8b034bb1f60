import type { Answer } from "../support/fake-receiver.ts";
import { asObject, type Json } from "./json.ts";
import { splitValues } from "./splunk/split-values.ts";
import { startVendorServer, type VendorRequest, type VendorServer, withFaces } from "./vendor-server.ts";

/** An event as it is indexed. */
export interface IndexedEvent {
  readonly event: unknown;
  /** Seconds since 1970, with a fraction; undefined for the time of arrival. */
  readonly time: number | undefined;
  readonly index: string | undefined;
  readonly host: string | undefined;
  readonly source: string | undefined;
  readonly sourcetype: string | undefined;
  readonly fields: Json | undefined;
}

/** How a collector is set up. */
export interface FakeSplunkOptions {
  /** The token that is let in; any by default. */
  readonly token?: string;
  /** The indexes to which the token may write; any by default. */
  readonly indexes?: readonly string[];
  /** `useACK`: every request must name its channel, and gets an `ackId`. */
  readonly acknowledges?: boolean;
  /** Takes events at every path, as a gateway of its own path hands them on. */
  readonly anyPath?: boolean;
  /** The largest body, in bytes: 838,860,800 by default (`max_content_length` in limits.conf). */
  readonly largestBody?: number;
}

/** A fake HTTP Event Collector: `/services/collector/event`, `/services/collector` and `/services/collector/health`. */
export interface FakeSplunk extends VendorServer {
  /** In the order in which they came. */
  events(): readonly IndexedEvent[];
}

/**
 * Code, status and text of each answer
 * (https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/troubleshoot-http-event-collector,
 * "Possible error codes").
 */
export const HEC_ANSWERS = {
  success: [0, 200, "Success"],
  tokenDisabled: [1, 403, "Token disabled"],
  tokenRequired: [2, 401, "Token is required"],
  invalidAuthorization: [3, 401, "Invalid authorization"],
  invalidToken: [4, 403, "Invalid token"],
  noData: [5, 400, "No data"],
  invalidFormat: [6, 400, "Invalid data format"],
  incorrectIndex: [7, 400, "Incorrect index"],
  internalError: [8, 500, "Internal server error"],
  busy: [9, 503, "Server is busy"],
  channelMissing: [10, 400, "Data channel is missing"],
  channelInvalid: [11, 400, "Invalid data channel"],
  eventRequired: [12, 400, "Event field is required"],
  eventBlank: [13, 400, "Event field cannot be blank"],
  ackDisabled: [14, 400, "ACK is disabled"],
  indexedFields: [15, 400, "Error in handling indexed fields"],
  queryStringOff: [16, 400, "Query string authorization is not enabled"],
  healthy: [17, 200, "HEC is healthy"],
  unhealthy: [18, 503, "HEC is unhealthy, queues are full"],
  shuttingDown: [23, 503, "Server is shutting down"],
} as const satisfies Readonly<Record<string, readonly [code: number, status: number, text: string]>>;

type HecWord = keyof typeof HEC_ANSWERS;

class HecRefusal extends Error {
  readonly word: HecWord;
  /** The first event that is wrong, from 0. */
  readonly event: number | undefined;

  constructor(word: HecWord, event?: number) {
    super(word);
    this.word = word;
    this.event = event;
  }
}

/** A running collector. A `word` of a fault is a key of `HEC_ANSWERS`. */
export async function startFakeSplunk(options: FakeSplunkOptions = {}): Promise<FakeSplunk> {
  const indexed: IndexedEvent[] = [];
  let acks = 0;
  const answer = (request: VendorRequest): Answer => {
    try {
      const found = readRequest(request, options);
      if (found === undefined) return say("healthy");
      indexed.push(...found);
      return say("success", options.acknowledges === true ? { ackId: acks++ } : {});
    } catch (error) {
      if (!(error instanceof HecRefusal)) throw error;
      const place = error.event === undefined ? {} : { "invalid-event-number": error.event };
      return say(error.word, place);
    }
  };
  const server = await startVendorServer({
    answer: (request) =>
      request.bytes.length > (options.largestBody ?? 838_860_800)
        ? { status: 413, body: "Content-Length exceeds maximum" }
        : answer(request),
    refuse: (word) => {
      if (!(word in HEC_ANSWERS)) throw new Error(`the collector has no answer ${word}`);
      // The line above has seen that it is one.
      return say(word as HecWord);
    },
  });
  return withFaces<Omit<FakeSplunk, keyof VendorServer>>(server, { events: () => indexed });
}

function say(word: HecWord, more: Json = {}): Answer {
  const [code, status, text] = HEC_ANSWERS[word];
  return {
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text, code, ...more }),
  };
}

/** The events of a request; undefined for a question after its health. Throws a `HecRefusal`. */
function readRequest(
  request: VendorRequest,
  options: FakeSplunkOptions,
): readonly IndexedEvent[] | undefined {
  const { pathname } = new URL(request.path, "http://splunk.test");
  if (/^\/services\/collector\/health(?:\/1\.0)?$/u.test(pathname)) return undefined;
  const isEvent =
    /^\/services\/collector(?:\/event(?:\/1\.0)?)?$/u.test(pathname) || options.anyPath === true;
  if (!isEvent || request.method !== "POST") throw new HecRefusal("invalidFormat");
  checkToken(request.headers["authorization"], options.token);
  if (options.acknowledges === true) {
    // https://help.splunk.com/…/about-http-event-collector-indexer-acknowledgment: a GUID in this header.
    const channel = request.headers["x-splunk-request-channel"];
    if (channel === undefined) throw new HecRefusal("channelMissing");
    if (!/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/iu.test(channel))
      throw new HecRefusal("channelInvalid");
  }
  if (request.body.trim() === "") throw new HecRefusal("noData");
  // All or nothing: Splunk does not say whether it keeps those before the first that is wrong, so none may be relied on.
  const { values, wrongAt } = splitValues(request.body);
  const events = values.map((value, position) => readEvent(value, position, options.indexes));
  if (wrongAt !== undefined) throw new HecRefusal("invalidFormat", wrongAt);
  return events;
}

function checkToken(authorization: string | undefined, token: string | undefined): void {
  if (authorization === undefined || authorization === "") throw new HecRefusal("tokenRequired");
  const given = /^Splunk (?<token>\S+)$/u.exec(authorization)?.groups?.["token"];
  if (given === undefined) throw new HecRefusal("invalidAuthorization");
  if (token !== undefined && given !== token) throw new HecRefusal("invalidToken");
}

/** https://help.splunk.com/…/format-events-for-http-event-collector: the keys beside `event`. */
function readEvent(value: unknown, position: number, indexes: readonly string[] | undefined): IndexedEvent {
  const object = asObject(value);
  if (object === undefined) throw new HecRefusal("invalidFormat", position);
  const { event, time, fields, index, host, source, sourcetype } = object;
  if (event === undefined || event === null) throw new HecRefusal("eventRequired", position);
  if (event === "") throw new HecRefusal("eventBlank", position);
  if (index !== undefined && indexes !== undefined && !indexes.some((each) => each === index))
    throw new HecRefusal("incorrectIndex", position);
  return {
    event,
    time: readTime(time, position),
    fields: readFields(fields, position),
    index: readText(index, position),
    host: readText(host, position),
    source: readText(source, position),
    sourcetype: readText(sourcetype, position),
  };
}

/** "The default time format is UNIX time format, in the format <sec>.<ms>": a number, or a text of one. */
function readTime(time: unknown, position: number): number | undefined {
  if (time === undefined) return undefined;
  const seconds = typeof time === "string" && /^\d+(?:\.\d+)?$/u.test(time) ? Number(time) : time;
  // A time in milliseconds would lie after the year 5138.
  if (typeof seconds !== "number" || seconds < 0 || seconds > 1e11)
    throw new HecRefusal("invalidFormat", position);
  return seconds;
}

/** "The fields key … a flat (not nested) list of explicit custom fields". */
function readFields(fields: unknown, position: number): Json | undefined {
  if (fields === undefined) return undefined;
  const object = asObject(fields);
  const isFlat = Object.values(object ?? { no: {} }).every(
    (value) =>
      typeof value !== "object" || (Array.isArray(value) && value.every((item) => typeof item !== "object")),
  );
  if (object === undefined || !isFlat) throw new HecRefusal("indexedFields", position);
  return object;
}

function readText(value: unknown, position: number): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw new HecRefusal("invalidFormat", position);
  return value;
}
