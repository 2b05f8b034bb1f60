import { resolve } from "node:path";

import {
  type Bridge,
  createHttpServer,
  type Health,
  type HttpServer,
  type ReloadOutcome,
} from "../api/index.ts";
import type { Configuration } from "../config/index.ts";
import { createDelivery, type Delivery } from "../delivery/index.ts";
import type { Position } from "../event/index.ts";
import { AlertCounts, type CountedState, createStateGauges, Feed } from "../feed/index.ts";
import { type ApiClient, findOwnWorkload, type OwnPod } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import { TocsinError } from "../lib/errors.ts";
import { newId } from "../lib/hash.ts";
import type { Logger } from "../lib/log.ts";
import type { Metrics } from "../lib/metrics.ts";
import type { Scrubber } from "../lib/scrub.ts";
import { LookUp } from "../lookup/index.ts";
import { Pipeline } from "../pipeline/index.ts";
import type { Reporter } from "../reporter/index.ts";
import { createHealth, Heartbeat, OwnEvents, SelfAlertSender, SelfMonitor } from "../self/index.ts";
import type { SinkDeps } from "../sink/index.ts";
import { createKubernetesSource, type EventSource } from "../source/index.ts";
import {
  type Command,
  type EngineHolding,
  giveCommand,
  type HouseHolding,
  openSqliteStore,
  type StoreHost,
} from "../store/index.ts";
import { Reloader } from "./reloader.ts";
import { selfAlertSinks } from "./self-alert-sinks.ts";

/** Time for running attempts at the end, milliseconds. */
const DRAIN_MS = 8000;

/** The only one: one engine has all clusters. */
const PARTITION = 0;

/** How long somebody waits for the engine to do what they want; it is done later otherwise. */
const COMMAND_MS = 2000;

/** How long to wait before a command that could not be stored is put again. */
const RETRY_MS = 1000;

/** How long the last Events about the bridge itself may take. */
const OWN_EVENTS_MS = 2000;

/** Collaborators of an app; several apps can live in one process. */
export interface AppOptions {
  readonly configuration: Configuration;
  /** Reads everything again, for a reload. @param cluster The name that stays while the service runs. */
  readonly load: (cluster: string) => Promise<{
    readonly configuration: Configuration | undefined;
    readonly findings: ReloadOutcome["findings"];
  }>;
  readonly client: ApiClient;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  /** The metrics of this app; each app needs a registry of its own. */
  readonly metrics: Metrics;
  readonly scrubber: Scrubber;
  readonly stdout: (text: string) => Promise<void>;
  /** Whether standard output is a terminal that wants colour. */
  readonly colour: boolean;
  readonly version: string;
  /** False: the API server has nothing but Events. */
  readonly looksUp?: boolean | undefined;
  /** Writes Events about the bridge itself; closed with the app. */
  readonly ownEvents?: { readonly reporter: Reporter; readonly pod: OwnPod } | undefined;
}

/** The whole service. Made → started → stopped; each only once, and a start that fails leaves nothing open. */
export interface App {
  /** @throws {TocsinError} when the state file or the address cannot be opened; or the error of a `stop` meanwhile. */
  start(): Promise<void>;
  /** Takes a changed configuration into use, or refuses it and keeps the old one; never rejects. Only while it runs. */
  reload(): Promise<ReloadOutcome>;
  /**
   * Commits everything that was read, lets running attempts finish for some seconds, leaves the rest for the next
   * start. Safe to call again.
   */
  stop(): Promise<void>;
  /** Rejects when a loop has failed for good; resolves after `stop`. */
  readonly ended: Promise<void>;
  /** `http://127.0.0.1:8080`; undefined while not started. */
  readonly address: string | undefined;
}

/**
 * Puts the parts together; opens nothing yet.
 *
 * @throws {TocsinError} ERR_CONFIG_INVALID when nothing names the cluster.
 */
export function createApp(options: AppOptions): App {
  if (options.configuration.policy.cluster === "") {
    throw new TocsinError(
      "ERR_CONFIG_INVALID",
      "cluster: missing; in a cluster there is no context to name it after",
    );
  }
  return new Service(options);
}

/** The parts that exist while the service runs. */
interface Running {
  readonly host: StoreHost;
  readonly house: HouseHolding["house"];
  readonly delivery: Delivery;
  readonly pipeline: Pipeline;
  readonly source: EventSource;
  readonly health: Health;
  readonly server: HttpServer;
}

