import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stringify } from "yaml";

import type { Fact, Notification, Silence } from "../../src/alert/index.ts";
import { type Configuration, loadConfiguration } from "../../src/config/index.ts";
import { createDelivery, type Delivery } from "../../src/delivery/index.ts";
import { normalise, observe, type Position, type RawEvent } from "../../src/event/index.ts";
import { formatFinding } from "../../src/lib/finding.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { createScrubber } from "../../src/lib/scrub.ts";
import { Pipeline } from "../../src/pipeline/index.ts";
import type { ConfiguredSink, Sent, Sink } from "../../src/sink/index.ts";
import type { EventSource, SourceMessage } from "../../src/source/index.ts";
import { giveCommand, openSqliteStore, type Queries, type StoreHost } from "../../src/store/index.ts";
import { type EventSketch, SECOND, START, toRawEvent } from "../support/event-sketch.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { wrapHost } from "../support/wrap-host.ts";

const TTL_MS = 3_600_000;

/** The API server: it keeps Events for an hour, lists them, and tells of changes while the line is up. */
class VirtualServer implements EventSource {
  readonly events = new Map<string, RawEvent>();
  isUp = true;
  version = 1000;
  readonly #clock: FakeClock;
  readonly #messages: SourceMessage[] = [];
  #wake: () => void = () => undefined;

  readonly #start: number;

  constructor(clock: FakeClock, start: number) {
    this.#clock = clock;
    this.#start = start;
  }

  /** Events are written together, or with `singly` each is a state of its own for the watch. */
  write(raws: readonly RawEvent[]): void {
    for (const raw of raws) {
      const { namespace, name } = normalise(raw, "test");
      this.events.set(`${namespace}/${name}`, raw);
    }
    if (this.isUp) this.#put(this.#batch(raws, "watch"));
  }

  /** A new process, or a line that is up again: everything that is still there is listed. */
  connect(): void {
    this.isUp = true;
    const now = this.#clock.now();
    this.expire();
    this.#put(this.#batch([...this.events.values()], "list"), {
      kind: "live",
      cluster: "test",
      scope: "core/",
      at: now,
    });
  }

  /** Forgets Events that were not written for an hour. */
  expire(): void {
    for (const [name, raw] of this.events)
      if (normalise(raw, "test").lastSeenAt + TTL_MS < this.#clock.now()) this.events.delete(name);
  }

  disconnect(): void {
    this.isUp = false;
    this.#put({
      kind: "gap",
      cluster: "test",
      scope: "core/",
      at: this.#clock.now(),
      cause: "the line is down",
    });
  }

  /** Drops the messages that were not taken yet: they end with the process. */
  clear(): void {
    this.#messages.length = 0;
    this.#wake();
  }

  async *messages(signal: AbortSignal): AsyncGenerator<SourceMessage> {
    signal.addEventListener("abort", () => this.#wake());
    while (!signal.aborted) {
      const message = this.#messages.shift();
      if (message === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else yield message;
    }
  }

  ack(): void {
    // It forgets nothing but by age.
  }

  status(): [] {
    return [];
  }

  #put(...messages: readonly SourceMessage[]): void {
    this.#messages.push(...messages);
    this.#wake();
  }

  #batch(raws: readonly RawEvent[], via: "list" | "watch"): SourceMessage {
    const now = this.#clock.now();
    const position: Position = {
      cluster: "test",
      scope: "core/",
      clusterId: "c",
      epoch: 0,
      resourceVersion: String(this.version),
      coverageStartAt: this.#start - TTL_MS,
      updatedAt: now,
    };
    return {
      kind: "batch",
      batch: {
        cluster: "test",
        observations: raws.map((event) => observe(event, "test")),
        via,
        position,
        scope: "core/",
        epoch: 0,
        coverageStartAt: this.#start - TTL_MS,
        historyBefore: undefined,
        listEnds: via === "list",
        receivedAt: now,
      },
    };
  }
}

/** A message that a receiver has taken. `at` is in seconds from the start. */
export interface Taken {
  readonly at: number;
  readonly sink: string;
  readonly notification: Notification;
}

/** The receiver of a message: it accepts the message, or throws. */
export type Reception = (notification: Notification, sink: string) => Promise<Sent>;

