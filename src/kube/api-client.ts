import type { Dispatcher } from "undici";

import { parseRetryAfter } from "../egress/index.ts";
import type { Clock } from "../lib/clock.ts";
import { Deadline } from "../lib/deadline.ts";
import { fingerprint } from "../lib/hash.ts";
import type { Access, Connection } from "./access.ts";
import { ApiError, ConnectionError, LONGEST_RETRY_AFTER_MS } from "./api-error.ts";
import { createDispatcher } from "./dispatcher.ts";
import {
  type ApiStream,
  connectionError,
  dateOf,
  header,
  parseJson,
  readText,
  toStream,
  tryJson,
} from "./http-answer.ts";

/** Longest part of a refusal's body that is read, for its message. */
const MOST_ERROR_BYTES = 64 * 1024;

/** Enough to read some 500 Events at once. */
const STREAM_BUFFER_BYTES = 512 * 1024;

const DEFAULT_DEADLINE_MS = 30_000;

/** For `accept`: metadata alone, https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-requests */
export const METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** A finished answer. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Of the Date header, epoch milliseconds with a resolution of one second; undefined when there was none. */
  readonly date: number | undefined;
}

/** The identity of a cluster. */
export interface ClusterIdentity {
  /** Of the namespace kube-system; undefined where it may not be read. */
  readonly uid: string | undefined;
  /** A hash of server address and CA, where there is no uid. */
  readonly address: string;
}

/** Deadline and abort of a call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** For the whole answer; 30 s by default. */
  readonly deadlineMs?: number;
  /** Form of the answer; `application/json` by default. */
  readonly accept?: string;
  /** Longest body of an answer, after gunzip; 512 MiB by default. */
  readonly mostBytes?: number;
}

/** Plain calls to one API server. Every method throws `ApiError`, `ConnectionError` or ERR_CREDENTIALS. */
export interface ApiClient {
  /** For display: `https://10.0.0.1:6443`. */
  readonly server: string;
  /** For display; "" in-cluster. */
  readonly contextName: string;
  /** @param path With its query, from the root: `/api/v1/events?limit=500`. */
  getJson(path: string, options?: CallOptions): Promise<ApiAnswer>;
  /** The answer as it is, such as a log. @param path As for `getJson`. */
  getText(path: string, options?: CallOptions): Promise<string>;
  /** Sends JSON; a PATCH is a merge patch. */
  request(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    call?: CallOptions & { readonly body?: unknown },
  ): Promise<ApiAnswer>;
  /** Resolves with the headers; only `signal` ends it from this side. */
  stream(path: string, signal: AbortSignal): Promise<ApiStream>;
  /** `v1.36.3`. */
  serverVersion(signal?: AbortSignal): Promise<string>;
  clusterIdentity(signal?: AbortSignal): Promise<ClusterIdentity>;
  close(): Promise<void>;
}

/** Collaborators of the client. */
export interface ClientContext {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
  readonly userAgent: string;
}

/** Creates a client; it sends nothing before the first call. */
export function createApiClient(context: ClientContext): ApiClient {
  return new HttpApiClient(context);
}

interface Call {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly ownSocket: boolean;
}

type ShortCall = readonly [
  method: Dispatcher.HttpMethod,
  path: string,
  options: CallOptions & { readonly body?: unknown; readonly headers: Readonly<Record<string, string>> },
];

interface Reply {
  readonly answer: Dispatcher.ResponseData;
  /** Frees the socket of a stream. */
  readonly release: () => void;
}

class HttpApiClient implements ApiClient {
  readonly server: string;
  readonly contextName: string;
  readonly #context: ClientContext;
  readonly #prefix: string;
  /** For short requests; replaced when certificates change. */
  #shared: { readonly dispatcher: Dispatcher; readonly tls: string } | undefined;

  constructor(context: ClientContext) {
    this.#context = context;
    this.server = context.connection.server;
    this.contextName = context.connection.contextName;
    this.#prefix = new URL(this.server).pathname.replace(/\/$/u, "");
  }

  getJson(path: string, options: CallOptions = {}): Promise<ApiAnswer> {
    const { accept = "application/json" } = options;
    return this.#json("GET", path, { ...options, headers: { "accept-encoding": "gzip", accept } });
  }

