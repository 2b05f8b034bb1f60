import { type App, createApp } from "../app/index.ts";
import type { Configuration, LoadedConfiguration } from "../config/index.ts";
import { connect } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import { TocsinError } from "../lib/errors.ts";
import { createLogger, type Logger } from "../lib/log.ts";
import { createScrubber, type Scrubber } from "../lib/scrub.ts";
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
  const { env, serviceAccountDir } = io;
  const surroundings = { env, clock, log, ...(serviceAccountDir === undefined ? {} : { serviceAccountDir }) };
  const client = await connect({ kubeconfig, context }, surroundings);
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
  });
  return { app, cluster };
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
