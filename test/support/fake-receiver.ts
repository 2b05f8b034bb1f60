import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync, inflateSync } from "node:zlib";

/** One request as it came. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Unpacked where the request says that it is packed. */
  readonly body: string;
  /** The body as it came; fakes of services that send no bytes leave it out. */
  readonly bytes?: Buffer;
}

/** The reaction to a request: answer, never answer, or break the connection at once or after the status line. */
export type Answer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | "hang"
  | "reset"
  | "cut after 200";

/** A real HTTP server on loopback that answers as the test says and keeps what it was sent. */
export interface FakeReceiver extends AsyncDisposable {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** The bodies of the requests, oldest first. */
  bodies(): readonly string[];
  /** Answers the next requests in this order, before the usual answer. */
  script(...answers: readonly Answer[]): void;
  /** The usual answer from now on. */
  answer(answer: Answer): void;
  /** Never answers from now on. */
  hang(): void;
  /** Answers 500 from now on. */
  fail(): void;
  /** Forgets the requests and the script. */
  reset(): void;
  /** Connections that are open now. */
  readonly connections: number;
  /** Resolves once so many requests have come in all. */
  arrived(count: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * A running receiver.
 *
 * @param usual Its usual answer; a function where it depends on the request.
 */
export async function startReceiver(
  usual: Answer | ((request: ReceivedRequest) => Answer) = { status: 200 },
): Promise<FakeReceiver> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let scripted: Answer[] = [];
  let ordinary = usual;

  const server = createServer((request, response) => {
    void receive(request, response);
  });
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const bytes = await readBody(request);
    const { method = "", url: path = "" } = request;
    const body = unpack(bytes, request.headers).toString();
    const received = { method, path, headers: flatten(request.headers), body, bytes };
    requests.push(received);
    for (const { count, resolve } of waiting) if (requests.length >= count) resolve();
    const answer = scripted.shift() ?? ordinary;
    play(typeof answer === "function" ? answer(received) : answer, response);
  };
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server has such an address.
  const { port } = server.address() as AddressInfo;

  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    bodies: () => requests.map(({ body }) => body),
    script: (...answers) => {
      scripted.push(...answers);
    },
    answer: (answer) => {
      ordinary = answer;
    },
    hang: () => {
      ordinary = "hang";
    },
    fail: () => {
      ordinary = { status: 500 };
    },
    reset: () => {
      requests.length = 0;
      scripted = [];
      ordinary = usual;
    },
    get connections() {
      return sockets.size;
    },
    arrived: (count) =>
      requests.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ count, resolve })),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function play(answer: Answer, response: ServerResponse): void {
  if (answer === "hang") return;
  if (answer === "reset") {
    response.socket?.destroy();
  } else if (answer === "cut after 200") {
    response.writeHead(200, { "content-length": "1000" });
    response.write("o");
    setImmediate(() => response.socket?.destroy());
  } else {
    response.writeHead(answer.status, answer.headers ?? {});
    response.end(answer.body ?? "");
  }
}

/** `x-log-compresstype` is the word of Alibaba's log service. */
function unpack(bytes: Buffer, headers: IncomingMessage["headers"]): Buffer {
  if (headers["content-encoding"] === "gzip") return gunzipSync(bytes);
  return headers["x-log-compresstype"] === "deflate" ? inflateSync(bytes) : bytes;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // Without an encoding set, a request gives buffers.
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function flatten(headers: IncomingMessage["headers"]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
