import { type Configuration, loadConfiguration, type LoadOptions } from "../config/index.ts";
import { TocsinError } from "../lib/errors.ts";
import type { Finding } from "../lib/finding.ts";
import type { Io } from "./io.ts";
import { printFindings } from "./print.ts";

/** Options that name a configuration. */
export interface ConfigOptions {
  readonly config?: string;
  readonly rules?: readonly string[];
  /** Whether the builtin rules apply where there is no configuration. */
  readonly builtinWithoutFile?: boolean;
  /** Names the cluster where the configuration does not. */
  readonly nameCluster?: LoadOptions["nameCluster"];
}

/** All findings, and the configuration unless one of them is an error. */
export interface Loaded {
  readonly configuration: Configuration | undefined;
  readonly findings: readonly Finding[];
}

/**
 * Loads the configuration of the options and the environment.
 *
 * @throws {TocsinError} ERR_USAGE when the options name both a configuration and rules instead of one.
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

/** As `load`; it also prints findings to standard error. Undefined means that the command cannot go on. */
export async function loadOrComplain(options: ConfigOptions, io: Io): Promise<Configuration | undefined> {
  const { configuration, findings } = await load(options, io);
  if (configuration === undefined) printFindings(findings, io);
  return configuration;
}
