import type { Notification } from "../alert/index.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import { type ConfiguredSink, createSink, type SinkDeps } from "../sink/index.ts";
import type { Store } from "../store/index.ts";
import { createDeliveryMetrics, type DeliveryMetrics } from "./delivery-metrics.ts";
import { type SinkResult, ResultWriter } from "./result-writer.ts";
import { SinkRunner, type SinkStatus } from "./sink-runner.ts";

/** How long a sink that a reload replaces may finish its attempts. */
const RETIRE_MS = 30_000;

/** What delivery works with. */
export interface DeliveryOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Notifications have ended, one way or the other: `store.outcomes` tells how. */
  readonly onSettled: () => void;
  /** A notification or record has become a dead letter. @param error Without secrets. */
  readonly onDead?:
    | ((dead: { readonly id: string; readonly sink: string; readonly error: string }) => void)
    | undefined;
}

/** Sends what the store holds: one worker per sink, none of which waits for another. */
export interface Delivery {
  /**
   * Uses these sinks from now on. One whose version is the same goes on with its new texts; others are drained and
   * closed in the background. What still waits for sinks that are gone becomes dead letters.
   *
   * @throws {TocsinError} when a sink cannot be set up; the old ones go on then.
   */
  setSinks(sinks: readonly ConfiguredSink[], host: SinkDeps): void;
  /** Something was committed for these sinks. */
  wake(sinks: Iterable<string>): void;
  start(): void;
  /** Starts nothing new, waits up to `deadlineMs` for running attempts, gives the rest back and closes the sinks. */
  stop(deadlineMs: number): Promise<void>;
  /** One attempt past the queue, for when the store does not work; whether it was taken. Never rejects. */
  sendNow(sink: string, notification: Notification): Promise<boolean>;
  status(): readonly SinkStatus[];
}

/** Delivery that is not started and has no sinks yet. */
export function createDelivery(options: DeliveryOptions): Delivery {
  return new Runners(options);
}

class Runners implements Delivery {
  readonly #options: DeliveryOptions;
  readonly #metrics: DeliveryMetrics;
  readonly #results: ResultWriter;
  readonly #retiring = new Map<SinkRunner, Promise<void>>();
  #runners: ReadonlyMap<string, SinkRunner> = new Map();
  #configured: ReadonlyMap<string, ConfiguredSink> = new Map();
  #isStarted = false;

  constructor(options: DeliveryOptions) {
    const { store, clock, log, metrics } = options;
    this.#options = options;
    this.#metrics = createDeliveryMetrics(metrics, store, () => clock.now());
    this.#results = new ResultWriter({
      store,
      clock,
      log,
      onSettled: (settled) => this.#onResults(settled),
    });
  }

  setSinks(sinks: readonly ConfiguredSink[], host: SinkDeps): void {
    const next = new Map<string, SinkRunner>();
    const created: SinkRunner[] = [];
    try {
      for (const configured of sinks) {
        const old = this.#runners.get(configured.name);
        const runner = old?.version === configured.version ? old : this.#create(configured, host);
        if (runner !== old) created.push(runner);
        next.set(configured.name, runner);
      }
    } catch (error) {
      for (const runner of created) this.#retire(runner);
      throw error;
    }
    const gone = [...this.#runners.values()].filter((runner) => next.get(runner.name) !== runner);
    this.#runners = next;
    this.#configured = new Map(sinks.map((sink) => [sink.name, sink]));
    for (const { name, common } of sinks) next.get(name)?.useTexts(common);
    for (const runner of gone) this.#retire(runner);
    if (this.#isStarted) for (const runner of created) runner.start();
  }

  wake(sinks: Iterable<string>): void {
    for (const sink of sinks) {
      this.#runners.get(sink)?.wake("notification");
      this.#runners.get(sink)?.wake("record");
    }
  }

  start(): void {
    this.#isStarted = true;
    for (const runner of this.#runners.values()) runner.start();
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#isStarted = false;
    const runners = [...this.#runners.values(), ...this.#retiring.keys()];
    await Promise.all(runners.map((runner) => runner.stop(deadlineMs)));
    await Promise.all(this.#retiring.values());
    await this.#results.flush();
  }

  async sendNow(sink: string, notification: Notification): Promise<boolean> {
    return (await this.#runners.get(sink)?.sendNow(notification)) === true;
  }

  status(): readonly SinkStatus[] {
    return [...this.#runners.values()].map((runner) => runner.status());
  }

  #create(configured: ConfiguredSink, host: SinkDeps): SinkRunner {
    return new SinkRunner({
      ...this.#options,
      configured,
      sink: createSink(configured, host),
      scrub: (text) => host.scrubber.scrub(text),
      results: this.#results,
      metrics: this.#metrics,
      targetNamed: (name) => this.#configured.get(name),
      onCopied: (name) => this.wake([name]),
    });
  }

  /** Drains and closes a runner that is not used any more, in the background. */
  #retire(runner: SinkRunner): void {
    const { store, clock, log } = this.#options;
    const drain = async (): Promise<void> => {
      try {
        await runner.stop(RETIRE_MS);
        await this.#results.flush();
        if (!this.#runners.has(runner.name)) {
          await store.buryOrphans([...this.#runners.keys()], clock.now());
          this.#options.onSettled();
        }
      } catch (error) {
        log.error("a sink that is not used any more could not be closed", {
          sink: runner.name,
          error: errorText(error),
        });
      }
    };
    this.#retiring.set(
      runner,
      drain().finally(() => this.#retiring.delete(runner)),
    );
  }

  #onResults(settled: readonly SinkResult[]): void {
    for (const { sink, kind, settlement } of settled) {
      this.#runners.get(sink)?.wake(kind);
      if (settlement.outcome !== "dead") continue;
      this.#runners.get(sink)?.wakeFallback();
      this.#options.onDead?.({ id: settlement.id, sink, error: settlement.error });
    }
    const hasEnded = settled.some(
      ({ kind, settlement }) => kind === "notification" && settlement.outcome !== "retry",
    );
    if (hasEnded) this.#options.onSettled();
  }
}