class Service implements App {
  readonly #options: AppOptions;
  readonly #metrics: Metrics;
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
  #counted: CountedState | undefined;
  #running: Running | undefined;
  #starting: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: AppOptions) {
    this.#options = options;
    this.#metrics = options.metrics;
    this.#configuration = options.configuration;
    this.#feed = new Feed({ epoch: newId(), log: options.log });
    createStateGauges(
      options.metrics,
      () => this.#counted,
      () => options.clock.now(),
    );
    this.#reloader = new Reloader({ ...options, apply: (next) => this.#apply(next) });
    this.#selfMonitor = new SelfMonitor(options.clock, options.configuration.process.kubernetes.eventTtl);
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
    const { configuration, client, clock, log, version } = this.#options;
    const { policy, process } = configuration;
    const { signal } = this.#stopping;
    this.#opened.defer(() => client.close());
    this.#opened.defer(
      async () => void (await this.#options.ownEvents?.reporter.close({ withinMs: OWN_EVENTS_MS })),
    );
    const host = await openSqliteStore({
      path: process.state.path,
      clock,
      log,
      maxBytes: process.state.maxBytes,
      onDamage: (damage) => {
        this.#selfMonitor.recordDamage(damage);
        if (damage.kind === "unusable") this.#inMemory = damage.reason;
      },
    });
    this.#opened.defer(() => host.close());
    signal.throwIfAborted();
    const engine = await host.hold(`engine/${PARTITION}`, signal);
    const running = await this.#assemble(host, engine);
    const { delivery, pipeline, server } = running;
    this.#opened.defer(() => server.stop());
    this.#opened.defer(() => delivery.stop(DRAIN_MS));
    signal.throwIfAborted();
    await server.start();
    signal.throwIfAborted();
    this.#running = running;
    await delivery.buryOrphans();
    signal.throwIfAborted();
    delivery.start();
    const piping = pipeline.run();
    this.#opened.defer(() => piping.catch(() => undefined));
    const watching = this.#watchItself(running);
    this.#opened.defer(() => watching);
    const beating = this.#beat(running);
    this.#opened.defer(() => beating);
    piping.then(
      () => (engine.lost.aborted ? this.#ended.reject(engine.lost.reason) : this.#ended.resolve()),
      (error: unknown) => this.#ended.reject(error),
    );
    log.info("tocsin runs", {
      version,
      cluster: policy.cluster,
      config: shortHash(configuration),
      rules: policy.rules.rules.length,
      sinks: configuration.sinks.map((sink) => sink.name).join(", "),
      state: process.state.path,
      position: inWords(pipeline.positions),
      http: server.address,
    });
  }

