import type { Configuration } from "../config/index.ts";
import type { Position } from "../event/index.ts";
import { AlertCounts, type CountedState, type Feed } from "../feed/index.ts";
import type { ApiClient } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import { TocsinError } from "../lib/errors.ts";
import { newId } from "../lib/hash.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import { createLookUps, type StateLookUp } from "../lookup/index.ts";
import { Pipeline } from "../pipeline/index.ts";
import { EventRing } from "../ring/index.ts";
import type { SelfMonitor } from "../self/index.ts";
import { createKubernetesSource, type EventSource } from "../source/index.ts";
import type { Bell, EngineHolding, HeldWork, RefusedRecords } from "../store/index.ts";

/** Collaborators and values of an engine; those of the process, which outlive it. */
export interface HeldEngineDeps {
  /** The name of the cluster whose Events the source reads. */
  readonly cluster: string;
  readonly client: ApiClient;
  readonly kubernetes: Configuration["process"]["kubernetes"];
  /** False: the API server has nothing but Events. */
  readonly looksUp: boolean;
  readonly partition: number;
  /** For messages: where the state is. */
  readonly statePath: string;
  readonly bell: Bell;
  /** As configured now. */
  readonly policy: () => Configuration["policy"];
  readonly feed: Feed;
  readonly selfMonitor: SelfMonitor;
  /** Gives memory that nobody needs any more back to the system. */
  readonly returnMemory?: (() => void) | undefined;
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
  readonly ring: EventRing;
  /** Undefined where no state is read. */
  readonly states: StateLookUp | undefined;
  /** For the gauges. */
  readonly counted: CountedState;
  readonly #onEnd: (positions: readonly Position[]) => void;
  readonly #returnMemory: HeldEngineDeps["returnMemory"];
  readonly #endCounting: () => void;

  /**
   * @param signal Ends `run`.
   * @throws {TocsinError} As `load` does; ERR_STORE when the state is of a newer program.
   */
  static async open(
    { store }: EngineHolding,
    signal: AbortSignal,
    deps: HeldEngineDeps,
  ): Promise<HeldEngine> {
    const { kubernetes, selfMonitor, feed } = deps;
    const positions = await store.positions();
    const { api: group, eventTtl: eventTtlMs } = kubernetes;
    const source = createKubernetesSource({ ...deps, ...kubernetes, group, positions, eventTtlMs });
    const streams = source.status();
    selfMonitor.recordPositions(
      positions.filter(({ cluster, scope }) =>
        streams.some((stream) => stream.cluster === cluster && stream.scope === scope),
      ),
    );
    const lookUps = createLookUpsOf(deps);
    const ring = new EventRing({ epoch: newId(), clock: deps.clock });
    const options = {
      ...deps,
      positions,
      store,
      source: selfMonitor.overhear(source),
      ring,
      eventTtlMs,
      learnsOwners: kubernetes.enrich !== "off",
      silenceAnnotations: kubernetes.silenceAnnotations,
      lookUp: lookUps?.owners,
      stateLookUp: lookUps?.states,
      logLookUp: lookUps?.logs,
      onCommitted: (changes: Parameters<Feed["onCommitted"]>[0]) => feed.onCommitted(changes),
      onRefused: (records: RefusedRecords) => selfMonitor.recordRefused(records),
      newId,
      signal,
    };
    const pipeline = new Pipeline(options);
    await loadState(pipeline, deps.statePath);
    return new HeldEngine({ source, pipeline, ring, states: lookUps?.states }, deps);
  }

  private constructor(
    { source, pipeline, ring, states }: Pick<HeldEngine, "source" | "pipeline" | "ring" | "states">,
    { feed, onEnd, returnMemory }: HeldEngineDeps,
  ) {
    this.source = source;
    this.pipeline = pipeline;
    this.ring = ring;
    this.states = states;
    this.#onEnd = onEnd;
    this.#returnMemory = returnMemory;
    const { engine } = pipeline;
    const alerts = new AlertCounts(engine, (fingerprint) => feed.onReviewed(fingerprint));
    this.counted = { alerts, groups: () => engine.groups(), silences: () => engine.silences.all() };
    this.#endCounting = feed.subscribe((committed) => alerts.onCommitted(committed));
  }

  async run(): Promise<void> {
    // The stored rows left garbage.
    this.#returnMemory?.();
    try {
      await this.pipeline.run();
    } finally {
      this.#endCounting();
      this.#onEnd(this.pipeline.positions);
    }
  }
}

/** Undefined where nothing is looked up. */
function createLookUpsOf(deps: HeldEngineDeps): ReturnType<typeof createLookUps> | undefined {
  const { policy, looksUp } = deps;
  const { enrich, evidence, namespaces, silenceAnnotations } = deps.kubernetes;
  if (enrich === "off" || !looksUp) return undefined;
  return createLookUps({
    ...deps,
    enrich,
    namespaces,
    logs: evidence?.logs,
    inspected: () => policy().inspected,
    keepsTexts: () => {
      const { rules, forwards } = policy();
      const reading = [rules.looksUp, forwards.looksUp];
      return (
        silenceAnnotations || reading.some(({ objects, namespaces: ofNamespaces }) => objects || ofNamespaces)
      );
    },
  });
}

/** @throws {TocsinError} ERR_STORE, with the place of the state, when a newer program wrote it. */
async function loadState(pipeline: Pipeline, statePath: string): Promise<void> {
  try {
    await pipeline.load();
  } catch (cause) {
    if (!(cause instanceof TocsinError) || cause.code !== "ERR_STORE") throw cause;
    throw new TocsinError("ERR_STORE", `state file ${statePath}: ${cause.message}`, { cause });
  }
}
