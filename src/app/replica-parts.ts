import { randomBytes } from "node:crypto";
import { resolve } from "node:path";

import { createHttpServer, type HttpServer, type ReloadOutcome } from "../api/index.ts";
import type { Configuration } from "../config/index.ts";
import { createDelivery, type Delivery, GroupSilencer } from "../delivery/index.ts";
import type { Position } from "../event/index.ts";
import type { Feed } from "../feed/index.ts";
import { findOwnWorkload } from "../kube/index.ts";
import type { Probes } from "../lib/probes.ts";
import { Playground } from "../playground/index.ts";
import { createHealth, Heartbeat, OwnEvents, type SelfMonitor } from "../self/index.ts";
import type { GroupActions, SinkDeps } from "../sink/index.ts";
import { type EngineHolding, Holder, type HouseHolding, type StoreHost } from "../store/index.ts";
import type { AppOptions } from "./app.ts";
import { CommandGiver } from "./command-giver.ts";
import { HeldEngine } from "./held-engine.ts";
import { HeldHouse } from "./held-house.ts";
import type { Reloader } from "./reloader.ts";
import { selfAlertSinks } from "./self-alert-sinks.ts";

/** The only one: one engine has all clusters. */
const PARTITION = 0;

/** The parts of a replica that exist before it opens its store. */
export interface ReplicaPartsDeps extends AppOptions {
  /** For the engine, as configured now. */
  readonly policy: () => Configuration["policy"];
  readonly reloader: Reloader;
  readonly reload: () => Promise<ReloadOutcome>;
  readonly feed: Feed;
  readonly selfMonitor: SelfMonitor;
  /** Why the state is in memory only; "" when it is in its file. */
  readonly inMemory: () => string;
  /** Damage of the state file that was found since the start; "" for none. */
  readonly damage: () => string;
  /** Hears of the stored positions when an engine has ended. */
  readonly onEngineEnd: (positions: readonly Position[]) => void;
  /** Aborts at the end. */
  readonly signal: AbortSignal;
}

/** The parts of a replica that need its store. */
export interface ReplicaParts {
  readonly actions: GroupActions;
  readonly commands: CommandGiver;
  readonly delivery: Delivery;
  readonly engine: Holder<EngineHolding, HeldEngine>;
  readonly house: Holder<HouseHolding, HeldHouse>;
  readonly server: HttpServer;
}

type Engine = ReplicaParts["engine"];

/** Makes the parts; starts none. @throws {TocsinError} when a sink cannot be set up. */
export function createParts(host: StoreHost, deps: ReplicaPartsDeps): ReplicaParts {
  const { configuration, selfMonitor } = deps;
  const engine = createEngineHolder(host, deps);
  const delivery = createDelivery({ ...deps, host, onDead: (dead) => selfMonitor.recordDead(dead) });
  const commands = new CommandGiver({ ...deps, host });
  const actions = new GroupSilencer({
    clock: deps.clock,
    labels: () => {
      const { cluster, rules } = deps.reloader.current.policy;
      return { names: rules.labelNames, rules: new Set(rules.rules.map(({ name }) => name)), cluster };
    },
    queries: host.queries,
    silence: (change) => commands.silence(change),
  });
  delivery.setSinks(configuration.sinks, { ...sinkDepsOf(configuration, deps), actions });
  const health = createHealthOf(engine, deps);
  return {
    actions,
    commands,
    delivery,
    engine,
    house: createHouseHolder(host, { delivery, engine, health }, deps),
    server: createServer(host, { commands, delivery, engine, health }, deps),
  };
}

/** The collaborators of a configuration's sinks. */
export function sinkDepsOf(
  { policy, origin }: Configuration,
  { clock, log, env, scrubber, stdout, colour }: AppOptions,
): SinkDeps {
  const resolvePath = (path: string): string => resolve(origin.baseDir, path);
  return { cluster: policy.cluster, clock, log, env, scrubber, resolvePath, stdout, colour };
}