  async #stop(): Promise<void> {
    // A start that is under way ends at its next step, and what it has opened is closed here.
    await this.#starting?.catch(() => undefined);
    const running = this.#running;
    this.#running = undefined;
    await this.#opened.disposeAsync();
    this.#ended.resolve();
    if (running === undefined) return;
    const { current } = this.#reloader;
    this.#options.log.info("tocsin has stopped", {
      version: this.#options.version,
      config: shortHash(current),
      position: inWords(running.pipeline.positions),
    });
  }

  async #assemble(host: StoreHost, { store, lost }: EngineHolding): Promise<Running> {
    const { configuration, client, clock, random, log } = this.#options;
    const { kubernetes } = configuration.process;
    const { cluster } = configuration.policy;
    const { house } = await host.hold("house", this.#stopping.signal);
    const state = await store.load();
    const metrics = this.#metrics;
    const source = createKubernetesSource({
      cluster,
      client,
      group: kubernetes.api,
      namespaces: kubernetes.namespaces,
      positions: state.positions,
      startFrom: kubernetes.startFrom,
      eventTtlMs: kubernetes.eventTtl,
      clock,
      random,
      log,
      metrics,
    });
    const delivery = createDelivery({
      host,
      clock,
      random,
      log,
      metrics,
      onDead: (dead) => this.#selfMonitor.recordDead(dead),
      onFenced: (error) => this.#ended.reject(error),
    });
    const pipeline = new Pipeline({
      policy: () => this.#configuration.policy,
      state,
      store,
      partition: PARTITION,
      bell: host.bell,
      source: this.#selfMonitor.overhear(source),
      eventTtlMs: kubernetes.eventTtl,
      learnsOwners: kubernetes.enrich === "auto",
      silenceAnnotations: kubernetes.silenceAnnotations,
      lookUp:
        kubernetes.enrich === "auto" && this.#options.looksUp !== false
          ? new LookUp({ cluster, client, clock, log, metrics })
          : undefined,
      onCommitted: (changes) => this.#feed.onCommitted(changes),
      newId,
      clock,
      log,
      metrics,
      signal: AbortSignal.any([this.#stopping.signal, lost]),
    });
    this.#count(pipeline.engine);
    delivery.setSinks(configuration.sinks, this.#sinkHost(configuration));
    const scopes = new Set(source.status().map(({ scope }) => scope));
    this.#selfMonitor.recordPositions(state.positions.filter(({ scope }) => scopes.has(scope)));
    const health = createHealth({
      clock,
      sources: () => source.status(),
      pipeline: () => pipeline.status(),
      inMemory: () => this.#inMemory,
      scrub: (text) => this.#options.scrubber.scrub(text),
    });
    const parts = { host, house, source, delivery, pipeline, health };
    return { ...parts, server: this.#createServer(parts) };
  }

  /** The gauges show what this engine keeps. */
  #count(engine: Pipeline["engine"]): void {
    const alerts = new AlertCounts(engine);
    this.#feed.subscribe((committed) => alerts.onCommitted(committed));
    this.#counted = { alerts, groups: () => engine.groups(), silences: () => engine.silences.all() };
  }

  /** Sends alerts about the bridge itself, until the end. */
  #watchItself(running: Running): Promise<void> {
    const { configuration, clock, log, scrubber, client, ownEvents } = this.#options;
    const events =
      ownEvents === undefined
        ? undefined
        : new OwnEvents(ownEvents.reporter, () => findOwnWorkload(ownEvents.pod, client));
    const { house } = running;
    const sender = new SelfAlertSender({
      ...running,
      house: {
        send: async (deliveries) => {
          await house.send(deliveries);
          const entities = { put: [], forget: [] };
          this.#feed.onCommitted({ entities, deliveries, records: [], notedOutcomes: [] });
        },
      },
      cluster: configuration.policy.cluster,
      sinks: () => selfAlertSinks(this.#reloader.current),
      clock,
      log,
      scrub: (text) => scrubber.scrub(text),
      events,
    });
    return this.#selfMonitor.run({ ...running, sender }, this.#stopping.signal);
  }

  /** Sends the heartbeat while all is well, until the end. */
  #beat({ health }: Running): Promise<void> {
    const { clock, log } = this.#options;
    const heartbeat = new Heartbeat({
      settings: () => this.#reloader.current.process.heartbeat,
      secrets: () => this.#sinkHost(this.#reloader.current),
      failures: () =>
        health
          .ready()
          .filter(({ ok }) => !ok)
          .map(({ name, detail }) => `${name}: ${detail}`),
      clock,
      log,
      metrics: this.#metrics,
    });
    return heartbeat.run(this.#stopping.signal);
  }

  #createServer({ host, source, delivery, health }: Omit<Running, "server">): HttpServer {
    const { configuration, clock, log, version, scrubber } = this.#options;
    const { policy, process } = configuration;
    const scrub = (text: string): string => scrubber.scrub(text);
    return createHttpServer({
      listen: process.server.listen,
      tokens: () => this.#reloader.tokens(),
      health,
      metrics: this.#metrics,
      reload: () => this.reload(),
      bridge: {
        version,
        cluster: policy.cluster,
        startedAt: clock.now(),
        configuration: () => this.#reloader.current,
        silence: (change) => this.#give(host, toCommand(change)),
        queries: host.queries,
        deadLetters: host.deadLetters,
        isWritable: () => host.isWritable(),
        delivery,
        streams: () => source.status(),
        scrub,
      },
      clock,
      log,
    });
  }

  /** A checked configuration comes into use: between two inputs of the pipeline, sinks before the rules that name them. */
  async #apply(configuration: Configuration): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    const { clock } = this.#options;
    running.delivery.setSinks(configuration.sinks, this.#sinkHost(configuration));
    this.#configuration = configuration;
    const adopted = this.#insist(() => this.#give(running.host, { id: newId(), kind: "reload" }));
    // While the store does not work the sinks are changed nevertheless: they may be what has to be mended.
    await Promise.race([adopted, clock.sleep(COMMAND_MS, this.#stopping.signal).catch(() => undefined)]);
    await running.delivery.buryOrphans();
  }

  #give(host: StoreHost, command: Command): Promise<void> {
    return giveCommand(host, command, { clock: this.#options.clock, withinMs: COMMAND_MS });
  }

  /** Repeats what the store refuses, until the end. */
  async #insist(attempt: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        return await attempt();
      } catch {
        await this.#options.clock.sleep(RETRY_MS, signal).catch(() => undefined);
      }
    }
  }

  #sinkHost({ policy, origin }: Configuration): SinkDeps {
    const { clock, log, env, scrubber, stdout, colour } = this.#options;
    const resolvePath = (path: string): string => resolve(origin.baseDir, path);
    return { cluster: policy.cluster, clock, log, env, scrubber, resolvePath, stdout, colour };
  }
}

/** Enough to tell one configuration from another. */
function shortHash({ origin }: Configuration): string {
  return origin.hash.slice(0, 12);
}

/** `core/: 12345`, one for each scope; "none" before anything was read. */
function inWords(positions: readonly Position[]): string {
  return positions.map(({ scope, resourceVersion }) => `${scope}: ${resourceVersion}`).join(", ") || "none";
}

function toCommand(change: Parameters<Bridge["silence"]>[0]): Command {
  return change.kind === "silence"
    ? { id: newId(), kind: "silence", silence: change.silence }
    : { id: newId(), kind: "unsilence", silenceId: change.id };
}
