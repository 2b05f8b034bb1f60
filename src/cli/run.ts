import {
  type Configuration,
  type FileWatch,
  loadConfiguration,
  type LoadedConfiguration,
  unresolvedSecrets,
  watchFiles,
} from "../config/index.ts";
import { contextNameOf } from "../kube/index.ts";
import { isStateDamaged } from "../lib/errors.ts";
import type { ConfigOptions } from "./configured.ts";
import { credentialPlaces } from "./credential-places.ts";
import type { ExitStatus, Io } from "./io.ts";
import { printFindings } from "./print.ts";
import { serve } from "./serve.ts";
import { createService, createServiceLog } from "./service.ts";

/** A service that ran for so long may begin again at once; a sooner end is left to whoever restarts the process. */
const SETTLED_MS = 10 * 60_000;

/**
 * Runs the service until a signal ends it. The process never starts half-configured: any error is status 2. Damage of
 * the state file that is found while it runs is mended by a new start, which this process makes itself.
 */
export async function run(options: ConfigOptions, io: Io): Promise<ExitStatus> {
  for (;;) {
    const startedAt = io.clock.monotonic();
    try {
      return await runOnce(options, io);
    } catch (error) {
      if (!isStateDamaged(error) || io.clock.monotonic() - startedAt < SETTLED_MS) throw error;
    }
  }
}

async function runOnce(options: ConfigOptions, io: Io): Promise<ExitStatus> {
  const load = async (cluster?: string): Promise<LoadedConfiguration> => {
    const loaded = await loadConfiguration({
      file: options.config,
      env: io.env,
      cwd: io.cwd,
      cluster,
      nameCluster: (kubernetes) => contextNameOf(kubernetes, credentialPlaces(io)),
    });
    // Files and their checks take five times the memory of the result, and an idle process would keep it for long.
    io.returnMemory?.();
    return loaded;
  };
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
  const follow = (): undefined => {
    // The first look finds changes since the load.
    files = watchFiles({ watched, clock: io.clock, log, changed: () => void app.reload() });
  };
  try {
    return await serve(app, { io, log, onStarted: follow });
  } finally {
    files?.close();
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
