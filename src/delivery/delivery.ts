import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import { type ConfiguredSink, createSink, type SinkHost } from "../sink/index.ts";
import type { Store } from "../store/index.ts";
import { createDeliveryMetrics } from "./delivery-metrics.ts";
import { Settler } from "./settler.ts";
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
}

/** Sends what the store holds: one worker per sink, none of which waits for another. */
export interface Delivery {
  /**
   * Uses these sinks from now on. One whose version is the same goes on with its new texts; others are drained and
   * closed in the background. What still waits for sinks that are gone becomes dead letters.
   *
   * @throws {TocsinError} when a sink cannot be set up; the old ones go on then.
   */
  setSinks(sinks: readonly ConfiguredSink[], host: SinkHost): void;
  /** Something was committed for these sinks. */
  wake(sinks: Iterable<string>): void;
  start(): void;
  /** Starts nothing new, waits up to `deadlineMs` for running attempts, gives the rest back and closes the sinks. */
  stop(deadlineMs: number): Promise<void>;
  status(): readonly SinkStatus[];
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const { store, clock, random, log } = options;
  const metrics = createDeliveryMetrics(options.metrics, store, () => clock.now());
  let runners: ReadonlyMap<string, SinkRunner> = new Map();
  const retiring = new Set<Promise<void>>();
  let isStarted = false;

  const settler = new Settler({
    store,
    clock,
    log,
    onSettled: (settled) => {
      for (const { sink, kind } of settled) runners.get(sink)?.wake(kind);
      const hasEnded = settled.some(
        ({ kind, settlement }) => kind === "notification" && settlement.outcome !== "retry",
      );
      if (hasEnded) options.onSettled();
    },
  });

  const create = (configured: ConfiguredSink, host: SinkHost): SinkRunner =>
    new SinkRunner({
      configured,
      sink: createSink(configured, host),
      scrub: (text) => host.scrubber.scrub(text),
      store,
      settler,
      clock,
      random,
      log,
      metrics,
    });
  const retire = async (runner: SinkRunner): Promise<void> => {
    try {
      await runner.stop(RETIRE_MS);
      await settler.flush();
      if (!runners.has(runner.name)) await store.buryOrphans([...runners.keys()], clock.now());
    } catch (error) {
      log.error("a sink that is not used any more could not be closed", {
        sink: runner.name,
        error: errorText(error),
      });
    }
  };

  return {
    setSinks: (sinks, host) => {
      const kept = new Map<string, SinkRunner>();
      const created: SinkRunner[] = [];
      try {
        for (const configured of sinks) {
          const old = runners.get(configured.name);
          const runner = old?.version === configured.version ? old : create(configured, host);
          if (runner !== old) created.push(runner);
          kept.set(configured.name, runner);
        }
      } catch (error) {
        for (const runner of created) void retire(runner);
        throw error;
      }
      const gone = [...runners.values()].filter((runner) => kept.get(runner.name) !== runner);
      runners = kept;
      for (const { name, common } of sinks) kept.get(name)?.useTexts(common);
      for (const runner of gone) {
        const ended = retire(runner).finally(() => retiring.delete(ended));
        retiring.add(ended);
      }
      if (isStarted) for (const runner of created) runner.start();
    },
    wake: (sinks) => {
      for (const sink of sinks) {
        runners.get(sink)?.wake("notification");
        runners.get(sink)?.wake("record");
      }
    },
    start: () => {
      isStarted = true;
      for (const runner of runners.values()) runner.start();
    },
    stop: async (deadlineMs) => {
      isStarted = false;
      await Promise.all([...[...runners.values()].map((runner) => runner.stop(deadlineMs)), ...retiring]);
      await settler.flush();
    },
    status: () => [...runners.values()].map((runner) => runner.status()),
  };
}
