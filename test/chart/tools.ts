import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BUILT = fileURLToPath(new URL("../../.cache/chart", import.meta.url));

/** Where the definitions of prometheus-operator's resources are. */
export const DEFINITIONS = join(BUILT, "crds");

/** How a tool ended. */
export interface ToolOutcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Whether tests that need helm and promtool are to be skipped; says so once.
 *
 * @throws {Error} when one is missing and `REQUIRE_CLUSTER=1`.
 */
export function areToolsMissing(): boolean {
  if (existsSync(join(BUILT, "helm")) && hasPromtool() && existsSync(DEFINITIONS)) return false;
  const missing = `no helm and promtool in ${BUILT}: run \`node test/chart/build.mjs\``;
  if (process.env["REQUIRE_CLUSTER"] === "1") throw new Error(missing);
  console.warn(`skipped: ${missing}`);
  return true;
}

/** Runs helm, by default on no cluster. */
export function helm(args: readonly string[], env: Readonly<Record<string, string>> = {}): ToolOutcome {
  return run(join(BUILT, "helm"), args, { env: { ...env, HELM_NO_PLUGINS: "1" } });
}

/** Runs promtool. */
export function promtool(args: readonly string[], options: { readonly input?: string } = {}): ToolOutcome {
  const built = join(BUILT, "promtool");
  return run(existsSync(built) ? built : "promtool", args, options);
}

function hasPromtool(): boolean {
  return existsSync(join(BUILT, "promtool")) || spawnSync("promtool", ["--version"]).status === 0;
}

function run(
  program: string,
  args: readonly string[],
  { env = {}, input = "" }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string },
): ToolOutcome {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    input,
    env: { ...process.env, ...env },
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}
