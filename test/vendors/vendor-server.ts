import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gunzipSync } from "node:zlib";

import type { Answer, FakeReceiver, ReceivedRequest } from "../support/fake-receiver.ts";
import { type Fault, Faults } from "./faults.ts";

/** A request with its bytes. `body` is their text. */
export interface VendorRequest extends ReceivedRequest {
  /** Without `content-encoding: gzip`, if it had that. */
  readonly bytes: Buffer;
}

/** The parts in which vendors differ. */
export interface Vendor {
  /** The answer, with what the request changes done. */
  readonly answer: (request: VendorRequest) => Answer;
  /** A refusal that a test asks for, in the vendor's words. */
  readonly refuse: (word: string) => Answer;
  /** The name of a call, by which a test lets one go wrong; one name for all by default. */
  readonly kindOf?: (request: ReceivedRequest) => string;
  /** Makes of the requests what `bodies` shows; their bodies by default. */
  readonly bodiesOf?: (requests: readonly VendorRequest[]) => readonly string[];
  /** Called first when the server closes. */
  readonly close?: () => void;
}

/** A fake vendor over real HTTP on loopback. */
export interface VendorServer extends FakeReceiver {
  readonly requests: readonly VendorRequest[];
  /** For upgrades. */
  readonly server: Server;
  /** One call, of the kind or of any, goes wrong. */
  fault(fault: Fault, kind?: string): void;
  /** Every call, of the kind or of any, goes wrong until `reset`. */
  faultAlways(fault: Fault, kind?: string): void;
}

/** A running vendor. */
export async function startVendorServer(vendor: Vendor): Promise<VendorServer> {
  const requests: VendorRequest[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const sockets = new Set<Socket>();
  const faults = new Faults();
  const { kindOf = () => "", bodiesOf = (all) => all.map(({ body }) => body) } = vendor;

  const receive = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    requests.push(request);
    for (const { count, resolve } of waiting) if (requests.length >= count) resolve();
    play(faults.take(kindOf(request)), request, vendor, response);
  };
  const server = createServer((incoming, response) => void receive(incoming, response));
  server.on("connection", (connection) => {
    sockets.add(connection);
    connection.on("close", () => sockets.delete(connection));
    connection.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server has such an address.
  const { port } = server.address() as AddressInfo;

  const close = async (): Promise<void> => {
    vendor.close?.();
    for (const connection of sockets) connection.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    bodies: () => bodiesOf(requests),
    server,
    fault: (fault, kind) => faults.once(fault, kind),
    faultAlways: (fault, kind) => faults.always(fault, kind),
    script: (...answers) => {
      for (const answer of answers) faults.once(answer);
    },
    answer: (answer) => faults.always(answer),
    hang: () => faults.always("hang"),
    fail: () => faults.always({ status: 500 }),
    reset: () => {
      requests.length = 0;
      faults.clear();
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

/** The server with what one vendor alone shows; getters go over as they are. */
export function withFaces<F extends object>(server: VendorServer, faces: F): VendorServer & F {
  Object.defineProperties(server, Object.getOwnPropertyDescriptors(faces));
  // It has the properties of both now.
  return server as VendorServer & F;
}

function play(
  fault: Fault | undefined,
  request: VendorRequest,
  vendor: Vendor,
  response: ServerResponse,
): void {
  if (fault === "hang") return;
  if (fault === "cut after" || fault === "cut after 200") vendor.answer(request);
  if (fault === "cut before" || fault === "reset" || fault === "cut after") {
    response.socket?.destroy();
  } else if (fault === "cut after 200") {
    response.writeHead(200, { "content-length": "1000", "content-type": "application/json; charset=utf-8" });
    response.write("{");
    setImmediate(() => response.socket?.destroy());
  } else {
    const given =
      fault === undefined ? vendor.answer(request) : "word" in fault ? vendor.refuse(fault.word) : fault;
    if (typeof given === "string") throw new Error(`a vendor answers ${given}`);
    response.writeHead(given.status, given.headers ?? {});
    response.end(given.body ?? "");
  }
}

async function read(incoming: IncomingMessage): Promise<VendorRequest> {
  const chunks: Buffer[] = [];
  // Without an encoding set, a request gives buffers.
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const sent = Buffer.concat(chunks);
  const bytes = incoming.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
  const { method = "", url: path = "" } = incoming;
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  return { method, path, headers, bytes, body: bytes.toString() };
}
