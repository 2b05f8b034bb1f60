import type { Notification, Policy } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";
import { Deadline } from "../lib/deadline.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import { type ConfiguredSink, createSink, type SinkDeps } from "../sink/index.ts";
import type { StoreHost } from "../store/index.ts";
import { createDeliveryMetrics, type DeliveryMetrics } from "./delivery-metrics.ts";
import { openAlerts } from "./open-alerts.ts";
import { SinkQueue, type SinkResult } from "./sink-queue.ts";
import { SinkRunner } from "./sink-runner.ts";
import type { SinkStatus } from "./sink-status.ts";

/** Time that the attempts of a replaced sink have to end after a reload. */
const RETIRE_MS = 30_000;

/** The pause before a lost sink is set up again, so that other processes come first. */
const AFTER_LOSS_MS = 1000;

/** How long to wait for an unconfigured sink. Another process that holds it buries the waiting rows itself. */
const ORPHAN_WITHIN_MS = 1000;

/** The collaborators of delivery. */
export interface DeliveryOptions {
  readonly host: Pick<StoreHost, "hold" | "queries" | "bell">;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** As configured now: its rules have the texts of open alerts, for receivers that are told them again and again. */
  readonly policy: () => Pick<Policy, "rules">;
  /** Called when a notification or record has become a dead letter. `error` is without secrets. */
  readonly onDead?:
    | ((dead: { readonly id: string; readonly sink: string; readonly error: string }) => void)
    | undefined;
}

/**
 * Sends the notifications and records that wait in the store. Each sink has its own workers, so none waits for another.
 * Another process sends for the sinks that it holds; this one waits until it holds them again.
 */
export interface Delivery {
  /**
   * Uses these sinks from now on. A sink of the same version goes on, with its new texts. Replaced and removed ones are
   * drained and closed in the background.
   *
   * @throws {TocsinError} when a sink cannot be set up; then the old ones go on.
   */
  setSinks(sinks: readonly ConfiguredSink[], host: SinkDeps): void;
  start(): void;
  /**
   * Makes dead letters of the rows of sinks that the configuration no longer has. Waits until no other process holds
   * them.
   */
  buryOrphans(): Promise<void>;
  /**
   * Starts no attempt any more, waits up to `deadlineMs` for running ones, gives other rows back and closes the sinks.
   */
  stop(deadlineMs: number): Promise<void>;
  /**
   * Makes one attempt without the queue, for messages about a store that does not work. Never rejects.
   *
   * @returns Whether the receiver accepted the message.
   */
  sendNow(sink: string, notification: Notification): Promise<boolean>;
  status(): readonly SinkStatus[];
}

/** Creates delivery without sinks, and not started. */
export function createDelivery(options: DeliveryOptions): Delivery {
  return new Runners(options);
}

class Runners implements Delivery {
  readonly #options: DeliveryOptions;
  readonly #metrics: DeliveryMetrics;
  readonly #stopping = new AbortController();
  readonly #retiring = new Map<SinkRunner, Promise<void>>();
  /** Keyed by name of the sink: configured ones, and removed ones that are still being drained. */
  readonly #queues = new Map<string, SinkQueue>();
  readonly #endListening = new Map<string, () => void>();
  #runners: ReadonlyMap<string, SinkRunner> = new Map();
  #configured: ReadonlyMap<string, ConfiguredSink> = new Map();
  #deps: SinkDeps | undefined;
  #isStarted = false;

  constructor(options: DeliveryOptions) {
    const { host, clock, metrics } = options;
    this.#options = options;
    this.#metrics = createDeliveryMetrics(metrics, host.queries, () => clock.now());
  }

