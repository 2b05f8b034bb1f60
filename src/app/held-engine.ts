import type { Configuration } from "../config/index.ts";
import type { Position } from "../event/index.ts";
import { AlertCounts, type CountedState, type Feed } from "../feed/index.ts";
import type { ApiClient } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/hash.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import { LookUp } from "../lookup/index.ts";
import { Pipeline } from "../pipeline/index.ts";
import type { SelfMonitor } from "../self/index.ts";
import { createKubernetesSource, type EventSource } from "../source/index.ts";
import type { Bell, EngineHolding, HeldWork } from "../store/index.ts";

/** Collaborators and values of an engine; those of the process, which outlive it. */
export interface HeldEngineDeps {
  /** The name of the cluster whose Events the source reads. */
  readonly cluster: string;
  readonly client: ApiClient;
  readonly kubernetes: Configuration["process"]["kubernetes"];
  /** False: the API server has nothing but Events. */
  readonly looksUp: boolean;
  readonly partition: number;
  readonly bell: Bell;
  /** As configured now. */
  readonly policy: () => Configuration["policy"];
  readonly feed: Feed;
  readonly selfMonitor: SelfMonitor;
  /** Hears of the stored positions when the engine has ended. */
  readonly onEnd: (positions: readonly Position[]) => void;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * The source and the pipeline while this process holds an engine: made from the stored state, and dropped with the
 * holding.
 */
export class HeldEngine implements HeldWork {
  readonly source: EventSource;
  readonly pipeline: Pipeline;
  /** For the gauges. */
  readonly counted: CountedState;
  readonly #onEnd: (positions: readonly Position[]) => void;
  readonly #endCounting: () => void;

  /** @param signal Ends `run`. @throws {TocsinError} As `load` does. */
  static async open(
    { store }: EngineHolding,
    signal: AbortSignal,
    deps: HeldEngineDeps,
  ): Promise<HeldEngine> {
    const { kubernetes, cluster, client, looksUp, selfMonitor, clock, log, metrics, feed } = deps;
    const state = await store.load();
    const { positions } = state;
    const { api: group, eventTtl: eventTtlMs } = kubernetes;
    const source = createKubernetesSource({ ...deps, ...kubernetes, group, positions, eventTtlMs });
    const scopes = new Set(source.status().map(({ scope }) => scope));
    selfMonitor.recordPositions(positions.filter(({ scope }) => scopes.has(scope)));
    const asks = kubernetes.enrich === "auto" && looksUp;
    const pipeline = new Pipeline({
      ...deps,
      state,
      store,
      source: selfMonitor.overhear(source),
      eventTtlMs,
      learnsOwners: kubernetes.enrich === "auto",
      silenceAnnotations: kubernetes.silenceAnnotations,
      lookUp: asks ? new LookUp({ cluster, client, clock, log, metrics }) : undefined,
      onCommitted: (changes) => feed.onCommitted(changes),
      newId,
      signal,
    });
    return new HeldEngine(source, pipeline, deps);
  }

  private constructor(source: EventSource, pipeline: Pipeline, { feed, onEnd }: HeldEngineDeps) {
    this.source = source;
    this.pipeline = pipeline;
    this.#onEnd = onEnd;
    const { engine } = pipeline;
    const alerts = new AlertCounts(engine);
    this.counted = { alerts, groups: () => engine.groups(), silences: () => engine.silences.all() };
    this.#endCounting = feed.subscribe((committed) => alerts.onCommitted(committed));
  }

  async run(): Promise<void> {
    try {
      await this.pipeline.run();
    } finally {
      this.#endCounting();
      this.#onEnd(this.pipeline.positions);
    }
  }
}
