import type { ServerResponse } from "node:http";

import type { Clock } from "../../lib/clock.ts";
import type { StreamTopic } from "../schemas/stream.ts";
import { toFrame } from "./to-frame.ts";

/** Proxies cut connections that are silent for 30 to 60 seconds. */
const HEARTBEAT_MS = 15_000;
const HEARTBEAT = Buffer.from(": \n\n");
/** A client that takes nothing for so long is gone. */
const STUCK_MS = 30_000;
/** So often it is asked again whether it may read. */
const ACCESS_MS = 60_000;
/** Longest stream: clients spread over the replicas anew. */
const LONGEST_MS = 30 * 60_000;
/** With more unsent bytes a client gets no further changes; it goes on later from where it is. */
const PAUSED_BYTES = 256 * 1024;
/** With more it is closed. */
const MOST_BYTES = 1024 * 1024;

/** The wishes and rights of a client. */
export interface StreamWishes {
  /** Its address; undefined for a proxy, which speaks for many. */
  readonly peer: string | undefined;
  readonly topics: ReadonlySet<StreamTopic>;
  /** The number of the newest change that it has. */
  readonly position: number;
  /** Whether its caller may read, by the configuration of now. */
  readonly mayStay: () => boolean;
}

/** One open stream. */
export class StreamClient {
  readonly peer: string | undefined;
  readonly topics: ReadonlySet<StreamTopic>;
  /** As text, to be compared. */
  readonly wants: string;
  position: number;
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #mayStay: () => boolean;
  readonly #openedAt: number;
  #sentAt: number;
  #askedAt: number;
  /** When it last took something, or had nothing to take. */
  #movedAt: number;
  #written = 0;
  #taken = 0;

  constructor(response: ServerResponse, { peer, topics, position, mayStay }: StreamWishes, clock: Clock) {
    this.peer = peer;
    this.topics = topics;
    this.wants = [...topics].toSorted().join();
    this.position = position;
    this.#response = response;
    this.#clock = clock;
    this.#mayStay = mayStay;
    const now = clock.monotonic();
    this.#openedAt = now;
    this.#sentAt = now;
    this.#askedAt = now;
    this.#movedAt = now;
  }

  get isOpen(): boolean {
    return !this.#response.writableEnded && !this.#response.destroyed;
  }

  /** Whether it takes further changes now. */
  get isReady(): boolean {
    return this.isOpen && this.#response.writableLength <= PAUSED_BYTES;
  }

  /** Sends whole frames; a client that has too much unsent is closed instead. */
  send(frames: string | Buffer): void {
    if (!this.isOpen) return;
    const bytes = typeof frames === "string" ? Buffer.from(frames) : frames;
    if (this.#response.writableLength + bytes.length > MOST_BYTES) {
      this.#cut();
      return;
    }
    this.#response.write(bytes);
    this.#written += bytes.length;
    this.#sentAt = this.#clock.monotonic();
  }

  /** Call it about once a second: keeps the connection alive, and ends it when its time or its right is over. */
  tend(): void {
    if (!this.isOpen) return;
    const now = this.#clock.monotonic();
    if (now - this.#openedAt >= LONGEST_MS) this.end("age");
    else if (now - this.#askedAt >= ACCESS_MS) this.askAgain();
    if (now - this.#sentAt >= HEARTBEAT_MS) this.send(HEARTBEAT);
    if (this.#isStuck(now)) this.#cut();
  }

  /** Ends it when its caller may no longer read. */
  askAgain(): void {
    this.#askedAt = this.#clock.monotonic();
    if (!this.#mayStay()) this.end("access");
  }

  /** Says goodbye, and waits for nobody who does not listen. */
  end(why: "stop" | "age" | "access"): void {
    if (!this.isOpen) return;
    this.#response.end(toFrame("bye", { why }));
    setImmediate(() => {
      if (!this.#response.writableFinished) this.#cut();
    });
  }

  #isStuck(now: number): boolean {
    const unsent = this.#response.writableLength;
    const taken = this.#written - unsent;
    if (unsent === 0 || taken > this.#taken) this.#movedAt = now;
    this.#taken = taken;
    return now - this.#movedAt >= STUCK_MS;
  }

  #cut(): void {
    this.#response.destroy();
  }
}
