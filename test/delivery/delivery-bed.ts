import { z } from "zod";

import type { Changes, Notification, NotifiedAlert } from "../../src/alert/index.ts";
import { createDelivery, type Delivery, type DeliveryOptions } from "../../src/delivery/index.ts";
import { type Logger, silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { createScrubber } from "../../src/lib/scrub.ts";
import type {
  Attempt,
  ConfiguredSink,
  RecordOutcome,
  Sent,
  Sink,
  SinkDeps,
  SinkRecord,
} from "../../src/sink/index.ts";
import type { Outbox, StoreHost } from "../../src/store/index.ts";
import { makePolicy } from "../support/engine-bed.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type LosingHost, losingHost } from "../support/losing-host.ts";
import { OwnedStore } from "../support/owned-store.ts";
import { openSqliteHosts } from "../support/sqlite-hosts.ts";
import { intercept, wrapHost } from "../support/wrap-host.ts";

/** One call of a scripted sink. */
export interface Given {
  readonly at: number;
  readonly id: string;
  readonly title: string;
  readonly attempt: Attempt;
}

/** A destination that does what the test says, and remembers what it was given. */
export class ScriptedSink implements Sink {
  readonly given: Given[] = [];
  readonly written: { readonly at: number; readonly ids: readonly string[] }[] = [];
  readonly refreshed: { readonly at: number; readonly alerts: readonly NotifiedAlert[] }[] = [];
  /** The behaviour of `refresh`; by default the receiver takes all alerts. */
  onRefresh: () => Promise<void> = async () => undefined;
  closed = 0;
  running = 0;
  mostRunning = 0;
  /** The behaviour of `send`; by default it succeeds at once. */
  onSend: (notification: Notification, attempt: Attempt) => Promise<Sent> = async () => ({});
  /** The behaviour of `write`; by default it accepts all records. */
  onWrite: (records: readonly SinkRecord[], signal: AbortSignal) => Promise<readonly RecordOutcome[]> =
    async (records) => records.map(() => ({ ok: true }));
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  get ids(): string[] {
    return this.given.map(({ id }) => id);
  }

  get batches(): string[] {
    return this.written.map(({ ids }) => ids.join(" "));
  }

  send(notification: Notification, attempt: Attempt): Promise<Sent> {
    this.given.push({ at: this.#clock.now(), id: notification.id, title: notification.title, attempt });
    return this.#count(() => this.onSend(notification, attempt));
  }

  write(records: readonly SinkRecord[], signal: AbortSignal): Promise<readonly RecordOutcome[]> {
    this.written.push({ at: this.#clock.now(), ids: records.map(({ id }) => id) });
    return this.#count(() => this.onWrite(records, signal));
  }

  async refresh(alerts: readonly NotifiedAlert[]): Promise<void> {
    this.refreshed.push({ at: this.#clock.now(), alerts });
    await this.onRefresh();
  }

  async close(): Promise<void> {
    this.closed += 1;
  }

  async #count<Value>(run: () => Promise<Value>): Promise<Value> {
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      return await run();
    } finally {
      this.running -= 1;
    }
  }
}

/** One line of the log. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: unknown;
}

/**
 * Delivery over a real store, with scripted sinks, a clock that stands, and no jitter (each wait is at its longest).
 */
export class DeliveryBed {
  readonly clock: FakeClock;
  readonly metrics = new Metrics();
  readonly scrubber = createScrubber();
  readonly log: LogLine[] = [];
  /** As the engine has it; the sinks are held by the delivery. */
  readonly store: OwnedStore;
  readonly delivery: Delivery;
  /** The number of rings for ended deliveries. */
  settled = 0;
  /** Called before the delivery exchanges with the queue of a sink: results that it stores, rows that it asks for. */
  onExchange: Outbox["exchange"] = async () => ({ deliveries: [], records: [] });
  /** As configured now. */
  policy = makePolicy({ rules: "rules: [{ name: it, match: { reason: BackOff } }]" });
  /** Another process with the same store. */
  readonly rival: StoreHost;
  /** Called for each dead letter. */
  onDead: NonNullable<DeliveryOptions["onDead"]> = () => undefined;

  readonly #losing: LosingHost;

  private constructor(clock: FakeClock, inner: StoreHost, rival: StoreHost, store: OwnedStore) {
    this.#losing = losingHost(inner);
    const { host } = this.#losing;
    this.clock = clock;
    this.rival = rival;
    this.store = store;
    host.bell.on("outcomes/0", () => (this.settled += 1));
    this.delivery = createDelivery({
      host: wrapHost(host, (part) =>
        intercept(part, async (method, args) => {
          // The arguments of this very method.
          if (method === "exchange") await this.onExchange(...(args as Parameters<Outbox["exchange"]>));
        }),
      ),
      clock,
      random: () => 1 - Number.EPSILON,
      log: this.#logger(),
      metrics: this.metrics,
      policy: () => this.policy,
      onDead: (dead) => this.onDead(dead),
    });
  }

  static async open(path = ":memory:", clock = new FakeClock(1_000_000)): Promise<DeliveryBed> {
    const [host, rival] = openSqliteHosts({ path, clock, log: silentLogger, defer: queueMicrotask });
    return new DeliveryBed(clock, host, rival, await OwnedStore.of(host));
  }

  sink(): ScriptedSink {
    return new ScriptedSink(this.clock);
  }

  configure(
    name: string,
    sink: Sink,
    over: Partial<ConfiguredSink["common"]> = {},
    version = "1",
  ): ConfiguredSink {
    return {
      name,
      type: {
        type: "scripted",
        options: z.unknown(),
        takes: ["alerts", "records"],
        traits: () => ({ rateLimit: undefined, concurrency: 1 }),
        http: false,
        create: () => sink,
      },
      options: {},
      common: {
        timeoutMs: 10_000,
        attemptMs: 10_000,
        maxAgeMs: undefined,
        rateLimit: undefined,
        minSeverity: undefined,
        sendResolved: true,
        logs: true,
        merges: true,
        chooses: undefined,
        digest: undefined,
        fallback: undefined,
        concurrency: 1,
        totalConcurrency: over.concurrency ?? 1,
        lanes: {},
        isSingle: true,
        title: undefined,
        text: undefined,
        batch: { size: 1, waitMs: 1000 },
        ...over,
      },
      http: {},
      version,
    };
  }

  /**
   * As `configure`, for a sink whose notifications go to the destination that their title names first: `#a: it broke`.
   * The rest "edit" goes by the lane "edits", if `lanes` has it.
   */
  configureWithDestinations(
    name: string,
    sink: Sink,
    over: Partial<ConfiguredSink["common"]> = {},
  ): ConfiguredSink {
    const configured = this.configure(name, sink, { totalConcurrency: 16, isSingle: false, ...over });
    const destinationOf = ({ title }: Notification): string => title.split(":", 1)[0] ?? "";
    const laneOf = (remaining: unknown): string | undefined => (remaining === "edit" ? "edits" : undefined);
    return { ...configured, type: { ...configured.type, destinationOf, laneOf } };
  }

  get host(): SinkDeps {
    return {
      cluster: "test",
      clock: this.clock,
      log: silentLogger,
      env: {},
      scrubber: this.scrubber,
      resolvePath: (path) => path,
      stdout: async () => undefined,
      colour: false,
    };
  }

  /** Uses these sinks and starts. */
  start(...sinks: readonly ConfiguredSink[]): void {
    this.delivery.setSinks(sinks, this.host);
    this.delivery.start();
  }

  /** Commits; then lets everything run that needs no time. */
  async commit(changes: Partial<Changes>): Promise<void> {
    await this.store.commit(changes);
    await this.clock.advance(0);
  }

  /** The delivery does not hold the sink any more; the next in the queue gets it. */
  async loseSink(sink: string): Promise<void> {
    await this.#losing.lose(`sink/${sink}`);
    await this.clock.advance(0);
  }

  outcomes(): Promise<string[]> {
    return this.store.outcomes();
  }

  messages(level: string): string[] {
    return this.log.filter((line) => line.level === level).map(({ message }) => message);
  }

  async close(): Promise<void> {
    const stopped = this.delivery.stop(0);
    await this.clock.advance(1000);
    await stopped;
    await this.die();
  }

  /** The process ends, as by kill -9. */
  async die(): Promise<void> {
    this.#losing.die();
    await this.store.close();
    await this.rival.close();
  }

  #logger(): Logger {
    const say = (level: string) => (message: string, fields?: unknown) => {
      this.log.push({ level, message, fields });
    };
    return {
      debug: say("debug"),
      info: say("info"),
      warn: say("warn"),
      error: say("error"),
      child: () => this.#logger(),
    };
  }
}
