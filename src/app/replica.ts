import type { ReloadOutcome } from "../api/index.ts";
import type { Configuration } from "../config/index.ts";
import type { Position } from "../event/index.ts";
import { createStateGauges, Feed } from "../feed/index.ts";
import { TocsinError } from "../lib/errors.ts";
import { newId } from "../lib/hash.ts";
import { createRingGauges } from "../ring/index.ts";
import { SelfMonitor } from "../self/index.ts";
import type { CopyOutcome, StateDamage, StoreHost } from "../store/index.ts";
import type { App, AppOptions } from "./app.ts";
import { Reloader } from "./reloader.ts";
import { createParts, type ReplicaParts, sinkDepsOf } from "./replica-parts.ts";

/** Time for running attempts at the end, milliseconds. */
const DRAIN_MS = 8000;

/** How long the last Events about the bridge itself may take. */
const OWN_EVENTS_MS = 2000;

/** The parts of an app that hear of its store. */
export interface StoreListeners {
  /** Damage that the opening finds, or that is found later. */
  readonly onDamage: (damage: StateDamage) => void;
  /** Copies of the state, made or not. */
  readonly onCopy: (outcome: CopyOutcome) => void;
}

/** An app over a store of any kind. */
export interface ReplicaOptions extends AppOptions {
  /** Opened at the start, closed at the end. */
  readonly openStore: (listeners: StoreListeners) => Promise<StoreHost>;
}

/**
 * One process of the service: HTTP, store, configuration and reload, from the start to the end. The engine, the house and
 * each sink are its work only while it holds that part of the store; they may start and stop many times.
 */
