import type { App } from "../app/index.ts";
import {
  type Configuration,
  type FileWatch,
  loadConfiguration,
  type LoadedConfiguration,
  unresolvedSecrets,
  watchFiles,
} from "../config/index.ts";
import { contextNameOf } from "../kube/index.ts";
import { errorText } from "../lib/errors.ts";
import type { Logger } from "../lib/log.ts";
import type { ConfigOptions } from "./configured.ts";
import { credentialPlaces } from "./credential-places.ts";
import type { ExitStatus, Io } from "./io.ts";
import { printFindings } from "./print.ts";
import { createService, createServiceLog } from "./service.ts";

/** Runs the service until a signal ends it. The process never starts half-configured: any error is status 2. */
export async function run(options: ConfigOptions, io: Io): Promise<ExitStatus> {
  const load = (cluster?: string): Promise<LoadedConfiguration> =>
    loadConfiguration({
      file: options.config,
      env: io.env,
      cwd: io.cwd,
      cluster,
      nameCluster: (kubernetes) => contextNameOf(kubernetes, credentialPlaces(io)),
    });
  const { configuration, findings, watched } = await load();
  printFindings(findings, io);
  if (configuration === undefined || !secretsResolve(configuration, io)) return 2;
  const { log, scrubber } = createServiceLog(configuration, io);
  let files: FileWatch | undefined;
  const app = await createService({
    configuration,
    load: async (cluster) => {
      const loaded = await load(cluster);
      files?.follow(loaded.watched);
      return loaded;
    },
    io,
    clock: io.clock,
    log,
    scrubber,
  });
  const reload = (): void => void app.reload();
  await app.start();
  // A reload is possible only from here on; the first look finds changes since the load.
  files = watchFiles({ watched, clock: io.clock, log, changed: reload });
  try {
    return await untilSignal(app, { io, log, onHangup: reload });
  } finally {
    files.close();
  }
}

/** `check` warns where this fails: a service without its secrets is half-configured. */
function secretsResolve(configuration: Configuration, io: Io): boolean {
  const missing = unresolvedSecrets(configuration.origin, io.env);
  printFindings(
    missing.map((finding) => ({ ...finding, level: "error" })),
    io,
  );
  return missing.length === 0;
}

/** The end of a service, and its action on SIGHUP. */
export interface Ending {
  readonly io: Io;
  readonly log: Logger;
  readonly onHangup: () => void;
  /** Ends the service by itself; undefined: only signals do. */
  readonly finished?: Promise<void> | undefined;
}

/** Runs until SIGINT or SIGTERM, and then stops in order; a second signal ends the process at once. */
export async function untilSignal(app: App, { io, log, onHangup, finished }: Ending): Promise<ExitStatus> {
  const asked = Promise.withResolvers<void>();
  const forget = io.onSignal((signal) => {
    if (signal === "SIGHUP") {
      onHangup();
      return;
    }
    log.info("stopping; a second signal ends at once", { signal });
    // Without a listener the next signal has its default effect, which is safe at any moment.
    forget();
    asked.resolve();
  });
  try {
    await Promise.race([asked.promise, app.ended, ...(finished === undefined ? [] : [finished])]);
    return 0;
  } catch (error) {
    log.error("the service has failed", { error: errorText(error) });
    return 1;
  } finally {
    forget();
    await app.stop();
  }
}