  setSinks(sinks: readonly ConfiguredSink[], deps: SinkDeps): void {
    const next = new Map<string, SinkRunner>();
    const created: SinkRunner[] = [];
    try {
      for (const configured of sinks) {
        const old = this.#runners.get(configured.name);
        const runner = old?.version === configured.version ? old : this.#create(configured, deps);
        if (runner !== old) created.push(runner);
        next.set(configured.name, runner);
      }
    } catch (error) {
      for (const runner of created) this.#retire(runner);
      throw error;
    }
    const gone = [...this.#runners.values()].filter((runner) => next.get(runner.name) !== runner);
    this.#runners = next;
    this.#deps = deps;
    this.#configured = new Map(sinks.map((sink) => [sink.name, sink]));
    for (const { name, common } of sinks) next.get(name)?.useTexts(common);
    for (const runner of gone) this.#retire(runner);
    if (this.#isStarted) for (const runner of created) void this.#begin(runner);
  }

  start(): void {
    this.#isStarted = true;
    for (const runner of this.#runners.values()) void this.#begin(runner);
  }

  async buryOrphans(): Promise<void> {
    const depths = await this.#options.host.queries.depths();
    const orphans = depths.filter(({ sink, waiting }) => waiting > 0 && !this.#runners.has(sink));
    let buried = 0;
    for (const { sink } of orphans) buried += await this.#bury(sink);
    if (buried === 0) return;
    this.#options.log.warn("deliveries of sinks that are gone are dead letters now", { deliveries: buried });
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#isStarted = false;
    this.#stopping.abort(new Error("delivery stops"));
    const runners = [...this.#runners.values(), ...this.#retiring.keys()];
    await Promise.all(runners.map((runner) => runner.stop(deadlineMs)));
    await Promise.all(this.#retiring.values());
    for (const name of this.#queues.keys()) await this.#close(name);
  }

  async sendNow(sink: string, notification: Notification): Promise<boolean> {
    return (await this.#runners.get(sink)?.sendNow(notification)) === true;
  }

  status(): readonly SinkStatus[] {
    return [...this.#runners.values()].map((runner) => runner.status());
  }

  #create(configured: ConfiguredSink, deps: SinkDeps): SinkRunner {
    const { host, clock, policy } = this.#options;
    const forOpen = { queries: host.queries, policy, now: () => clock.now() };
    return new SinkRunner({
      ...this.#options,
      openAlerts: () => openAlerts(configured.name, forOpen),
      configured,
      sink: createSink(configured, deps),
      scrub: (text) => deps.scrubber.scrub(text),
      queue: this.#queueOf(configured.name),
      metrics: this.#metrics,
      targetNamed: (name) => this.#configured.get(name),
    });
  }

  /** The queue of a sink by name. The runners before and after a reload share it. */
  #queueOf(name: string): SinkQueue {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const queue = new SinkQueue({
      ...this.#options,
      sink: name,
      onResults: (results) => this.#onResults(name, results),
      onLost: (error) => this.#onLost(name, error),
    });
    this.#queues.set(name, queue);
    this.#endListening.set(
      name,
      this.#options.host.bell.on(`sink/${name}`, () => this.#wake(name)),
    );
    return queue;
  }

  async #close(name: string): Promise<void> {
    const queue = this.#queues.get(name);
    this.#queues.delete(name);
    this.#endListening.get(name)?.();
    this.#endListening.delete(name);
    await queue?.close();
  }

  async #begin(runner: SinkRunner): Promise<void> {
    const isHeld = await this.#queueOf(runner.name).open();
    if (isHeld && this.#isStarted && this.#runners.get(runner.name) === runner) runner.start();
  }

  #wake(name: string): void {
    this.#runners.get(name)?.wake("notification");
    this.#runners.get(name)?.wake("record");
  }

  async #bury(sink: string): Promise<number> {
    const { host, clock } = this.#options;
    const own = this.#queues.get(sink);
    if (own !== undefined) return own.outbox.buryOrphans(clock.now());
    using deadline = new Deadline(clock, ORPHAN_WITHIN_MS, {
      reason: () => new Error("another process holds it"),
      signal: this.#stopping.signal,
    });
    const holding = await host.hold(`sink/${sink}`, deadline.signal).catch((error: unknown) => {
      if (deadline.signal.aborted) return undefined;
      throw error;
    });
    if (holding === undefined) return 0;
    try {
      return await holding.outbox.buryOrphans(clock.now());
    } finally {
      await holding.release();
    }
  }

  /** Drains and closes a replaced runner in the background. */
  #retire(runner: SinkRunner): void {
    const { log } = this.#options;
    const drain = async (): Promise<void> => {
      try {
        await runner.stop(RETIRE_MS);
        await this.#queues.get(runner.name)?.flush();
        if (this.#runners.has(runner.name)) return;
        await this.#close(runner.name);
        await this.buryOrphans();
      } catch (error) {
        log.error("a sink that is not used any more could not be closed", {
          sink: runner.name,
          error: errorText(error),
        });
      }
    };
    this.#endInBackground(runner, drain());
  }

  /** Lets the end of a runner go on in the background; `stop` waits for it. */
  #endInBackground(runner: SinkRunner, work: Promise<void>): void {
    const before = this.#retiring.get(runner);
    const end = async (): Promise<void> => {
      await Promise.all([before, work]);
      if (this.#retiring.get(runner) === all) this.#retiring.delete(runner);
    };
    const all = end();
    this.#retiring.set(runner, all);
  }

  #onResults(sink: string, results: readonly SinkResult[]): void {
    const runner = this.#runners.get(sink);
    for (const { kind, settlement } of results) {
      runner?.wake(kind);
      if (settlement.outcome !== "dead") continue;
      runner?.wakeFallback();
      this.#options.onDead?.({ id: settlement.id, sink, error: settlement.error });
    }
  }

  /** Stops all runners of a lost sink: its next holder sends the waiting rows. A new runner waits to hold the sink again. */
  #onLost(sink: string, error: unknown): void {
    const { log } = this.#options;
    log.warn("another process holds a sink now; waiting for it", { sink, error: errorText(error) });
    const lost = this.#runners.get(sink);
    const ending = [...this.#runners.values(), ...this.#retiring.keys()]
      .filter((runner) => runner.name === sink)
      .map((runner) => runner.abandon());
    if (lost === undefined) return;
    const replace = async (): Promise<void> => {
      await Promise.all([...ending, this.#close(sink)]);
      await this.#replace(lost);
    };
    this.#endInBackground(lost, replace());
  }

  /** Makes a new runner for a lost sink. Its pace and circuit breaker begin anew. */
  async #replace(lost: SinkRunner): Promise<void> {
    const { clock, log } = this.#options;
    const { name } = lost;
    const { signal } = this.#stopping;
    for (;;) {
      await clock.sleep(AFTER_LOSS_MS, signal).catch(() => undefined);
      if (signal.aborted || this.#deps === undefined) return;
      const configured = this.#configured.get(name);
      // A reload has replaced or removed the sink meanwhile.
      if (configured === undefined || this.#runners.get(name) !== lost) return;
      try {
        const runner = this.#create(configured, this.#deps);
        this.#runners = new Map(this.#runners).set(name, runner);
        void this.#begin(runner);
        return;
      } catch (error) {
        log.error("a sink cannot be set up again; trying again", { sink: name, error: errorText(error) });
      }
    }
  }
}
