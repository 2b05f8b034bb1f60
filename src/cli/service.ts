import { type App, type AppOptions, createApp } from "../app/index.ts";
import type { Configuration, LoadedConfiguration } from "../config/index.ts";
import { OWN_COMPONENT } from "../event/index.ts";
import { connect, openClient, ownPodOf } from "../kube/index.ts";
import type { Clock } from "../lib/clock.ts";
import { errorText } from "../lib/errors.ts";
import { createLogger, type Logger } from "../lib/log.ts";
import { Metrics } from "../lib/metrics.ts";
import { ownVersion } from "../lib/own-version.ts";
import { createScrubber, type Scrubber } from "../lib/scrub.ts";
import { createReporterWith } from "../reporter/index.ts";
import { credentialPlaces } from "./credential-places.ts";
import type { Io } from "./io.ts";

/** Collaborators of an app of the command line. */
export interface ServiceOptions {
  readonly configuration: Configuration;
  /** @param cluster The name that stays. */
  readonly load: (cluster: string) => Promise<LoadedConfiguration>;
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
 * @throws {TocsinError} ERR_CREDENTIALS when nothing names an API server, ERR_CONFIG_INVALID when nothing names the
 * cluster.
 */
export async function createService(options: ServiceOptions): Promise<App> {
  const { configuration, load, io, clock, log, scrubber } = options;
  const client = await connect(configuration.process.kubernetes, { ...credentialPlaces(io), clock, log });
  return createApp({
    configuration,
    load,
    client,
    clock,
    random: Math.random,
    env: io.env,
    log,
    metrics: new Metrics(),
    scrubber,
    stdout: (text) => Promise.resolve(io.stdout(text)),
    colour: io.colour.stdout,
    version: ownVersion(),
    looksUp: options.looksUp,
    returnMemory: io.returnMemory,
    ownEvents: ownEvents(options),
  });
}

/**
 * Where the environment names the Pod, as the chart does; with connections of its own, so that a busy watch never
 * delays them.
 */
function ownEvents({ configuration, io, clock, log }: ServiceOptions): AppOptions["ownEvents"] {
  const pod = ownPodOf(io.env);
  if (pod === undefined) return undefined;
  const reporter = createReporterWith(
    {
      component: OWN_COMPONENT,
      instance: pod.name,
      onError: (error) =>
        log.warn("an event about tocsin itself was not written", { error: errorText(error) }),
    },
    {
      client: openClient(configuration.process.kubernetes, { ...credentialPlaces(io), clock }),
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
  const { level, format } = configuration.process.log;
  const log = createLogger({
    level,
    format: format ?? (io.colour.stderr ? "pretty" : "json"),
    write: io.stderr,
    scrub: (text) => scrubber.scrub(text),
    colour: io.colour.stderr,
  });
  return { log, scrubber };
}