/** One process. */
interface Running {
  readonly host: StoreHost;
  readonly pipeline: Pipeline;
  readonly delivery: Delivery;
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

/** How a test sets the bridge up: sections of `tocsin.yaml`; the rest has the product's defaults. */
export type Sections = Readonly<Record<string, unknown>> & { readonly rules: unknown };

/**
 * The whole bridge in virtual time: the configuration as a file, the pipeline, SQLite on disk and the delivery, between
 * an API server that a test writes Events to and receivers that do what it says.
 */
export class BridgeBed implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly server: VirtualServer;
  readonly taken: Taken[] = [];
  /** Attempts of every sink, in seconds from the start, with any result. */
  readonly attempts: { readonly at: number; readonly sink: string; readonly id: string }[] = [];
  /** Of the process that runs. */
  metrics = new Metrics();
  /** The receiver of all sinks; by default it accepts every message at once. */
  receive: Reception = async () => ({});
  readonly #directory = mkdtempSync(join(tmpdir(), "tocsin-acceptance-"));
  #configuration: Configuration | undefined;
  #running: Running | undefined;
  readonly #start: number;
  /** Wraps the engine's store and each outbox; a test may let them fail by it. */
  wrapStore: <Part extends object>(part: Part) => Part = (part) => part;
  #ids = 0;

  /** The state of an object, by its key, at a second from the start; undefined: nothing is looked up. */
  #states: ((object: string, second: number) => Fact["found"]) | undefined;

  /** @param start Epoch milliseconds. @param states Answers look-ups of states. */
  static async open(
    sections: Sections,
    start = START,
    states?: (object: string, second: number) => Fact["found"],
  ): Promise<BridgeBed> {
    const bed = new BridgeBed(start);
    bed.#states = states;
    bed.#configuration = await bed.#load(sections);
    await bed.start();
    return bed;
  }

  private constructor(start: number) {
    this.#start = start;
    this.clock = new FakeClock(start);
    this.server = new VirtualServer(this.clock, start);
  }

  get queries(): Queries {
    return this.#live.host.queries;
  }

  get pipeline(): Pipeline {
    return this.#live.pipeline;
  }

