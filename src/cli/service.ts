import { type App, type AppOptions, createApp } from "../app/index.ts";
import type { Configuration, LoadedConfiguration } from "../config/index.ts";
import { OWN_COMPONENT } from "../event/index.ts";
import { connect, openClient, ownPodOf } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText, TocsinError } from "../lib/errors.ts";
import { createLogger, type Logger } from "../lib/log.ts";
import { createScrubber, type Scrubber } from "../lib/scrub.ts";
import { createReporterWith } from "../reporter/index.ts";
import { credentialPlaces } from "./credential-places.ts";
import type { Io } from "./io.ts";
import { version } from "./version.ts";

/** What an app of the command line runs on. */
export interface ServiceOptions {
  readonly configuration: Configuration;
  readonly load: (clusterName: string) => Promise<LoadedConfiguration>;
  readonly io: Io;
  readonly clock: Clock;
  readonly log: Logger;
  readonly scrubber: Scrubber;
  /** False: the API server has nothing but Events. */
  readonly looksUp?: boolean;
}

/**
 * Finds the API server and puts the service together; nothing runs yet.
 *
 * @throws {TocsinError} ERR_CREDENTIALS when no API server is named, ERR_CONFIG_INVALID when nothing names the cluster.
 */
export async function createService(
  options: ServiceOptions,
): Promise<{ readonly app: App; readonly cluster: string }> {
  const { configuration, io, clock, log, scrubber } = options;
  const { kubeconfig = "", context = "" } = configuration.kubernetes;
  const client = await connect({ kubeconfig, context }, { ...credentialPlaces(io), clock, log });
  const cluster = configuration.cluster ?? client.contextName;
  if (cluster === "") {
    throw new TocsinError(
      "ERR_CONFIG_INVALID",
      "cluster: missing; in a cluster there is no context to name it after",
    );
  }
  const app = createApp({
    configuration: configuration.cluster === undefined ? await named(options, cluster) : configuration,
    load: () => options.load(cluster),
    client,
    cluster,
    clock,
    random: Math.random,
    env: io.env,
    log,
    scrubber,
    stdout: (text) => Promise.resolve(io.stdout(text)),
    colour: io.colour.stdout,
    version: version(),
    looksUp: options.looksUp,
    ownEvents: ownEvents(options),
  });
  return { app, cluster };
}

/** Where the Pod is named, as the chart does; with connections of its own, so that a busy watch never delays them. */
function ownEvents({ configuration, io, clock, log }: ServiceOptions): AppOptions["ownEvents"] {
  const pod = ownPodOf(io.env);
  if (pod === undefined) return undefined;
  const { kubeconfig = "", context = "" } = configuration.kubernetes;
  const reporter = createReporterWith(
    {
      component: OWN_COMPONENT,
      instance: pod.name,
      onError: (error) =>
        log.warn("an event about tocsin itself was not written", { error: errorText(error) }),
    },
    {
      client: openClient({ kubeconfig, context }, { ...credentialPlaces(io), clock }),
      clock,
      random: Math.random,
    },
  );
  return { reporter, pod };
}

/** The program's log on standard error. */
export function createServiceLog(
  configuration: Configuration,
  io: Io,
): { readonly log: Logger; readonly scrubber: Scrubber } {
  const scrubber = createScrubber();
  const { level, format } = configuration.log;
  const log = createLogger({
    level,
    format: format ?? (io.colour.stderr ? "pretty" : "json"),
    write: io.stderr,
    scrub: (text) => scrubber.scrub(text),
    colour: io.colour.stderr,
  });
  return { log, scrubber };
}

/** Expressions may use the cluster's name, so it has to be known when they are compiled. */
async function named(options: ServiceOptions, cluster: string): Promise<Configuration> {
  const { configuration } = await options.load(cluster);
  if (configuration === undefined) {
    throw new TocsinError("ERR_CONFIG_INVALID", "the configuration changed while it was read; start again");
  }
  return configuration;
}
