import { tmpdir } from "node:os";

import { type Configuration, loadConfiguration } from "../../src/config/index.ts";
import { formatFinding } from "../../src/lib/finding.ts";

/** The configuration where there is no file: the rules that ship, and standard output. */
export async function loadBuiltinConfiguration(): Promise<Configuration> {
  const options = { file: undefined, builtinWithoutFile: true, env: {}, cwd: tmpdir() };
  const { configuration, findings } = await loadConfiguration({
    ...options,
    nameCluster: () => "my-cluster",
  });
  if (configuration === undefined) throw new Error(findings.map(formatFinding).join("\n"));
  return configuration;
}