export class Replica implements App {
  readonly #options: ReplicaOptions;
  readonly #stopping = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #feed: Feed;
  readonly #reloader: Reloader;
  readonly #selfMonitor: SelfMonitor;
  /** Open parts, to be closed from the last: readers and writers before what they read and write. */
  readonly #opened = new AsyncDisposableStack();
  /** The settings of the engine, from its next start or reload on. */
  #configuration: Configuration;
  /** Why the state file cannot be used; "" while it can. */
  #inMemory = "";
  /** The damage that was found since the start; "" for none. */
  #damage = "";
  /** Of the last engine of this process. */
  #positions: readonly Position[] = [];
  #running: ReplicaParts | undefined;
  #starting: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: ReplicaOptions) {
    const { configuration, clock, log, metrics } = options;
    this.#options = options;
    this.#configuration = configuration;
    this.#feed = new Feed({ epoch: newId(), log });
    createStateGauges(
      metrics,
      () => this.#running?.engine.current?.counted,
      () => clock.now(),
    );
    createRingGauges(metrics, () => this.#running?.engine.current?.ring);
    this.#reloader = new Reloader({ ...options, apply: (next) => this.#apply(next) });
    this.#selfMonitor = new SelfMonitor(clock, configuration.process.kubernetes.eventTtl);
    // A start that fails rejects by itself, and nobody awaits this promise then.
    this.#ended.promise.catch(() => undefined);
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get address(): string | undefined {
    return this.#running?.server.address;
  }

  async start(): Promise<void> {
    this.#starting = this.#start();
    try {
      await this.#starting;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async reload(): Promise<ReloadOutcome> {
    const outcome = await this.#reloader.reload();
    this.#selfMonitor.recordReload(outcome);
    return outcome;
  }

  stop(): Promise<void> {
    this.#stopping.abort(new Error("stopping"));
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #start(): Promise<void> {
    const { client, openStore } = this.#options;
    const { signal } = this.#stopping;
    this.#opened.defer(() => client.close());
    this.#opened.defer(() => this.#endOwnEvents());
    const host = await openStore({
      onDamage: (damage) => this.#recordDamage(damage),
      onCopy: (outcome) => this.#selfMonitor.recordCopy(outcome),
    });
    this.#opened.defer(() => host.close());
    signal.throwIfAborted();
    const running = this.#createParts(host);
    const { delivery, engine, house, server } = running;
    // Together, so that the whole end takes no longer than the longest of them.
    this.#opened.defer(
      async () => void (await Promise.all([delivery.stop(DRAIN_MS), server.stop(), this.#endOwnEvents()])),
    );
    await server.start();
    signal.throwIfAborted();
    this.#running = running;
    await this.#keep(engine);
    signal.throwIfAborted();
    await delivery.buryOrphans();
    signal.throwIfAborted();
    delivery.start();
    await this.#keep(house);
    signal.throwIfAborted();
    this.#announce(running);
  }

  async #stop(): Promise<void> {
    // A start that is under way ends at its next step, and what it has opened is closed here.
    await this.#starting?.catch(() => undefined);
    const wasRunning = this.#running !== undefined;
    await this.#opened.disposeAsync();
    this.#running = undefined;
    this.#ended.resolve();
    if (!wasRunning) return;
    this.#options.log.info("tocsin has stopped", {
      version: this.#options.version,
      config: shortHash(this.#reloader.current),
      position: inWords(this.#positions),
    });
  }

  async #endOwnEvents(): Promise<void> {
    await this.#options.ownEvents?.reporter.close({ withinMs: OWN_EVENTS_MS });
  }

  /** Begins to hold a part; resolves when its work runs, or is left to another process for now. */
  #keep(holder: ReplicaParts["engine"] | ReplicaParts["house"]): Promise<void> {
    const holds = holder.run(this.#stopping.signal);
    this.#opened.defer(() => holds.catch(() => undefined));
    holds.catch((error: unknown) => this.#ended.reject(error));
    return Promise.race([holder.settled, holds]);
  }

  #createParts(host: StoreHost): ReplicaParts {
    return createParts(host, {
      ...this.#options,
      policy: () => this.#configuration.policy,
      reloader: this.#reloader,
      reload: () => this.reload(),
      feed: this.#feed,
      selfMonitor: this.#selfMonitor,
      inMemory: () => this.#inMemory,
      damage: () => this.#damage,
      onEngineEnd: (positions) => {
        this.#positions = positions;
      },
      signal: this.#stopping.signal,
    });
  }

  #recordDamage(damage: StateDamage): void {
    this.#selfMonitor.recordDamage(damage);
    const { kind, reason, path } = damage;
    if (kind === "unusable") this.#inMemory = reason;
    if (kind === "found" || kind === "failing") this.#damage = reason;
    if (!isMendedByStart(damage)) return;
    this.#ended.reject(new TocsinError("ERR_STATE_DAMAGED", `state file ${path} is damaged: ${reason}`));
  }

  #announce({ engine, server }: ReplicaParts): void {
    const { configuration, log, version } = this.#options;
    const { policy, process, sinks } = configuration;
    log.info("tocsin runs", {
      version,
      cluster: policy.cluster,
      config: shortHash(configuration),
      rules: policy.rules.rules.length,
      sinks: sinks.map((sink) => sink.name).join(", "),
      state: process.state.path,
      position: engine.isStandby ? "standby" : inWords(engine.current?.pipeline.positions ?? []),
      http: server.address,
      ...(server.probesAddress === undefined ? {} : { probes: server.probesAddress }),
    });
  }

  /** A checked configuration comes into use: between two inputs of the pipeline, sinks before the rules that name them. */
  async #apply(configuration: Configuration): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.delivery.setSinks(configuration.sinks, {
      ...sinkDepsOf(configuration, this.#options),
      actions: running.actions,
    });
    this.#configuration = configuration;
    // While the store does not work the sinks are changed nevertheless: they may be what has to be mended.
    await running.commands.reload();
    await running.delivery.buryOrphans();
  }
}

/**
 * Whether a start goes on better than this process. With a copy it does, and the sooner the less is forgotten; without
 * one it begins with nothing, so a process whose statements still work goes on.
 */
function isMendedByStart({ kind, copiedAt }: StateDamage): boolean {
  return kind === "failing" || (kind === "found" && copiedAt !== undefined);
}

/** Enough to tell one configuration from another. */
function shortHash({ origin }: Configuration): string {
  return origin.hash.slice(0, 12);
}

/** `core/: 12345`, one for each scope; "none" before anything was read. */
function inWords(positions: readonly Position[]): string {
  return positions.map(({ scope, resourceVersion }) => `${scope}: ${resourceVersion}`).join(", ") || "none";
}
