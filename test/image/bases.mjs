// Makes the two base images that the Dockerfile names, for builds without a registry of images: Debian's packages,
// and Node and npm as npm has them. They lie in buildah's storage under .cache/image.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { buildah, cache, fail, say } from "./buildah.mjs";

export const BUILDER = "localhost/tocsin-builder:local";
export const runtimeFor = (architecture) => `localhost/tocsin-runtime:${architecture}`;

/** The packages that Node and a program with TLS need; distroless has them too. */
const RUNTIME_PACKAGES = ["base-files", "ca-certificates", "libc6", "libgcc-s1", "libstdc++6", "tzdata"];
/** A shell and what the Dockerfile calls. */
const BUILDER_PACKAGES = [
  ...RUNTIME_PACKAGES,
  "coreutils",
  "dash",
  "findutils",
  "libacl1",
  "libattr1",
  "libgmp10",
  "libpcre2-8-0",
  "libselinux1",
];
const NPM = "npm@11.19.1";
const require = createRequire(import.meta.url);

/** Makes what is not there yet. */
export function makeBases() {
  if (!hasImage(BUILDER)) makeBuilder();
  if (!hasImage(runtimeFor("amd64"))) makeRuntime("amd64");
  if (!hasImage(runtimeFor("arm64"))) makeRuntime("arm64");
}

function makeBuilder() {
  const root = fresh("builder");
  unpack(BUILDER_PACKAGES, root);
  cpSync(nodeOfNpm(), join(root, "usr/local/bin/node"));
  command("npm", ["install", "--global", "--prefix", join(root, "usr/local"), NPM]);
  // A machine whose proxy signs anew trusts it here as well.
  const extra = process.env["NODE_EXTRA_CA_CERTS"];
  if (extra !== undefined) cpSync(extra, join(root, "etc/ssl/certs/extra.crt"));
  commit(root, BUILDER, {
    env: extra === undefined ? [] : ["NODE_EXTRA_CA_CERTS=/etc/ssl/certs/extra.crt"],
    entrypoint: [],
  });
}

/** With the libraries of this machine also for the other architecture, where nothing of it is run. */
function makeRuntime(architecture) {
  const root = fresh(`runtime-${architecture}`);
  unpack(RUNTIME_PACKAGES, root);
  for (const folder of [
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "usr/share/lintian",
    "usr/sbin",
  ]) {
    rmSync(join(root, folder), { recursive: true, force: true });
  }
  mkdirSync(join(root, "nodejs/bin"), { recursive: true });
  cpSync(nodeOfNpm(), join(root, "nodejs/bin/node"));
  writeFileSync(
    join(root, "etc/passwd"),
    "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
  );
  writeFileSync(join(root, "etc/group"), "root:x:0:\nnonroot:x:65532:\n");
  mkdirSync(join(root, "home/nonroot"), { recursive: true });
  commit(root, runtimeFor(architecture), { env: [], entrypoint: ["/nodejs/bin/node"], architecture });
}

function commit(root, name, { env, entrypoint, architecture = "amd64" }) {
  const variant = architecture === "arm64" ? ["--variant", "v8"] : [];
  const container = buildah("from", "--arch", architecture, ...variant, "scratch");
  buildah("add", "--quiet", container, root, "/");
  buildah("config", "--arch", architecture, "--env", "PATH=/usr/local/bin:/usr/bin", container);
  for (const variable of env) buildah("config", "--env", variable, container);
  buildah("config", "--entrypoint", JSON.stringify(entrypoint), container);
  buildah("commit", "--quiet", "--timestamp", "0", "--rm", container, name);
  rmSync(root, { recursive: true });
  say(`made ${name}`);
}

/** Fetches packages of this machine's Debian and unpacks them, without running anything of theirs. */
function unpack(packages, root) {
  for (const folder of ["bin", "lib", "lib64", "sbin"]) {
    mkdirSync(join(root, "usr", folder), { recursive: true });
    symlinkSync(`usr/${folder}`, join(root, folder));
  }
  for (const folder of ["proc", "sys", "dev", "tmp", "root", "etc/ssl/certs"]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const debs = join(cache, "debs");
  mkdirSync(debs, { recursive: true });
  const missing = packages.filter((name) => !readdirSync(debs).some((file) => file.startsWith(`${name}_`)));
  if (missing.length > 0) command("apt-get", ["download", ...missing], debs);
  for (const name of packages) {
    const file = readdirSync(debs).find((entry) => entry.startsWith(`${name}_`));
    if (file === undefined) fail(`apt-get gave no package ${name}`);
    // Debian's own folders became links long ago, and packages still name the old ones.
    shell(
      `dpkg-deb --fsys-tarfile "$1" | tar --extract --keep-directory-symlink --directory "$2"`,
      join(debs, file),
      root,
    );
  }
  shell(`cat "$1"/usr/share/ca-certificates/mozilla/*.crt > "$1"/etc/ssl/certs/ca-certificates.crt`, root);
}

function nodeOfNpm() {
  const program = join(require.resolve("node/package.json"), "../bin/node");
  if (!existsSync(program) || readFileSync(program).length === 0)
    fail("the npm package node has no program: npm ci");
  return program;
}

function fresh(name) {
  const folder = join(cache, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function hasImage(name) {
  return buildah("images", "--quiet", "--filter", `reference=${name}`) !== "";
}

function shell(script, ...args) {
  command("sh", ["-c", `set -e; ${script}`, "sh", ...args]);
}

function command(program, args, cwd) {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status !== 0) fail(`${program} ${args[0]}: ${error?.message ?? stderr.slice(-2000)}`);
}
