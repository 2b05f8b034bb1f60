import { type ApiAnswer, type ApiClient, ApiError } from "../kube/index.ts";
import type { Draft } from "./draft.ts";
import type { EventNames } from "./event-names.ts";
import { REQUEST_DEADLINE_MS } from "./limits.ts";
import type { WrittenEvent } from "./report.ts";
import type { Series } from "./series.ts";
import {
  collectionPath,
  countPatch,
  eventBody,
  type Sighting,
  type Stored,
  storedEvent,
  type WriteApi,
  type Writer,
  WRITE_ANNOTATION,
} from "./wire.ts";

/** How often a name or a version may be taken by others within one attempt. */
const MOST_TRIES = 10;

/** What the writer works with. */
export interface EventWriterOptions {
  readonly client: ApiClient;
  readonly api: WriteApi;
  readonly writer: Writer;
  readonly names: EventNames;
  /** A new id for a write, unlike that of any other process. */
  readonly newWriteId: () => string;
}

/**
 * Tells the API server of one series, in one attempt. Repeating an attempt whose answer was lost does no harm: the name
 * is the same, and what is there already is known by its annotation. It takes `create` and `patch` only; an Event is
 * read by a patch that changes nothing, which the server answers without writing.
 */
export class EventWriter {
  readonly #options: EventWriterOptions;
  #requests = 0;

  constructor(options: EventWriterOptions) {
    this.#options = options;
  }

  /** HTTP requests so far. */
  get requests(): number {
    return this.#requests;
  }

  /**
   * @param upTo Tell this many of the occurrences of the series.
   * @throws {ApiError | ConnectionError | TocsinError}
   */
  write(series: Series, upTo: number, signal: AbortSignal): Promise<WrittenEvent> {
    return series.draft.dedupeKey === ""
      ? this.#writeOwn(series, upTo, signal)
      : this.#raiseShared(series, upTo, signal);
  }

  /** An Event that is ours alone: its count is what we say. */
  async #writeOwn(series: Series, upTo: number, signal: AbortSignal): Promise<WrittenEvent> {
    if (series.created) {
      try {
        return await this.#patchCount(series, upTo, signal);
      } catch (error) {
        if (!isStatus(error, 404)) throw error;
        // It expired. The same Event comes back with its whole count, which readers know how to take.
      }
    }
    for (let tries = 1; ; tries += 1) {
      try {
        return written(series, await this.#create(series, sightingOf(series, upTo), signal));
      } catch (error) {
        if (!isTaken(error) || tries >= MOST_TRIES) throw error;
        const stored = await this.#read(series, signal);
        if (stored?.writeId === series.writeId) {
          return stored.count < upTo ? this.#patchCount(series, upTo, signal) : written(series, stored);
        }
        if (stored !== undefined) series.name = this.#options.names.next(series.draft.regarding.name);
      }
    }
  }

  /** An Event that others count up as well: read, then change what was read and nothing newer. */
  async #raiseShared(series: Series, upTo: number, signal: AbortSignal): Promise<WrittenEvent> {
    let done = series.told;
    for (let tries = 1; ; tries += 1) {
      const stored = await this.#read(series, signal);
      if (stored !== undefined && stored.writeId === series.unconfirmed?.writeId) {
        // The answer was lost, the write was not.
        done = Math.max(done, series.unconfirmed.upTo);
        if (done >= upTo) return written(series, stored);
      }
      const writeId = this.#options.newWriteId();
      series.unconfirmed = { writeId, upTo };
      const sighting = { ...sightingOf(series, upTo), writeId, count: (stored?.count ?? 0) + upTo - done };
      try {
        const after =
          stored === undefined
            ? await this.#create(series, sighting, signal)
            : await this.#patch(
                series,
                sharedPatch(this.#options.api, series.draft, sighting, stored),
                signal,
              );
        return written(series, after);
      } catch (error) {
        const isOvertaken = isStatus(error, 404) ? stored !== undefined : isStatus(error, 409);
        if (!isOvertaken || tries >= MOST_TRIES) throw error;
      }
    }
  }

  async #patchCount(series: Series, upTo: number, signal: AbortSignal): Promise<WrittenEvent> {
    const patch = countPatch(this.#options.api, sightingOf(series, upTo));
    return written(series, await this.#patch(series, patch, signal));
  }

  /** What is there under the name of the series; undefined for nothing. */
  async #read(series: Series, signal: AbortSignal): Promise<Stored | undefined> {
    try {
      return await this.#patch(series, {}, signal);
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  }

  async #create({ draft }: Series, sighting: Sighting, signal: AbortSignal): Promise<Stored> {
    const { api, writer } = this.#options;
    const path = collectionPath(api, draft.namespace);
    return this.#send("POST", path, { body: eventBody(api, draft, writer, sighting), signal });
  }

  async #patch({ draft, name }: Series, body: object, signal: AbortSignal): Promise<Stored> {
    const path = `${collectionPath(this.#options.api, draft.namespace)}/${name}`;
    return this.#send("PATCH", path, { body, signal });
  }

  async #send(
    method: "POST" | "PATCH",
    path: string,
    call: { readonly body: object; readonly signal: AbortSignal },
  ): Promise<Stored> {
    this.#requests += 1;
    const answer: ApiAnswer = await this.#options.client.request(method, path, {
      ...call,
      deadlineMs: REQUEST_DEADLINE_MS,
    });
    return storedEvent(answer.body);
  }
}

function sightingOf({ name, firstAt, lastAt, writeId }: Series, count: number): Sighting {
  return { name, count, firstAt, lastAt, writeId };
}

/** Core Events may change their message, so that the newest is shown; the other API keeps the first. */
function sharedPatch(api: WriteApi, draft: Draft, sighting: Sighting, stored: Stored): object {
  return {
    metadata: {
      resourceVersion: stored.resourceVersion,
      annotations: { [WRITE_ANNOTATION]: sighting.writeId },
    },
    ...countPatch(api, sighting),
    ...(api === "core" ? { message: draft.note } : {}),
  };
}

function written({ draft, name }: Series, { uid, resourceVersion, count }: Stored): WrittenEvent {
  return { namespace: draft.namespace, name, uid, resourceVersion, count };
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}

/** 409 is also what the server says when two writes meet; that passes. */
function isTaken(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409 && error.reason === "AlreadyExists";
}
