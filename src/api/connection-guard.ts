import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

import type { Clock } from "../lib/clock.ts";

/** Bounds of a server's connections. */
export interface ConnectionLimits {
  readonly most: number;
  /** From one address, of which a proxy has only one. */
  readonly mostPerPeer: number;
}

/** An answer that takes longer protects its connection no more. */
const LONGEST_ANSWER_MS = 30_000;

/** An event of a response, for its guard. */
const LEAVES = "tocsin-leaves-guard";

/** Connections of one peer, with the monotonic time since which their request is answered; undefined for none. */
type Connections = Map<Socket, number | undefined>;

/**
 * Bounds the connections of a server, so that one which only waits never keeps out another that asks: when there are
 * too many, of one peer or altogether, the one that has waited longest is closed, first of the peer with the most. A
 * new one is refused only when all others are being answered.
 */
export function guardConnections(server: Server, limits: ConnectionLimits, clock: Clock): void {
  const guard = new ConnectionGuard(limits, clock);
  server.on("connection", (socket: Socket) => guard.admit(socket));
  // Before the answer, which may leave the guard.
  server.prependListener("request", (request, response) => {
    const { socket } = request;
    guard.begin(socket);
    response.once("close", () => guard.end(socket));
    response.once(LEAVES, () => guard.forget(socket));
  });
}

/** Takes the connection of an answer out of its guard for good: the answer has no end, and bounds of its own. */
export function leaveGuard(response: ServerResponse): void {
  response.emit(LEAVES);
}

class ConnectionGuard {
  readonly #limits: ConnectionLimits;
  readonly #clock: Clock;
  /** Each peer's connections, those first that have been quiet longest. */
  readonly #peers = new Map<string, Connections>();
  readonly #peerOf = new WeakMap<Socket, string>();
  #count = 0;

  constructor(limits: ConnectionLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  admit(socket: Socket): void {
    const peer = socket.remoteAddress ?? "";
    if (!this.#makeRoom(peer)) {
      socket.destroy();
      return;
    }
    const own: Connections = this.#peers.get(peer) ?? new Map();
    this.#peers.set(peer, own.set(socket, undefined));
    this.#peerOf.set(socket, peer);
    this.#count += 1;
    socket.once("close", () => this.forget(socket));
  }

  /** A complete head of a request is there. */
  begin(socket: Socket): void {
    this.#renew(socket, this.#clock.monotonic());
  }

  /** Its answer has ended. */
  end(socket: Socket): void {
    this.#renew(socket, undefined);
  }

  #renew(socket: Socket, answeringSince: number | undefined): void {
    const own = this.#peers.get(this.#peerOf.get(socket) ?? "");
    if (own?.delete(socket) === true) own.set(socket, answeringSince);
  }

  #makeRoom(peer: string): boolean {
    const own = this.#peers.get(peer);
    if (own !== undefined && own.size >= this.#limits.mostPerPeer) return this.#close(own);
    if (this.#count < this.#limits.most) return true;
    const bySize = [...this.#peers.values()].toSorted((a, b) => b.size - a.size);
    return bySize.some((others) => this.#close(others));
  }

  /** Closes the one of these that has waited longest. @returns Whether there was one. */
  #close(connections: Connections): boolean {
    const now = this.#clock.monotonic();
    for (const [socket, answeringSince] of connections) {
      if (answeringSince !== undefined && now - answeringSince < LONGEST_ANSWER_MS) continue;
      this.forget(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  forget(socket: Socket): void {
    const peer = this.#peerOf.get(socket) ?? "";
    const own = this.#peers.get(peer);
    if (own?.delete(socket) !== true) return;
    this.#count -= 1;
    if (own.size === 0) this.#peers.delete(peer);
  }
}
