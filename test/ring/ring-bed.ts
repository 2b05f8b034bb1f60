import {
  type Batch,
  type Observation,
  observe,
  type RawEvent,
  WatchLineReader,
} from "../../src/event/index.ts";
import { EventRing, type RingLimits } from "../../src/ring/index.ts";
import { FakeClock } from "../support/fake-clock.ts";

export const MINUTE = 60_000;

/** An Event about a Pod of the namespace shop; `at` is in epoch milliseconds. */
export function rawEvent(version: number, at: number, more: object = {}): RawEvent {
  const time = new Date(at).toISOString();
  return {
    metadata: {
      name: `web.${version}`,
      namespace: "shop",
      uid: `u${version}`,
      resourceVersion: String(version),
    },
    involvedObject: { kind: "Pod", namespace: "shop", name: "web" },
    reason: "BackOff",
    message: `message ${version}`,
    type: "Warning",
    source: { component: "kubelet" },
    firstTimestamp: time,
    lastTimestamp: time,
    ...more,
  };
}

/** A ring that batches of one stream go into, as the source gives them. */
export class RingBed {
  readonly clock = new FakeClock();
  readonly ring: EventRing;
  /** Of the stream. */
  readUpTo: string | undefined;
  isLive = true;
  epoch = 0;
  /** Versions of lines that are ends of Events, which the source takes out. */
  ends: readonly string[] = [];

  constructor(limits?: Partial<RingLimits>) {
    const usual = { events: 50_000, bytes: 8 * 1024 * 1024, ageMs: 60 * MINUTE, blockBytes: 256 * 1024 };
    this.ring = new EventRing({ epoch: "e", clock: this.clock, limits: { ...usual, ...limits } });
  }

  /** Events of a watch, whose lines lie behind each other in one piece of memory that is used again afterwards. */
  watch(...events: readonly RawEvent[]): void {
    const bytes = Buffer.from(
      events.map((object) => `${JSON.stringify({ type: "ADDED", object })}\n`).join(""),
    );
    const reader = new WatchLineReader("prod");
    const observations: Observation[] = [];
    for (let from = 0; from < bytes.length;) {
      const to = bytes.indexOf("\n", from);
      const line = reader.read(bytes, from, to);
      if (line === undefined) throw new Error("not a line of a watch");
      if (!this.ends.includes(line.resourceVersion)) observations.push(line.observation);
      from = to + 1;
    }
    this.#record(observations, "watch");
    bytes.fill(0);
  }

  /** A whole list. */
  list(...events: readonly RawEvent[]): void {
    this.#record(
      events.map((event) => observe(event, "prod")),
      "list",
    );
  }

  /** Messages of the newest Events, newest first. */
  async messages(limit = 100): Promise<readonly string[]> {
    const { rows } = await this.ring.read({ since: 0, limit, matches: () => true });
    return rows.map(({ event }) => event.message);
  }

  #record(observations: readonly Observation[], via: Batch["via"]): void {
    const batch: Batch = {
      cluster: "prod",
      observations,
      via,
      position: undefined,
      scope: "core/",
      epoch: this.epoch,
      coverageStartAt: 0,
      historyBefore: undefined,
      listEnds: via === "list",
      receivedAt: this.clock.now(),
    };
    this.ring.record(batch, { readUpTo: this.readUpTo, isLive: this.isLive });
  }
}