  /** Seconds from the start. */
  get now(): number {
    return (this.clock.now() - this.#start) / SECOND;
  }

  /** `at kind/trigger sink: alerts` of everything that receivers have taken. */
  get told(): readonly string[] {
    return this.taken.map(({ at, sink, notification: { kind, trigger, alerts, alertsOmitted } }) => {
      return `${at} ${kind}/${trigger} ${sink}: ${alerts.length + alertsOmitted}`;
    });
  }

  /** Lets virtual time pass, in seconds from the start. */
  async until(second: number): Promise<void> {
    await this.clock.advance(Math.max(0, this.#start + second * SECOND - this.clock.now()));
  }

  /** Lets time pass and then has Events written, in one instant. */
  async at(second: number, ...sketches: readonly EventSketch[]): Promise<void> {
    await this.until(second);
    this.write(...sketches);
    await this.clock.advance(0);
  }

  /** Lets a whole story happen. */
  async tell(story: readonly { readonly at: number; readonly sketch: EventSketch }[]): Promise<void> {
    const byTime = Map.groupBy(story, ({ at }) => at);
    for (const [at, happenings] of [...byTime].toSorted(([a], [b]) => a - b))
      await this.at(at, ...happenings.map(({ sketch }) => sketch));
  }

  /** Has Events written now; what follows happens when time passes. */
  write(...sketches: readonly EventSketch[]): void {
    this.server.expire();
    const before = (name: string): ReturnType<typeof normalise> | undefined => {
      const raw = this.server.events.get(name);
      return raw === undefined ? undefined : normalise(raw, "test");
    };
    for (const sketch of sketches) {
      const version = ++this.server.version;
      this.server.write([toRawEvent(sketch, { now: this.clock.now(), version, before })]);
    }
  }

  /** Has Events written now, all in one batch of the watch. */
  writeTogether(raws: readonly EventSketch[]): void {
    this.server.write(
      raws.map((sketch) =>
        toRawEvent(sketch, {
          now: this.clock.now(),
          version: ++this.server.version,
          before: () => undefined,
        }),
      ),
    );
  }

  /** The process dies: nothing is finished, nothing said. */
  async kill(): Promise<void> {
    const { host, delivery, stopping, ended } = this.#live;
    this.#running = undefined;
    this.server.clear();
    stopping.abort();
    const stopped = delivery.stop(0);
    await this.clock.advance(0);
    // A call that hangs in the store never ends.
    const hangs = this.clock.advance(0).then(() => this.clock.advance(0));
    await Promise.race([Promise.all([ended, stopped]), hangs]);
    await host.close();
  }

  /** A process on what was committed; it lists first. */
  async start(): Promise<void> {
    const { clock, server } = this;
    const configuration = this.#configuration;
    if (configuration === undefined) throw new Error("there is no configuration");
    const path = join(this.#directory, "state.db");
    const host = wrapHost(
      await openSqliteStore({ path, clock, log: silentLogger, defer: queueMicrotask }),
      this.wrapStore,
    );
    const { store } = await host.hold("engine/0", new AbortController().signal);
    const stopping = new AbortController();
    this.metrics = new Metrics();
    const delivery = createDelivery({
      host,
      clock,
      random: () => 1 - Number.EPSILON,
      log: silentLogger,
      metrics: new Metrics(),
      policy: () => (this.#configuration ?? configuration).policy,
    });
    const pipeline = new Pipeline({
      policy: () => (this.#configuration ?? configuration).policy,
      positions: await store.positions(),
      store,
      partition: 0,
      bell: host.bell,
      source: server,
      eventTtlMs: TTL_MS,
      learnsOwners: true,
      lookUp: undefined,
      stateLookUp: this.#states && {
        ask: (inquiries, onFact) => {
          for (const { object } of inquiries)
            onFact({ object, at: clock.now(), found: this.#states?.(object, this.now) ?? "unknown" });
        },
        close: () => undefined,
      },
      silenceAnnotations: false,
      onCommitted: () => undefined,
      onRefused: () => undefined,
      newId: () => `id-${++this.#ids}`,
      clock,
      log: silentLogger,
      metrics: this.metrics,
      signal: stopping.signal,
    });
    this.#setSinks(delivery, configuration);
    delivery.start();
    await pipeline.load();
    this.#running = { host, pipeline, delivery, stopping, ended: pipeline.run() };
    if (server.isUp) server.connect();
    await clock.advance(0);
  }

  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** A changed configuration comes into use. @throws {Error} with what is wrong with it; the old one goes on then. */
  async reload(sections: Sections): Promise<void> {
    const { delivery } = this.#live;
    const configuration = await this.#load(sections);
    this.#configuration = configuration;
    this.#setSinks(delivery, configuration);
    await this.#give({ kind: "reload" });
  }

  /** Makes a silence; it is durable when this returns. */
  async silence(silence: Silence): Promise<void> {
    await this.#give({ kind: "silence", silence });
  }

  async #give(what: { kind: "reload" } | { kind: "silence"; silence: Silence }): Promise<void> {
    const { clock } = this;
    const command = { ...what, id: `command-${++this.#ids}` };
    const given = giveCommand(this.#live.host, command, { clock, withinMs: 1000 });
    await clock.advance(0);
    await given;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#running !== undefined) await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #live(): Running {
    if (this.#running === undefined) throw new Error("the bridge does not run");
    return this.#running;
  }

  async #load(sections: Sections): Promise<Configuration> {
    const file = join(this.#directory, "tocsin.yaml");
    const usual = { cluster: "test", sinks: [{ name: "ops", type: "stdout" }], route: { sinks: ["ops"] } };
    writeFileSync(file, stringify({ ...usual, ...sections }));
    const loaded = await loadConfiguration({
      file,
      env: {},
      cwd: this.#directory,
      builtinWithoutFile: false,
    });
    if (loaded.configuration === undefined) throw new Error(loaded.findings.map(formatFinding).join("\n"));
    return loaded.configuration;
  }

  #setSinks(delivery: Delivery, { sinks }: Configuration): void {
    delivery.setSinks(
      sinks.map((sink) => this.#scripted(sink)),
      {
        cluster: "test",
        clock: this.clock,
        log: silentLogger,
        env: {},
        scrubber: createScrubber(),
        resolvePath: (path) => path,
        stdout: async () => undefined,
        colour: false,
      },
    );
  }

  /** The sink as configured, but for its destination. */
  #scripted(sink: ConfiguredSink): ConfiguredSink {
    const destination: Sink = {
      send: async (notification) => {
        this.attempts.push({ at: this.now, sink: sink.name, id: notification.id });
        const sent = await this.receive(notification, sink.name);
        this.taken.push({ at: this.now, sink: sink.name, notification });
        return sent;
      },
      write: async (records) => records.map(() => ({ ok: true })),
      close: async () => undefined,
    };
    return { ...sink, type: { ...sink.type, create: () => destination } };
  }
}