  async getText(path: string, options: CallOptions = {}): Promise<string> {
    const { accept = "*/*" } = options;
    const headers = { "accept-encoding": "gzip", accept };
    return (await this.#short("GET", path, { ...options, headers })).text;
  }

  request(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    call: CallOptions & { readonly body?: unknown } = {},
  ): Promise<ApiAnswer> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return this.#json(method, path, {
      ...call,
      headers: { "accept-encoding": "gzip", ...(call.body === undefined ? {} : { "content-type": type }) },
    });
  }

  async stream(path: string, signal: AbortSignal): Promise<ApiStream> {
    const call = {
      method: "GET",
      path,
      headers: { "accept-encoding": "identity" },
      signal,
      ownSocket: true,
    } as const;
    const { answer, release } = await this.#send(call);
    return toStream(answer, { place: placeOf(call), signal, release });
  }

  async serverVersion(signal?: AbortSignal): Promise<string> {
    const { body } = await this.getJson("/version", { signal });
    const version = field(body, "gitVersion");
    return typeof version === "string" ? version : "unknown";
  }

  async clusterIdentity(signal?: AbortSignal): Promise<ClusterIdentity> {
    const { connection, clock } = this.#context;
    const { tls } = await connection.access({ renew: false, clock });
    const address = `server-${fingerprint([this.server, tls.ca ?? ""])}`;
    try {
      const { body } = await this.getJson("/api/v1/namespaces/kube-system", { signal });
      const uid = field(field(body, "metadata"), "uid");
      return { uid: typeof uid === "string" && uid !== "" ? uid : undefined, address };
    } catch (error) {
      if (!(error instanceof ApiError) || ![403, 404].includes(error.status)) throw error;
      return { uid: undefined, address };
    }
  }

  async close(): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    await shared?.dispatcher.destroy();
  }

  async #json(...call: ShortCall): Promise<ApiAnswer> {
    const [method, path] = call;
    const { text, ...answer } = await this.#short(...call);
    return { ...answer, body: parseJson(placeOf({ method, path }), text) };
  }

  async #short(
    ...[method, path, options]: ShortCall
  ): Promise<Omit<ApiAnswer, "body"> & { readonly text: string }> {
    const { clock } = this.#context;
    const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    const place = placeOf({ method, path });
    using deadline = new Deadline(clock, deadlineMs, {
      reason: () =>
        new ConnectionError(`${place}: no answer within ${deadlineMs / 1000} s`, { midway: false }),
      signal: options.signal,
    });
    const { signal } = deadline;
    const { answer } = await this.#send({
      method,
      path,
      headers: options.headers,
      signal,
      ownSocket: false,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await readText(place, answer, signal, options.mostBytes);
    return {
      status: answer.statusCode,
      text,
      date: dateOf(answer.headers),
    };
  }

  /** Sends once more with new credentials after 401; throws for any other answer that is not 2xx. */
  async #send(call: Call): Promise<Reply> {
    const first = await this.#attempt(call, { renew: false });
    if (first.answer.statusCode !== 401) return this.#accept(call, first);
    await first.answer.body.dump().catch(() => undefined);
    first.release();
    return this.#accept(call, await this.#attempt(call, { renew: true }));
  }

  async #attempt(call: Call, { renew }: { readonly renew: boolean }): Promise<Reply> {
    const { connection, clock } = this.#context;
    const access = await connection.access({ renew, clock, signal: call.signal });
    const dispatcher = call.ownSocket ? this.#dispatcher(access) : this.#sharedDispatcher(access);
    const release = (): void => {
      if (call.ownSocket) void dispatcher.destroy();
    };
    try {
      const answer = await dispatcher.request({
        origin: new URL(this.server).origin,
        path: this.#prefix + call.path,
        method: call.method,
        body: call.body ?? null,
        headers: {
          accept: "application/json",
          ...access.headers,
          ...call.headers,
          "user-agent": this.#context.userAgent,
        },
        signal: call.signal,
        highWaterMark: STREAM_BUFFER_BYTES,
      });
      return { answer, release };
    } catch (error) {
      release();
      throw connectionError(placeOf(call), error, { signal: call.signal, midway: false });
    }
  }

  async #accept(call: Call, reply: Reply): Promise<Reply> {
    const { answer, release } = reply;
    if (answer.statusCode >= 200 && answer.statusCode < 300) return reply;
    const place = placeOf(call);
    try {
      const text = await readText(place, answer, call.signal, MOST_ERROR_BYTES).catch(() => "");
      throw ApiError.from(place, tryJson(text), {
        status: answer.statusCode,
        retryAfterMs: parseRetryAfter(
          header(answer.headers, "retry-after"),
          this.#context.clock.now(),
          LONGEST_RETRY_AFTER_MS,
        ),
      });
    } finally {
      release();
    }
  }

  #sharedDispatcher(access: Access): Dispatcher {
    const tls = fingerprint([JSON.stringify(access.tls)]);
    if (this.#shared?.tls !== tls) {
      void this.#shared?.dispatcher.close();
      this.#shared = { dispatcher: this.#dispatcher(access), tls };
    }
    return this.#shared.dispatcher;
  }

  #dispatcher(access: Access): Dispatcher {
    return createDispatcher(this.#context.connection, access.tls, this.#context.env);
  }
}

/** Without the query: a continue token is long and says nothing. */
function placeOf({ method, path }: Pick<Call, "method" | "path">): string {
  return `${method} ${path.split("?", 1)[0] ?? ""}`;
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  // A JSON object; missing keys are undefined.
  return (value as Readonly<Record<string, unknown>>)[key];
}
