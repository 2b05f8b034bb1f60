import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Clock } from "../../lib/clock.ts";
import type { Change } from "./change.ts";
import { handleRequest, type Parts } from "./handle-request.ts";
import { sendError } from "./http.ts";
import { Namespaces } from "./namespaces.ts";
import { Registry } from "./registry.ts";
import { refusedOnPurpose } from "./status.ts";
import { Storage, type StorageStats } from "./storage.ts";

/** Options of an embedded Events API. */
export interface EventsApiOptions {
  readonly clock: Clock;
  /** Milliseconds an Event lives after its last write; one hour by default, as in kube-apiserver. */
  readonly ttlMs?: number;
  /** On 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
  /** The uid of `kube-system`; by default a new one, as of a new cluster. */
  readonly clusterUid?: string;
  /** The first revision; 1 by default. */
  readonly firstRevision?: number;
  /** Milliseconds between compactions, each to the revision of the one before; 5 minutes by default. */
  readonly compactionIntervalMs?: number;
  /** Changes that the history keeps at most, and that a watch may be behind; 200,000 by default. */
  readonly historyLimit?: number;
}

/** The result of a write. */
export interface Written {
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
}

/** A running API server with Events and nothing else. */
export interface EventsApi extends AsyncDisposable {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string;
  readonly clusterUid: string;
  /**
   * Creates an Event as a client of its `apiVersion` would (core/v1 when it names none), in its own namespace
   * (`default` when it names none), which need not exist before.
   *
   * @throws {StatusError} as the HTTP API would answer.
   */
  create(event: object): Written;
  /** Stores a recorded core/v1 Event unchanged, uid and times included; the same name again is an update. */
  record(event: object): Written;
  /** Merges a core/v1 patch into an Event. @throws {StatusError} 404, 400, 409, 422. */
  patch(namespace: string, name: string, patch: object): Written;
  /** @throws {StatusError} 404. */
  remove(namespace: string, name: string): void;
  /** Forgets history before a revision, by default all of it, so that older positions are 410. */
  compact(revision?: number): void;
  stats(): StorageStats & { readonly streams: number };
  /** Fault: ends every open watch as after its time, like a server that shuts down in order. */
  endStreams(): void;
  /** Fault: cuts every open watch in the middle. */
  destroyStreams(): void;
  /** Fault: writes a text into every open watch, such as an ERROR line or a torn one. */
  writeToStreams(text: string): void;
  /** Takes a snapshot; the returned function restores it, as a restore of etcd does. Open streams survive that. */
  snapshot(): () => void;
  /** Fault: answers every request with this status until called with undefined. */
  refuse(status: number | undefined): void;
  /** Ends all watches cleanly, then the server. */
  stop(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const FIVE_MINUTES_MS = 300_000;
const HISTORY_LIMIT = 200_000;

/** Starts the embedded Events API on loopback. */
export async function startEventsApi(options: EventsApiOptions): Promise<EventsApi> {
  const { clock, ttlMs = HOUR_MS, port = 0, clusterUid = randomUUID(), firstRevision = 1 } = options;
  const storage = new Storage(firstRevision, options.historyLimit ?? HISTORY_LIMIT);
  const registry = new Registry(storage, clock, ttlMs);
  const namespaces = new Namespaces(clusterUid, clock.now());
  const parts: Parts = { clock, storage, registry, namespaces, streams: new Set() };
  const stopFeeding = feedStreams(parts);
  const stopCompacting = compactRegularly(storage, clock, options.compactionIntervalMs ?? FIVE_MINUTES_MS);
  let refused: number | undefined;

  const server = createServer((request, response) => {
    // The date is that of the given clock; clients compare it with the times inside Events.
    response.sendDate = false;
    response.setHeader("Date", new Date(clock.now()).toUTCString());
    if (refused !== undefined) {
      sendError(response, refusedOnPurpose(refused));
      return;
    }
    handleRequest(parts, request, response).catch((error: unknown) => sendError(response, error));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  // A TCP server has an address of this kind.
  const address = server.address() as AddressInfo;

  const api: EventsApi = {
    url: `http://127.0.0.1:${address.port}`,
    clusterUid,
    create: (event) => {
      const { apiVersion, metadata } = event as {
        readonly apiVersion?: unknown;
        readonly metadata?: { readonly namespace?: string };
      };
      const group = apiVersion === "events.k8s.io/v1" ? "events" : "core";
      const namespace = metadata?.namespace ?? "default";
      namespaces.ensure(namespace, clock.now());
      return written(registry.create({ group, namespace }, event));
    },
    record: (event) => {
      const change = registry.record(event);
      namespaces.ensure(change.key.split("/", 1)[0] ?? "", clock.now());
      return written(change);
    },
    patch: (namespace, name, patch) => written(registry.patch({ group: "core", namespace, name }, patch)),
    remove: (namespace, name) => {
      registry.remove({ group: "core", namespace, name });
    },
    compact: (revision) => storage.compact(revision),
    stats: () => ({ ...storage.stats(), streams: parts.streams.size }),
    endStreams: () => {
      for (const stream of parts.streams) stream.end();
    },
    destroyStreams: () => {
      for (const stream of parts.streams) stream.destroy();
    },
    writeToStreams: (text) => {
      for (const stream of parts.streams) stream.write(text);
    },
    snapshot: () => {
      const taken = storage.snapshot();
      return () => storage.restore(taken);
    },
    refuse: (status) => {
      refused = status;
    },
    stop: async () => {
      stopFeeding();
      stopCompacting();
      registry.stop();
      api.endStreams();
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      // The ends of the streams need one turn to go out.
      setImmediate(() => server.closeAllConnections());
      await closed;
    },
    [Symbol.asyncDispose]: () => api.stop(),
  };
  return api;
}

function written(change: Change): Written {
  const slash = change.key.indexOf("/");
  return {
    namespace: change.key.slice(0, slash),
    name: change.key.slice(slash + 1),
    resourceVersion: String(change.revision),
  };
}

/** Pumps all streams once per turn of the event loop that had a write. */
function feedStreams({ storage, streams }: Parts): () => void {
  let isDue = false;
  return storage.onChange(() => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      for (const stream of streams) stream.pump();
    });
  });
}

/** As in the API server: history older than one to two intervals goes. */
function compactRegularly(storage: Storage, clock: Clock, intervalMs: number): () => void {
  let previous = storage.revision;
  let cancel = clock.after(intervalMs, tick);
  return () => cancel();

  function tick(): void {
    const { revision } = storage;
    storage.compact(previous);
    previous = revision;
    cancel = clock.after(intervalMs, tick);
  }
}
