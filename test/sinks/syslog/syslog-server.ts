import { createSocket } from "node:dgram";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import type { Receiver } from "../../support/describe-sink.ts";

/** A receiver of syslog on loopback, that takes messages apart by the length before them. */
export interface SyslogServer extends Receiver {
  readonly port: number;
  /** All bytes of each connection that has ended, or each datagram. */
  readonly texts: readonly string[];
  /** Leaves connections open after their end. */
  keepOpen(): void;
  /** Ends each connection at once, and reads nothing of it. */
  endUnread(): void;
}

/** Messages with their lengths before them, RFC 6587, 3.4.1. */
export function unframed(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const messages: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const blank = bytes.indexOf(" ", at);
    const length = Number(bytes.subarray(at, blank).toString());
    if (!(length > 0) || blank + 1 + length > bytes.length) throw new Error(`no length at ${at} of ${text}`);
    messages.push(bytes.subarray(blank + 1, blank + 1 + length).toString());
    at = blank + 1 + length;
  }
  return messages;
}

/** Starts one over TCP, or TLS. */
export async function startSyslog(tls?: {
  readonly key: string;
  readonly cert: string;
}): Promise<SyslogServer> {
  const texts: string[] = [];
  const sockets = new Set<Socket>();
  let way: "ok" | "hang" | "open" | "reset" | "unread" = "ok";
  const take = (socket: Socket): void => {
    const parts: Buffer[] = [];
    socket.on("error", () => undefined);
    if (way === "reset") return void socket.resetAndDestroy();
    if (way === "hang") return void socket.resume();
    if (way === "unread") return void socket.pause().end();
    socket.on("data", (part: Buffer) => parts.push(part));
    socket.on("end", () => {
      if (parts.length > 0) texts.push(Buffer.concat(parts).toString());
      if (way !== "open") socket.end();
    });
  };
  const options = { allowHalfOpen: true };
  const server: Server =
    tls === undefined ? createServer(options, take) : createTlsServer({ ...options, ...tls }, take);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server has such an address.
  const { port } = server.address() as AddressInfo;
  return {
    port,
    texts,
    bodies: () => texts.flatMap(unframed),
    hang: () => {
      way = "hang";
    },
    keepOpen: () => {
      way = "open";
    },
    endUnread: () => {
      way = "unread";
    },
    fail: () => {
      way = "reset";
    },
    get connections() {
      // The other side ends its own at once; only the answer to a byte shows that it is gone.
      if (way === "hang") for (const socket of sockets) socket.write(" ");
      return sockets.size;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Starts one for datagrams. */
export async function startDatagrams(): Promise<
  { readonly port: number; readonly texts: readonly string[] } & AsyncDisposable
> {
  const texts: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (bytes) => texts.push(bytes.toString()));
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    port: socket.address().port,
    texts,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
