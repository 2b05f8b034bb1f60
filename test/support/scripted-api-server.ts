import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";

import { until } from "./until.ts";

/** A list is the first page, a page has a continue token, a probe asks for NotOlderThan. */
export type RequestKind = "list" | "page" | "probe" | "watch" | "version" | "identity" | "other";

/** One request to the server. */
export interface ScriptedRequest {
  readonly kind: RequestKind;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Identifies the connection. */
  readonly socket: Socket;
}

/** Plays one answer. */
export type Play = (reply: Reply, request: ScriptedRequest) => void;

/** The answer to one request; any bytes at any time. */
export class Reply {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  json(
    body: unknown,
    options: { status?: number; headers?: Record<string, string>; gzip?: boolean } = {},
  ): void {
    const text = Buffer.from(JSON.stringify(body));
    const encoding = options.gzip === true ? { "content-encoding": "gzip" } : {};
    this.#response.writeHead(options.status ?? 200, {
      "content-type": "application/json",
      ...encoding,
      ...options.headers,
    });
    this.#response.end(options.gzip === true ? gzipSync(text) : text);
  }

  /** A Status object, as the API server refuses. */
  refuse(
    status: number,
    fields: {
      reason?: string;
      message?: string;
      cause?: string;
      name?: string;
      headers?: Record<string, string>;
    } = {},
  ): void {
    this.json(statusObject(status, fields), { status, headers: fields.headers ?? {} });
  }

  /** 404 for an object that is not there, as the API server says it. @param path Of the object. */
  refuseAsGone(path: string): void {
    this.refuse(404, { reason: "NotFound", name: path.slice(path.lastIndexOf("/") + 1) });
  }

  /** Begins a stream: headers now, bytes later. */
  open(headers: Record<string, string> = {}): this {
    this.#response.writeHead(200, { "content-type": "application/json", ...headers });
    this.#response.flushHeaders();
    return this;
  }

  /** Bytes as they are. Answers false when the other side reads too slowly. */
  write(bytes: string | Buffer): boolean {
    return this.#response.write(bytes);
  }

  /** Watch events, each on its line, all in one write. */
  events(...events: readonly { type: string; object: unknown }[]): this {
    this.write(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    return this;
  }

  end(): void {
    this.#response.end();
  }

  /** Cuts the connection in the middle. */
  reset(): void {
    this.#response.socket?.resetAndDestroy();
  }

  /** Whether the other side has gone. */
  get closed(): boolean {
    return this.#response.destroyed;
  }
}

/**
 * An HTTP server that plays what a test tells it. For each kind of request, what was queued is played first, then the
 * standing answer; without either, lists are empty at version 100, probes succeed, watches stay open and silent.
 */
export class ScriptedApiServer implements AsyncDisposable {
  readonly requests: ScriptedRequest[] = [];
  readonly #server: Server;
  readonly #queued = new Map<RequestKind, Play[]>();
  readonly #standing = new Map<RequestKind, Play>([
    ["list", (reply) => reply.json(page([]))],
    ["probe", (reply) => reply.json(page([], { version: "1000000" }))],
    ["watch", (reply) => void reply.open()],
    ["version", (reply) => reply.json({ gitVersion: "v1.36.3" })],
    ["identity", (reply) => reply.json({ metadata: { uid: "cluster-1" } })],
  ]);
  readonly #replies: { readonly kind: RequestKind; readonly reply: Reply }[] = [];

  private constructor(port: number, hostname: string) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => this.#play(request, response, Buffer.concat(chunks).toString()));
      response.on("error", () => undefined);
    });
    this.#server.listen(port, hostname);
  }

  /** @param port 0 for any that is free. */
  static async start(port = 0): Promise<ScriptedApiServer> {
    const server = new ScriptedApiServer(port, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The next requests of this kind get these answers, one each. */
  next(kind: RequestKind, ...plays: readonly Play[]): void {
    this.#queued.set(kind, [...(this.#queued.get(kind) ?? []), ...plays]);
  }

  /** From now on. */
  always(kind: RequestKind, play: Play): void {
    this.#standing.set(kind, play);
  }

  count(kind: RequestKind): number {
    return this.requests.filter((request) => request.kind === kind).length;
  }

  /** The `index`th request of this kind, from 0; negative from the end. */
  request(kind: RequestKind, index = -1): ScriptedRequest {
    const found = this.requests.filter((request) => request.kind === kind).at(index);
    if (found === undefined) throw new Error(`no ${kind} request ${index}`);
    return found;
  }

  /** Waits for the `index`th request of this kind. @returns The reply to it, for the test to write. */
  async reply(kind: RequestKind, index: number): Promise<Reply> {
    return until(() => this.#replies.filter((entry) => entry.kind === kind)[index]?.reply);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #play(request: IncomingMessage, response: ServerResponse, body: string): void {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://server");
    const kind = kindOf(pathname, searchParams);
    const asked: ScriptedRequest = {
      kind,
      method: request.method ?? "",
      path: pathname,
      query: searchParams,
      headers: request.headers,
      body,
      socket: request.socket,
    };
    this.requests.push(asked);
    const reply = new Reply(response);
    this.#replies.push({ kind, reply });
    const play = this.#queued.get(kind)?.shift() ?? this.#standing.get(kind === "page" ? "list" : kind);
    if (play === undefined) reply.refuse(404);
    else play(reply, asked);
  }
}

/** A page of a list. */
export function page(items: readonly unknown[], fields: { version?: string; next?: string } = {}): unknown {
  return {
    kind: "EventList",
    apiVersion: "v1",
    metadata: {
      resourceVersion: fields.version ?? "100",
      ...(fields.next === undefined ? {} : { continue: fields.next }),
    },
    items,
  };
}

/** An Event as the API server stores it. */
export function event(name: string, version: number | string, fields: Record<string, unknown> = {}): unknown {
  return {
    metadata: { name, namespace: "shop", uid: `uid-${name}`, resourceVersion: String(version) },
    involvedObject: { kind: "Pod", namespace: "shop", name: "web" },
    reason: "BackOff",
    type: "Warning",
    message: `message of ${name}`,
    ...fields,
  };
}

/** A Status object. */
export function statusObject(
  code: number,
  fields: {
    reason?: string;
    message?: string;
    cause?: string;
    name?: string;
    retryAfterSeconds?: number;
  } = {},
): unknown {
  const causes = fields.cause === undefined ? [] : [{ reason: fields.cause, message: "" }];
  return {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    code,
    reason: fields.reason ?? "",
    message: fields.message ?? "",
    details: { name: fields.name, causes, retryAfterSeconds: fields.retryAfterSeconds },
  };
}

function kindOf(path: string, query: URLSearchParams): RequestKind {
  if (path === "/version") return "version";
  if (path === "/api/v1/namespaces/kube-system") return "identity";
  if (!path.endsWith("/events")) return "other";
  if (query.get("watch") === "true") return "watch";
  if (query.get("resourceVersionMatch") === "NotOlderThan") return "probe";
  return query.has("continue") ? "page" : "list";
}