function createEngineHolder(host: StoreHost, deps: ReplicaPartsDeps): Engine {
  const { policy, process } = deps.configuration;
  const { kubernetes } = process;
  const { cluster } = policy;
  const { looksUp = true, onEngineEnd: onEnd } = deps;
  const statePath = process.state.path;
  const ofEngine = {
    ...deps,
    statePath,
    kubernetes,
    cluster,
    looksUp,
    partition: PARTITION,
    bell: host.bell,
    onEnd,
  };
  return new Holder({
    ...deps,
    name: `engine/${PARTITION}`,
    hold: (signal) => host.hold(`engine/${PARTITION}`, signal),
    open: (holding, signal) => HeldEngine.open(holding, signal, ofEngine),
  });
}

function createHealthOf(engine: Engine, { clock, inMemory, damage, scrubber }: ReplicaPartsDeps): Probes {
  return createHealth({
    clock,
    sources: () => engine.current?.source.status() ?? [],
    pipeline: () => engine.current?.pipeline.status() ?? { storeError: engine.trouble, busyMs: 0 },
    isStandby: () => engine.isStandby,
    inMemory,
    damage,
    scrub: (text) => scrubber.scrub(text),
  });
}

function createHouseHolder(
  host: StoreHost,
  { delivery, engine, health }: { delivery: Delivery; engine: Engine; health: Probes },
  deps: ReplicaPartsDeps,
): ReplicaParts["house"] {
  const { configuration, reloader, scrubber, client, ownEvents } = deps;
  const events = ownEvents && new OwnEvents(ownEvents.reporter, () => findOwnWorkload(ownEvents.pod, client));
  const heartbeat = new Heartbeat({
    ...deps,
    settings: () => reloader.current.process.heartbeat,
    secrets: () => sinkDepsOf(reloader.current, deps),
    failures: () =>
      health
        .ready()
        .filter(({ ok }) => !ok)
        .map(({ name, detail }) => `${name}: ${detail}`),
  });
  const pipelineStatus = () =>
    engine.current?.pipeline.status() ?? { storeError: engine.trouble, malformed: undefined };
  const ofHouse = {
    ...deps,
    cluster: configuration.policy.cluster,
    sinks: () => selfAlertSinks(reloader.current),
    scrub: (text: string) => scrubber.scrub(text),
    events,
    heartbeat,
    delivery,
    source: { status: () => engine.current?.source.status() ?? [] },
    pipeline: { status: pipelineStatus },
  };
  return new Holder({
    ...deps,
    name: "house",
    hold: (signal) => host.hold("house", signal),
    open: async (holding, signal) => new HeldHouse(holding, signal, ofHouse),
  });
}

function createServer(
  host: StoreHost,
  parts: { commands: CommandGiver; delivery: Delivery; engine: Engine; health: Probes },
  deps: ReplicaPartsDeps,
): HttpServer {
  const { commands, delivery, engine, health } = parts;
  const { configuration, reloader, clock, scrubber, version, feed } = deps;
  const { policy, process } = configuration;
  const { kubernetes } = process;
  return createHttpServer({
    ...deps,
    listen: process.server.listen,
    probes: process.server.probes,
    access: () => reloader.access(),
    health,
    bridge: {
      version,
      cluster: policy.cluster,
      startedAt: clock.now(),
      configuration: () => reloader.current,
      silence: (change) => commands.silence(change),
      queries: host.queries,
      deadLetters: host.deadLetters,
      isWritable: () => host.isWritable(),
      delivery,
      streams: () => engine.current?.source.status() ?? [],
      seenState: (fingerprint) =>
        kubernetes.enrich === "state"
          ? engine.current?.pipeline.engine.seenState(fingerprint, clock.now())
          : undefined,
      conditionOf: (alert) => engine.current?.pipeline.engine.conditionOf(alert, clock.now()),
      messagesToCome: (alert) => engine.current?.pipeline.engine.messagesToCome(alert, clock.now()) ?? [],
      asTold: (alert) => engine.current?.pipeline.engine.asTold(alert, clock.now()),
      titleOf: (alert) => engine.current?.pipeline.engine.titleOf(alert, clock.now()),
      reviewAlerts: () => void engine.current?.counted.alerts.read(clock.now()),
      feed,
      lookUps: () => engine.current?.states?.status(),
      ring: () => engine.current?.ring,
      playground: new Playground({
        clock,
        configuration: () => reloader.current,
        ring: () => engine.current?.ring,
        signal: deps.signal,
      }),
      sessionKey: () => host.sharedKeys.keep("session", randomBytes(32)),
      scrub: (text) => scrubber.scrub(text),
    },
  });
}
