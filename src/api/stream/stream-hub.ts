import type { Response } from "express";

import { errorText } from "../../lib/errors.ts";
import type { Logger } from "../../lib/log.ts";
import type { ApiContext } from "../bridge.ts";
import type { StreamTopic } from "../schemas/stream.ts";
import { toInstant } from "../views/instant.ts";
import { StatusWatch } from "./status-watch.ts";
import { StreamClient, type StreamWishes } from "./stream-client.ts";
import { numberIn, toStreamId } from "./stream-id.ts";
import { tellChanges } from "./tell-changes.ts";
import { toFrame } from "./to-frame.ts";

const MOST_CLIENTS = 64;
/** Of one address, so that nobody takes all of them. */
const MOST_OF_PEER = 16;
/** The pause after changes were told: no alert comes more often. */
const PACE_MS = 1000;
/** Changes of groups with many alerts make clients read lists anew, but not more often than this. */
const RESYNC_EVERY_MS = 60_000;
/** A browser comes back after this time. */
const RETRY = "retry: 3000\n\n";

/** A request for a stream. */
export interface StreamRequest extends Pick<StreamWishes, "peer" | "topics" | "mayStay"> {
  /** The id of the newest event that the client has; undefined for none. */
  readonly after: string | undefined;
}

/** All open streams: what changes is read and written once for all of them. Without clients it does nothing. */
export class StreamHub {
  readonly #context: ApiContext;
  readonly #log: Logger;
  readonly #status: StatusWatch;
  readonly #clients = new Set<StreamClient>();
  #isRunning = false;
  #isStopped = false;
  #hasFailed = false;
  #configHash = "";
  #owesResync = false;
  #resyncAt = -Infinity;
  /** Ends the pause if it need not be kept. */
  #wake: () => void = () => undefined;
  #endPause: () => void = () => undefined;

  constructor(context: ApiContext, log: Logger) {
    this.#context = context;
    this.#log = log;
    this.#status = new StatusWatch(context);
  }

  /** Whether it takes a further client now. @param peer As in `StreamWishes`. */
  hasRoomFor(peer: string | undefined): boolean {
    if (this.#isStopped || this.#clients.size >= MOST_CLIENTS) return false;
    const own = [...this.#clients].filter((client) => client.peer === peer);
    return peer === undefined || own.length < MOST_OF_PEER;
  }

  /** The number of open streams. */
  get size(): number {
    return this.#clients.size;
  }

  /** Answers with a stream, from the place of the client on. @param response With its head. */
  open(response: Response, { after, peer, topics, mayStay }: StreamRequest): void {
    const { feed, clock, version } = this.#context;
    const known = after === undefined ? feed.last : numberIn(after, feed.epoch);
    const isLost = known === undefined || feed.since(known) === "too-old";
    const position = isLost ? feed.last : known;
    const client = new StreamClient(response, { peer, topics, position, mayStay }, clock);
    this.#clients.add(client);
    response.once("close", () => this.#clients.delete(client));
    const id = toStreamId(feed.epoch, position);
    const { epoch } = feed;
    const configHash = this.#hashInUse();
    if (!this.#isRunning) this.#configHash = configHash;
    const hello = { at: toInstant(clock.now()), version, configHash, epoch };
    client.send(RETRY + toFrame("hello", hello, id) + (isLost ? toFrame("resync", {}, id) : ""));
    if (this.#isRunning) this.#wake();
    else void this.#run();
  }

  /** Ends every stream at once, and opens none any more. */
  stop(): void {
    this.#isStopped = true;
    for (const client of this.#clients) client.end("stop");
    this.#clients.clear();
    this.#endPause();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const unsubscribe = this.#context.feed.subscribe(() => this.#wake());
    try {
      while (this.#clients.size > 0) {
        const hasTold = await this.#look();
        await this.#pause(!hasTold);
      }
    } finally {
      unsubscribe();
      this.#isRunning = false;
    }
  }

  /** @returns Whether changes were told, so that the next ones have to wait. */
  async #look(): Promise<boolean> {
    try {
      for (const client of this.#clients) client.tend();
      this.#tellConfiguration();
      this.#context.reviewAlerts();
      const { hasTold, isPartial } = await tellChanges(this.#clients, this.#context);
      if (isPartial) this.#owesResync = true;
      this.#tellOfResync();
      await this.#tellStatus();
      this.#hasFailed = false;
      return hasTold;
    } catch (error) {
      if (!this.#hasFailed)
        this.#log.warn("the streams of the API cannot go on", { error: errorText(error) });
      this.#hasFailed = true;
      return true;
    }
  }

  async #pause(mayWake: boolean): Promise<void> {
    if (this.#clients.size === 0 || (mayWake && this.#hasNews())) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#context.clock.after(PACE_MS, resolve);
    this.#endPause = resolve;
    this.#wake = mayWake ? resolve : () => undefined;
    await promise;
    cancel();
  }

  /** Whether something has changed since the last look began. */
  #hasNews(): boolean {
    const { last } = this.#context.feed;
    return [...this.#clients].some(({ isReady, position }) => isReady && position < last);
  }

  #tellConfiguration(): void {
    const configHash = this.#hashInUse();
    if (configHash === this.#configHash) return;
    this.#configHash = configHash;
    // A token may be gone.
    for (const client of this.#clients) client.askAgain();
    this.#tell("config", toFrame("config", { configHash }));
  }

  async #tellStatus(): Promise<void> {
    if (![...this.#clients].some(({ topics }) => topics.has("status"))) return;
    const status = await this.#status.news();
    if (status !== undefined) this.#tell("status", toFrame("status", status));
  }

  #tellOfResync(): void {
    const now = this.#context.clock.monotonic();
    if (!this.#owesResync || now - this.#resyncAt < RESYNC_EVERY_MS) return;
    this.#owesResync = false;
    this.#resyncAt = now;
    this.#tell("alerts", toFrame("resync", {}));
  }

  /** Events without an id: they are of this moment, and nobody resumes from them. */
  #tell(topic: StreamTopic, frame: string): void {
    const bytes = Buffer.from(frame);
    for (const client of this.#clients) if (client.topics.has(topic)) client.send(bytes);
  }

  #hashInUse(): string {
    return this.#context.configuration().origin.hash;
  }
}
