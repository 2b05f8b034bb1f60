import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";

/** The kind of a request of the bridge. */
export type CallKind = "watch" | "page" | "list" | "probe" | "other";

/** One request of the bridge. */
export interface Call {
  readonly kind: CallKind;
  readonly authorization: string;
  /** From which a watch starts; "" for none. */
  readonly resourceVersion: string;
}

/** An answer that does not come from the server. */
export interface ScriptedAnswer {
  /** 0 to cut the connection instead. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One line in, what is to be sent out. */
export type LineShape = (line: string, cut: () => void) => string;

/**
 * The way from the bridge to the embedded API, with everything a network, a proxy or a sick server can do to it. All
 * its fields may be set and unset at any time.
 */
export class ApiProxy implements AsyncDisposable {
  /** Answers instead of the server; undefined lets the call through. */
  script: ((call: Call) => ScriptedAnswer | undefined) | undefined;
  /** The same, for what stays so until the end of the run; `script` goes first. */
  nature: ((call: Call) => ScriptedAnswer | undefined) | undefined;
  /** The shape of each connection's watch lines on their way; it is made anew for each, and may hold lines of its own. */
  shape: (() => LineShape) | undefined;
  /** Bytes of a chunk; undefined as they come. */
  chunkBytes: number | undefined;
  /** Compresses although identity was asked for. */
  gzip = false;
  /** Requests so far. */
  calls = 0;
  readonly #upstream: () => string;
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch(() => response.destroy());
  });
  readonly #sockets = new Set<Socket>();
  #thawed: Promise<void> = Promise.resolve();
  #isFrozen = false;
  #thaw: () => void = () => undefined;
  #port = 0;

  constructor(upstream: () => string) {
    this.#upstream = upstream;
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => undefined);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, on the same port as before. */
  async open(): Promise<void> {
    if (this.#server.listening) return;
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    // A TCP server has such an address.
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Refuses connections, and cuts those there are. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.cut();
    await closed;
  }

  /** Cuts every connection in the middle. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Connections stay and are accepted, but nothing passes. */
  freeze(): void {
    if (this.#isFrozen) return;
    this.#isFrozen = true;
    this.#thawed = new Promise((resolve) => (this.#thaw = resolve));
  }

  thaw(): void {
    this.#isFrozen = false;
    this.#thaw();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.thaw();
    await this.close();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.calls += 1;
    await this.#thawed;
    if (response.destroyed) return;
    const scripted = this.script?.(callOf(request)) ?? this.nature?.(callOf(request));
    if (scripted?.status === 0) {
      response.destroy();
      return;
    }
    if (scripted !== undefined) {
      response.writeHead(scripted.status, { "content-type": "application/json", ...scripted.headers });
      response.end(scripted.body ?? "");
      return;
    }
    const answer = await this.#ask(request, response);
    if (kindOf(request.url ?? "") === "watch" && answer.statusCode === 200)
      await this.#passWatch(answer, response);
    else await this.#passWhole(answer, response);
  }

  #ask(request: IncomingMessage, response: ServerResponse): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { connection: _, host: __, ...headers } = request.headers;
      const asked = httpRequest(this.#upstream() + (request.url ?? ""), { method: request.method, headers });
      asked.on("response", resolve);
      asked.on("error", reject);
      response.on("close", () => asked.destroy());
      asked.end();
    });
  }

  async #passWhole(answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    // Without an encoding set, an answer gives buffers.
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    await this.#thawed;
    const body = Buffer.concat(chunks);
    const zip = this.gzip && answer.statusCode === 200;
    response.writeHead(answer.statusCode ?? 502, {
      ...headersOf(answer),
      ...(zip ? { "content-encoding": "gzip" } : {}),
    });
    response.end(zip ? gzipSync(body) : body);
  }

  async #passWatch(answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const zip = this.gzip;
    response.writeHead(200, { ...headersOf(answer), ...(zip ? { "content-encoding": "gzip" } : {}) });
    response.flushHeaders();
    let isCut = false;
    const cut = (): void => {
      isCut = true;
    };
    let rest = "";
    let made: { readonly by: ApiProxy["shape"]; readonly shape: LineShape | undefined } | undefined;
    const shapeNow = (): LineShape | undefined => {
      if (made?.by !== this.shape) made = { by: this.shape, shape: this.shape?.() };
      return made?.shape;
    };
    answer.setEncoding("utf8");
    for await (const chunk of answer) {
      await this.#thawed;
      // With an encoding set, an answer gives strings.
      const lines = (rest + (chunk as string)).split("\n");
      rest = lines.pop() ?? "";
      let text = "";
      for (const line of lines) {
        text += shapeNow()?.(line, cut) ?? `${line}\n`;
        if (isCut) break;
      }
      const bytes = Buffer.from(text);
      await this.#send(response, zip ? gzipSync(bytes) : bytes);
      if (isCut) break;
    }
    if (!isCut) response.end();
    // One turn for the last bytes to go out.
    else setTimeout(() => response.destroy(), 5);
  }

  async #send(response: ServerResponse, bytes: Buffer): Promise<void> {
    const size = this.chunkBytes === undefined ? bytes.length : Math.max(this.chunkBytes, bytes.length / 500);
    for (let from = 0; from < bytes.length; from += size) {
      if (response.destroyed) return;
      const isAccepted = response.write(bytes.subarray(Math.floor(from), Math.floor(from + size)));
      if (!isAccepted) await drained(response);
      if (this.chunkBytes !== undefined) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once("drain", resolve);
    response.once("close", resolve);
  });
}

function headersOf(answer: IncomingMessage): Record<string, string> {
  const { date = "", "content-type": type = "application/json" } = answer.headers;
  return { "content-type": type, ...(date === "" ? {} : { date }) };
}

function callOf({ url = "", headers }: IncomingMessage): Call {
  const resourceVersion = new URL(url, "http://bridge").searchParams.get("resourceVersion") ?? "";
  return { kind: kindOf(url), authorization: headers.authorization ?? "", resourceVersion };
}

function kindOf(url: string): CallKind {
  const { pathname, searchParams } = new URL(url, "http://bridge");
  if (!pathname.endsWith("/events")) return "other";
  if (searchParams.get("watch") === "true") return "watch";
  if (searchParams.has("continue")) return "page";
  return searchParams.has("resourceVersionMatch") ? "probe" : "list";
}
