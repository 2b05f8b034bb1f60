import { type Configuration, loadConfiguration, type LoadOptions } from "../config/index.ts";
import { TocsinError } from "../lib/errors.ts";
import type { Finding } from "../lib/finding.ts";
import type { Io } from "./io.ts";
import { printFindings } from "./print.ts";

/** How a command line says what configuration it means. */
export interface ConfigOptions {
  readonly config?: string;
  readonly rules?: readonly string[];
  /** The builtin rules serve where there is no configuration. */
  readonly builtinWithoutFile?: boolean;
  /** Names the cluster where the configuration does not. */
  readonly nameCluster?: LoadOptions["nameCluster"];
}

/** Everything that was found, and the configuration unless there is an error among it. */
export interface Loaded {
  readonly configuration: Configuration | undefined;
  readonly findings: readonly Finding[];
}

/**
 * Loads what the options and the environment name.
 *
 * @throws {TocsinError} ERR_USAGE when both a configuration and rules instead of one are named.
 */
export function load(options: ConfigOptions, io: Io): Promise<Loaded> {
  const { config, rules, builtinWithoutFile = false, nameCluster } = options;
  if (config !== undefined && rules !== undefined) {
    throw new TocsinError(
      "ERR_USAGE",
      "--rules is instead of a configuration: leave out one of --config and --rules",
    );
  }
  return loadConfiguration({
    file: config,
    rules,
    builtinWithoutFile,
    nameCluster,
    env: io.env,
    cwd: io.cwd,
  });
}

/** As `load`: findings go to standard error, and undefined means that nothing can be done. */
export async function loadOrComplain(options: ConfigOptions, io: Io): Promise<Configuration | undefined> {
  const { configuration, findings } = await load(options, io);
  if (configuration === undefined) printFindings(findings, io);
  return configuration;
}
