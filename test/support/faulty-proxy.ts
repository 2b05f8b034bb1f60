import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { statusObject } from "./scripted-api-server.ts";

/** The server behind the proxy. */
export interface Upstream {
  /** Asks the server; paths start with `/`. */
  request(path: string, init?: RequestInit): Promise<Response>;
}

/** A request that came through. */
export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  /** Parsed JSON; undefined without a body. */
  readonly body: any; // oxlint-disable-line typescript/no-explicit-any -- bodies are looked at by expect
}

/** The fate of a request in place of being passed on and answered. */
export type Fault =
  | "pass"
  /** The connection is cut; the server never hears of it. */
  | "reset"
  /** The server does what it is asked, and its answer is lost. */
  | "lose-answer"
  /** No answer, ever. */
  | "hang"
  | {
      readonly status: number;
      readonly reason?: string;
      readonly message?: string;
      readonly cause?: string;
      readonly headers?: Record<string, string>;
      /** True: the server does what it is asked, and this is said instead of its answer. */
      readonly afterwards?: boolean;
    };

/** Stands on loopback between a client and an API server, and does to requests what a test tells it. */
export class FaultyProxy implements AsyncDisposable {
  readonly requests: ProxiedRequest[] = [];
  /** Called before a request is passed on, for what happens meanwhile. */
  before: ((request: ProxiedRequest) => Promise<void>) | undefined;
  /** Decides about each request that nothing is queued for. */
  standing: (request: ProxiedRequest) => Fault = () => "pass";
  readonly #queue: Fault[] = [];
  readonly #server: Server;

  private constructor(upstream: Upstream) {
    this.#server = createServer((request, response) => {
      void this.#handle(upstream, request, response).catch(() => response.destroy());
    });
    this.#server.listen(0, "127.0.0.1");
  }

  static async start(upstream: Upstream): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(upstream);
    await once(proxy.#server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next requests meet these, one each. */
  next(...faults: readonly Fault[]): void {
    this.#queue.push(...faults);
  }

  /** Requests that change something, in short: `POST`, `PATCH 3` with the count they tell, `PATCH` that only reads. */
  writes(): readonly string[] {
    return this.requests.map(({ method, body }) => {
      const count: unknown = body?.series?.count ?? body?.count;
      return typeof count === "number" ? `${method} ${count}` : method;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #handle(upstream: Upstream, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method = "GET", url: path = "/" } = incoming;
    const asked: ProxiedRequest = { method, path, body: text === "" ? undefined : JSON.parse(text) };
    this.requests.push(asked);
    const fault = this.#queue.shift() ?? this.standing(asked);
    if (fault === "hang") return;
    if (fault === "reset") {
      response.socket?.resetAndDestroy();
      return;
    }
    if (typeof fault === "object" && fault.afterwards !== true) {
      refuse(response, fault);
      return;
    }
    await this.before?.(asked);
    const type = incoming.headers["content-type"];
    const answer = await upstream.request(path, {
      method,
      ...(text === "" ? {} : { body: text }),
      ...(type === undefined ? {} : { headers: { "Content-Type": type } }),
    });
    const body = await answer.text();
    if (fault === "lose-answer") {
      response.socket?.resetAndDestroy();
      return;
    }
    if (typeof fault === "object") {
      refuse(response, fault);
      return;
    }
    response.writeHead(answer.status, {
      "content-type": answer.headers.get("content-type") ?? "application/json",
    });
    response.end(body);
  }
}

function refuse(response: ServerResponse, fault: Extract<Fault, object>): void {
  response.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
  response.end(JSON.stringify(statusObject(fault.status, fault)));
}
