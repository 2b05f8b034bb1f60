import type { WebSocket } from "undici";
import { z } from "zod";

import type { Clock } from "../../lib/clock.ts";
import { errorText } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";

/** Envelopes whose copies are known. */
const MOST_KNOWN = 256;

/** Bounds of the pause before a new connection. */
const PAUSE_MS = { shortest: 1000, longest: 30_000 } as const;

/** Slack ends each connection after about an hour; one that says nothing for so long is dead. */
const SILENCE_MS = 2 * 3_600_000;

const Envelope = z.object({
  type: z.string(),
  envelope_id: z.string().optional(),
  payload: z.unknown(),
  reason: z.string().optional(),
});

/** Collaborators of a `SocketMode`. */
export interface SocketModeDeps {
  /** The address of the next connection; asked for each. */
  readonly address: (signal: AbortSignal) => Promise<string>;
  readonly open: (url: string) => WebSocket;
  /** Called for each interactive envelope, once, after it was acknowledged. */
  readonly onInteraction: (payload: unknown) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * Slack's Socket Mode: interactions come over a connection that we open, so there is no inbound port
 * (https://docs.slack.dev/apis/events-api/using-socket-mode). Each envelope is acknowledged before anything else.
 */
export class SocketMode {
  readonly #deps: SocketModeDeps;
  readonly #stopping = new AbortController();
  /** Ids of the last envelopes: Slack sends one again when it saw no acknowledgement. */
  readonly #known = new Set<string>();
  #socket: WebSocket | undefined;
  #isTroubled = false;

  constructor(deps: SocketModeDeps) {
    this.#deps = deps;
  }

  /** Connects, and again whenever the connection ends, until `close`. */
  start(): void {
    void this.#run();
  }

  close(): void {
    this.#stopping.abort(new Error("the sink is closed"));
    this.#socket?.close();
  }

  async #run(): Promise<void> {
    const { clock, log, random } = this.#deps;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#connectOnce(signal);
      } catch (error) {
        if (!this.#isTroubled && !signal.aborted)
          log.warn("slack's buttons have no connection; trying again", { error: errorText(error) });
        this.#isTroubled = true;
      }
      if (signal.aborted) return;
      const pauseMs = PAUSE_MS.shortest + random() * (PAUSE_MS.longest - PAUSE_MS.shortest);
      await clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  /** Opens one connection; resolves when it has ended. */
  async #connectOnce(signal: AbortSignal): Promise<void> {
    const url = await this.#deps.address(signal);
    signal.throwIfAborted();
    const socket = this.#deps.open(url);
    this.#socket = socket;
    let cancel = this.#watch(socket);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.addEventListener("message", ({ data }) => {
          cancel();
          cancel = this.#watch(socket);
          this.#take(String(data), socket);
        });
        socket.addEventListener("close", () => resolve());
        socket.addEventListener("error", () => reject(new Error("the connection failed")));
      });
    } finally {
      cancel();
    }
  }

  #watch(socket: WebSocket): () => void {
    return this.#deps.clock.after(SILENCE_MS, () => socket.close());
  }

  #take(text: string, socket: WebSocket): void {
    const envelope = envelopeOf(text);
    if (envelope === undefined) return;
    const { type, envelope_id: id } = envelope;
    if (type === "hello") this.#hear();
    // A warning comes before the end of the connection, which Slack makes itself.
    if (type === "disconnect" && envelope.reason !== "warning") socket.close();
    if (id === undefined) return;
    socket.send(JSON.stringify({ envelope_id: id }));
    if (type !== "interactive" || !this.#isNew(id)) return;
    this.#deps.onInteraction(envelope.payload).catch((error: unknown) => {
      this.#deps.log.error("a click in slack could not be answered", { error: errorText(error) });
    });
  }

  #hear(): void {
    if (this.#isTroubled) this.#deps.log.info("slack's buttons are connected again");
    this.#isTroubled = false;
  }

  #isNew(id: string): boolean {
    if (this.#known.has(id)) return false;
    this.#known.add(id);
    const [oldest] = this.#known;
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    return true;
  }
}

function envelopeOf(text: string): z.infer<typeof Envelope> | undefined {
  try {
    return Envelope.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
