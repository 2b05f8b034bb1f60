// buildah with a storage of its own, that needs no daemon and no runtime of containers.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const cache = fileURLToPath(new URL("../../.cache/image", import.meta.url));
mkdirSync(cache, { recursive: true });

const STORAGE = [
  "--root",
  join(cache, "storage"),
  "--runroot",
  join(cache, "run"),
  "--storage-driver",
  "vfs",
];
const LARGEST_OUTPUT = 64 * 1024 * 1024;

/** Runs buildah, and returns its output. When buildah fails, ends the process with its message. */
export function buildah(...args) {
  const { status, stdout, stderr, error } = spawnSync("buildah", [...STORAGE, ...args], {
    encoding: "utf8",
    maxBuffer: LARGEST_OUTPUT,
    // Without a runtime, RUN is a chroot.
    env: { ...process.env, BUILDAH_ISOLATION: "chroot" },
  });
  if (status !== 0) fail(`buildah ${args[0]}: ${error?.message ?? `${stdout}\n${stderr}`.slice(-4000)}`);
  return stdout.trim();
}

/** Whether there is one; installs Debian's where that is allowed. */
export function provideBuildah() {
  if (spawnSync("buildah", ["--version"]).status === 0) return true;
  if (process.getuid?.() !== 0) return false;
  say("installing buildah from Debian");
  for (const args of [
    ["update", "--quiet"],
    ["install", "--yes", "--quiet", "--no-install-recommends", "buildah"],
  ]) {
    spawnSync("apt-get", args, {
      stdio: "ignore",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  }
  return spawnSync("buildah", ["--version"]).status === 0;
}

export function say(text) {
  process.stdout.write(`image: ${text}\n`);
}

export function fail(text) {
  process.stderr.write(`image: ${text}\n`);
  process.exit(1);
}
