import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BUILT = fileURLToPath(new URL("../../.cache/node", import.meta.url));
const bin = (name: string): string => join(BUILT, "bin", name);

/** Where the things that build.mjs makes lie. */
export const PROGRAMS = {
  controllerManager: bin("kube-controller-manager"),
  scheduler: bin("kube-scheduler"),
  kubelet: bin("kubelet"),
  containerd: bin("containerd"),
  plainEvent: bin("plain-event"),
  networkPlugins: join(BUILT, "cni"),
  images: join(BUILT, "images"),
  /** For the PATH of containerd, which runs runc and its shim. */
  folder: join(BUILT, "bin"),
};

/**
 * Whether tests on a genuine node are to be skipped; says why, once.
 *
 * @throws {Error} when the programs are missing and `REQUIRE_CLUSTER=1`.
 */
export function isNodeMissing(): boolean {
  const forbidden = forbiddenHere();
  if (forbidden !== undefined) return skipped(forbidden);
  if (existsSync(join(PROGRAMS.images, "tags.json"))) return false;
  const missing = `no node in ${BUILT}: run \`node test/node/build.mjs\``;
  if (process.env["REQUIRE_CLUSTER"] === "1") throw new Error(missing);
  return skipped(missing);
}

function skipped(why: string): true {
  console.warn(`skipped: ${why}`);
  return true;
}

/** Why this machine can run no node, or undefined when it can. `.ci/run` asks the same. */
function forbiddenHere(): string | undefined {
  const probe = spawnSync(fileURLToPath(new URL("may-run.sh", import.meta.url)), { encoding: "utf8" });
  return probe.status === 0 ? undefined : `no node can run here: ${probe.stderr.trim()}`;
}
