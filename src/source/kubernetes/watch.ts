import { setImmediate } from "node:timers/promises";

import { observe, type RawEvent, type WatchLine, WatchLineReader } from "../../event/index.ts";
import type { ApiClient, ApiStream } from "../../kube/index.ts";
import type { Clock } from "../../lib/clock.ts";
import { toError, TocsinError } from "../../lib/errors.ts";
import type { WatchEnd } from "./decide.ts";
import { type Line, LineSplitter } from "./line-splitter.ts";
import { TIMING } from "./timing.ts";
import { type Trouble, troubleInStream, troubleOf } from "./trouble.ts";

/** Twice what etcd accepts for one object (1.5 MiB), and room for escapes. */
const LONGEST_LINE_BYTES = 4 * 1024 * 1024;

/** A TLS record; plain sockets are read in larger portions. */
const FULL_READ_BYTES = 16 * 1024;

/** One line of a watch. */
export interface WatchEvent extends WatchLine {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
}

/** Messages of a running watch: first that it was accepted, then events in order, never an empty list. */
export type WatchRead =
  | { readonly kind: "accepted" }
  | { readonly kind: "events"; readonly events: readonly WatchEvent[] };

/** Cluster, path and start of a watch. */
export interface WatchRequest {
  /** The name of the cluster. */
  readonly cluster: string;
  readonly path: string;
  readonly resourceVersion: string;
  /** After so long the server ends the watch. */
  readonly timeoutSeconds: number;
}

/** Collaborators of a watch. */
export interface WatchContext {
  readonly client: Pick<ApiClient, "stream">;
  readonly clock: Clock;
  /** An abort throws; every other end is returned. */
  readonly signal: AbortSignal;
}

/**
 * One WATCH request on a socket of its own, read only as fast as the consumer asks. Events are handed out at once when
 * no more bytes are there, else after 1000 or 20 ms.
 */
export async function* watch(
  request: WatchRequest,
  context: WatchContext,
): AsyncGenerator<WatchRead, WatchEnd> {
  const { clock, signal } = context;
  const startedAt = clock.monotonic();
  const session = new WatchSession(request, context);
  let openedAt: number | undefined;
  const livedMs = (): number => {
    const now = clock.monotonic();
    // Some proxies hold the headers back until the first byte of the body, or the end.
    return now - startedAt >= TIMING.requestDeadline ? now - startedAt : now - (openedAt ?? now);
  };
  let accepted = false;
  let trouble: Trouble | undefined;
  try {
    await session.open();
    openedAt = clock.monotonic();
    if (await session.staysOpen()) {
      accepted = true;
      yield { kind: "accepted" };
    }
    for (;;) {
      const { events, end } = await session.read();
      if (!accepted && (events.length > 0 || (end === "clean" && livedMs() >= TIMING.shortWatch))) {
        accepted = true;
        yield { kind: "accepted" };
      }
      if (events.length > 0) yield { kind: "events", events };
      if (end === "clean") break;
      if (end !== undefined) {
        trouble = end;
        break;
      }
    }
  } catch (error) {
    if (signal.aborted) throw error;
    trouble = session.troubleOf(toError(error));
  } finally {
    session.close();
  }
  return { trouble, livedMs: livedMs(), accepted };
}

interface Portion {
  readonly events: readonly WatchEvent[];
  readonly end: Trouble | "clean" | undefined;
}

/** The socket of one watch, its deadline, and the bytes of unfinished events. */
class WatchSession {
  readonly #request: WatchRequest;
  readonly #clock: Clock;
  readonly #client: Pick<ApiClient, "stream">;
  readonly #abort = new AbortController();
  readonly #signal: AbortSignal;
  readonly #lines = new LineSplitter(LONGEST_LINE_BYTES);
  readonly #reader: WatchLineReader;
  /** Monotonic; until then silence is normal. */
  readonly #dueAt: number;
  #stream: ApiStream | undefined;
  /** The read that `staysOpen` began. */
  #pending: Promise<Buffer | undefined> | undefined;
  #quiet = false;
  #chunkBytes = 0;

  constructor(request: WatchRequest, { client, clock, signal }: WatchContext) {
    this.#request = request;
    this.#reader = new WatchLineReader(request.cluster);
    this.#client = client;
    this.#clock = clock;
    this.#signal = AbortSignal.any([signal, this.#abort.signal]);
    this.#dueAt = clock.monotonic() + request.timeoutSeconds * 1000;
  }

  async open(): Promise<void> {
    const { path, resourceVersion, timeoutSeconds } = this.#request;
    const query = new URLSearchParams({
      watch: "true",
      allowWatchBookmarks: "true",
      resourceVersion,
      timeoutSeconds: String(timeoutSeconds),
    });
    // A proxy may hold the headers back, so they have no shorter deadline.
    this.#stream = await this.#unlessQuiet(this.#client.stream(`${path}?${query.toString()}`, this.#signal));
  }

