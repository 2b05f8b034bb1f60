import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { Clock } from "../lib/clock.ts";
import { TocsinError } from "../lib/errors.ts";
import { type ConnectionLimits, guardConnections } from "./connection-guard.ts";

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** How late the two above may be; Node looks every 30 s by default. */
const CHECKED_EVERY_MS = 2000;
/** Time for requests in flight once the listener stops. */
const STOP_GRACE_MS = 2000;

/** A place to listen at. Port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** One listening socket. Stopped → started → stopped; each only once. */
export class Listener {
  readonly #server: Server;
  readonly #key: string;
  readonly #listen: ListenAddress;
  readonly #clock: Clock;

  /** @param options.key Of the configuration, for messages: `server.listen`. */
  constructor(
    answer: RequestListener,
    options: {
      readonly key: string;
      readonly listen: ListenAddress;
      readonly limits: ConnectionLimits;
      readonly clock: Clock;
    },
  ) {
    const { key, listen, limits, clock } = options;
    this.#key = key;
    this.#listen = listen;
    this.#clock = clock;
    this.#server = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: CHECKED_EVERY_MS,
      },
      answer,
    );
    guardConnections(this.#server, limits, clock);
  }

  /** @throws {TocsinError} ERR_CONFIG_INVALID when the address is in use or not one of this machine. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const onError = (cause: NodeJS.ErrnoException): void => {
        reject(new TocsinError("ERR_CONFIG_INVALID", this.#cannotListen(cause), { cause }));
      };
      this.#server.once("error", onError);
      this.#server.listen(this.#listen.port, this.#listen.host, () => {
        this.#server.off("error", onError);
        resolve();
      });
    });
  }

  /** Ends when the last request is answered, or after two seconds. Safe to call twice. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    const cancel = this.#clock.after(STOP_GRACE_MS, () => this.#server.closeAllConnections());
    await closed;
    cancel();
  }

  /** `http://127.0.0.1:8080`, with the real port; undefined while not started. */
  get address(): string | undefined {
    // A listening TCP server has an AddressInfo; a string is only for pipes.
    const address = this.#server.address() as AddressInfo | null;
    if (address === null) return undefined;
    const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}`;
  }

  #cannotListen(cause: NodeJS.ErrnoException): string {
    const { host, port } = this.#listen;
    const place = `${this.#key}: ${host}:${port}`;
    if (cause.code === "EADDRINUSE") return `${place} is taken by another process; choose another port`;
    if (cause.code === "EACCES") return `${place} may not be opened by this user; choose a port above 1023`;
    if (cause.code === "EADDRNOTAVAIL") return `${place} is not an address of this machine`;
    return `${place} cannot be opened`;
  }
}
