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

/** Collaborators of the writer. */
export interface EventWriterOptions {
  readonly client: ApiClient;
  readonly api: WriteApi;
  readonly writer: Writer;
  readonly names: EventNames;
  /** A new id for a write, unlike that of any other process. */
  readonly newWriteId: () => string;
}

/**
 * Writes one series to the API server, in one attempt. Repeating an attempt whose answer was lost does no harm: the
 * name is the same, and the annotation identifies the reporter's own Event. It uses `create` and `patch` only; to read
 * an Event it sends a patch that changes nothing, which the server answers without writing.
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
   * @param upTo How many occurrences of the series the write covers.
   * @throws {ApiError | ConnectionError | TocsinError}
   */
  write(series: Series, upTo: number, signal: AbortSignal): Promise<WrittenEvent> {
    return series.draft.dedupeKey === ""
      ? this.#writeOwn(series, upTo, signal)
      : this.#raiseShared(series, upTo, signal);
  }

  /** An Event of ours alone: its count is our count. */
  async #writeOwn(series: Series, upTo: number, signal: AbortSignal): Promise<WrittenEvent> {
    if (series.created) {
      try {
        return await this.#patchCount(series, upTo, signal);
      } catch (error) {
        if (!isStatus(error, 404)) throw error;
        // The Event expired. It comes back with its whole count, which readers know how to take.
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

  /** Other processes count up this Event as well: read it, then change exactly the version that was read. */
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

  /** The Event under the name of the series; undefined for none. */
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

/** Core Events may change their message, so the newest is shown; the other API keeps the first. */
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

/** The server also answers 409 when two writes meet; that passes. */
function isTaken(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409 && error.reason === "AlreadyExists";
}