  /** Whether nothing comes for a moment: then the watch was accepted. Loses no bytes. */
  async staysOpen(): Promise<boolean> {
    const waited = new AbortController();
    const first = this.#next().then(
      () => false,
      () => false,
    );
    const still = this.#clock.sleep(TIMING.settle, waited.signal).then(
      () => true,
      () => false,
    );
    const open = await Promise.race([first, still]);
    waited.abort();
    return open;
  }

  /** Waits for the first events, then takes the bytes that are there without waiting. */
  async read(): Promise<Portion> {
    const events: WatchEvent[] = [];
    let until = Number.POSITIVE_INFINITY;
    for (;;) {
      const end = this.#parseLines(events);
      if (end !== undefined || events.length >= TIMING.batchEvents) return { events, end };
      if (events.length > 0) {
        const now = this.#clock.monotonic();
        if (until === Number.POSITIVE_INFINITY) until = now + TIMING.batchAge;
        if (now >= until || !(await this.#hasMore())) return { events, end: undefined };
      }
      let chunk: Buffer | undefined;
      try {
        chunk = await this.#unlessQuiet(this.#next());
      } catch (error) {
        if (events.length === 0 || this.#signal.aborted) throw error;
        return { events, end: this.troubleOf(toError(error)) };
      }
      // The rest of a line without its end is discarded: the position is before it.
      if (chunk === undefined) return { events, end: "clean" };
      this.#pending = undefined;
      this.#chunkBytes = chunk.length;
      this.#lines.push(chunk);
    }
  }

  troubleOf(error: Error): Trouble {
    return this.#quiet ? { kind: "quiet", error, retryAfterMs: 0 } : troubleOf(error);
  }

  close(): void {
    this.#stream?.close();
    this.#abort.abort();
  }

  #next(): Promise<Buffer | undefined> {
    this.#pending ??= this.#stream?.next() ?? Promise.resolve(undefined);
    return this.#pending;
  }

  /** Whether bytes are there without waiting; after a full read the kernel probably holds more, one turn away. */
  async #hasMore(): Promise<boolean> {
    if (this.#stream?.ready !== true && this.#chunkBytes >= FULL_READ_BYTES) await setImmediate();
    return this.#stream?.ready === true;
  }

  #parseLines(events: WatchEvent[]): Trouble | undefined {
    try {
      while (events.length < TIMING.batchEvents) {
        const line = this.#lines.next();
        if (line === undefined) return undefined;
        const read = this.#reader.read(line.bytes, line.from, line.to);
        if (read !== undefined && isEvent(read)) {
          events.push(read);
          continue;
        }
        const parsed = parseLine(line, this.#request.cluster);
        if (parsed.kind === "status") return troubleInStream(parsed.status);
        events.push(parsed.event);
      }
      return undefined;
    } catch (error) {
      return { kind: "garbled", error: toError(error), retryAfterMs: 0 };
    }
  }

  /** Silence counts only while the consumer waits: a consumer that does not ask is no fault of the server. */
  async #unlessQuiet<T>(work: Promise<T>): Promise<T> {
    const left = this.#dueAt - this.#clock.monotonic();
    const cancel = this.#clock.after(Math.max(0, left) + TIMING.quietGrace, () => {
      this.#quiet = true;
      this.#abort.abort(
        new TocsinError("ERR_API", "the watch went silent: no bytes although its time was up"),
      );
    });
    try {
      return await work;
    } finally {
      cancel();
    }
  }
}

type ParsedLine =
  | { readonly kind: "event"; readonly event: WatchEvent }
  | { readonly kind: "status"; readonly status: unknown };

const TYPES: ReadonlySet<unknown> = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);

function isEvent(line: WatchLine): line is WatchEvent {
  return TYPES.has(line.type);
}

/** Reads any line. @throws {TocsinError} ERR_API with the start of the line when it is not a watch event. */
function parseLine({ bytes, from, to }: Line, cluster: string): ParsedLine {
  const line = bytes.toString("utf8", from, to);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw garbled(line, cause);
  }
  if (typeof value !== "object" || value === null) throw garbled(line);
  // Checked here as far as it is used; the Event itself by normalise.
  const { type, object } = value as { readonly type?: unknown; readonly object?: RawEvent | null };
  if (typeof object !== "object" || object === null) throw garbled(line);
  if (type === "ERROR") return { kind: "status", status: object };
  const version = object.metadata?.resourceVersion;
  const event = {
    type: String(type),
    resourceVersion: typeof version === "string" ? version : "",
    observation: observe(object, cluster),
  };
  if (!isEvent(event)) throw garbled(line);
  return { kind: "event", event };
}

function garbled(line: string, cause?: unknown): TocsinError {
  const shown = JSON.stringify(line.slice(0, 120));
  return new TocsinError("ERR_API", `not a watch event: ${shown}`, cause === undefined ? {} : { cause });
}
