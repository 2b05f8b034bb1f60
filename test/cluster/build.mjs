#!/usr/bin/env node
// Makes .cache/control-plane: kube-apiserver, kubectl and recorders, which writes Events with client-go (by Go, from go.mod
// beside this file), and etcd (from Debian's package).
// Does nothing for what is there already. About four minutes on two cores the first time.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const module = fileURLToPath(new URL(".", import.meta.url));
const target = fileURLToPath(new URL("../../.cache/control-plane", import.meta.url));
const PROGRESS_EVERY_MS = 15_000;

const PROGRAMS = [
  { name: "kube-apiserver", package: "k8s.io/kubernetes/cmd/kube-apiserver" },
  { name: "kubectl", package: "k8s.io/kubernetes/cmd/kubectl" },
  { name: "recorders", package: "./recorders", sources: ["recorders/main.go"] },
];

// Assets as envtest has them bring everything but the recorders.
const assets = process.env["KUBEBUILDER_ASSETS"];
mkdirSync(target, { recursive: true });
const goMod = readFileSync(join(module, "go.mod"), "utf8");
const version = /^require k8s\.io\/kubernetes (v[\d.]+)/mu.exec(goMod)?.[1];
if (version === undefined) fail("go.mod names no version of k8s.io/kubernetes");
for (const program of PROGRAMS) {
  if (assets === undefined || program.name === "recorders") await build(program, goMod, version);
}
if (assets === undefined) provideEtcd();
else say(`KUBEBUILDER_ASSETS is ${assets}`);

/** Compiles what is not there yet, or is of another go.mod or other sources. */
async function build({ name, package: path, sources = [] }, goMod, version) {
  const wanted = createHash("sha256");
  for (const text of [goMod, ...sources.map((file) => readFileSync(join(module, file), "utf8"))])
    wanted.update(text);
  const digest = wanted.digest("hex");
  const program = join(target, name);
  const stamp = join(target, `${name}.stamp`);
  if (existsSync(program) && existsSync(stamp) && readFileSync(stamp, "utf8") === digest) {
    say(`${name} is there`);
    return;
  }
  const [major, minor] = version.slice(1).split(".");
  const variables = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const flags = Object.entries(variables).map(
    ([variable, value]) => `-X k8s.io/component-base/version.${variable}=${value}`,
  );
  say(`building ${name}, with Kubernetes ${version}, which takes some minutes the first time`);
  const startedAt = performance.now();
  await go(["build", "-v", "-trimpath", "-ldflags", ["-s -w", ...flags].join(" "), "-o", program, path]);
  writeFileSync(stamp, digest);
  say(`built ${name} in ${Math.round((performance.now() - startedAt) / 1000)} s`);
}

/** Runs go with a line of progress every 15 s; its own output is shown when it fails. */
async function go(args) {
  const child = spawn("go", args, { cwd: module, stdio: ["ignore", "inherit", "pipe"] });
  let output = "";
  child.stderr.on("data", (chunk) => (output += chunk));
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const lines = output.trimEnd().split("\n");
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    say(`${seconds} s, ${lines.length} steps, now ${lines.at(-1)}`);
  }, PROGRESS_EVERY_MS);
  const code = await new Promise((resolve) => {
    child.on("error", (error) => {
      output += `${error.message}: is Go installed?\n`;
      resolve(1);
    });
    child.on("exit", resolve);
  });
  clearInterval(timer);
  if (code !== 0) fail(`go ${args[0]} failed\n${output.slice(-4000)}`);
}

function provideEtcd() {
  const program = join(target, "etcd");
  if (existsSync(program) || spawnSync("etcd", ["--version"]).status === 0) {
    say("etcd is there");
    return;
  }
  say("fetching etcd from Debian's package etcd-server");
  const directory = mkdtempSync(join(tmpdir(), "tocsin-etcd-"));
  try {
    if (!run("apt-get", ["download", "etcd-server"], directory)) {
      run("apt-get", ["update", "--quiet"], directory);
      if (!run("apt-get", ["download", "etcd-server"], directory)) {
        fail("no etcd: install one, so that `etcd` is on the PATH");
      }
    }
    const archive = readdirSync(directory).find((name) => name.endsWith(".deb"));
    if (archive === undefined || !run("dpkg-deb", ["--extract", archive, "."], directory))
      fail("etcd-server does not unpack");
    copyFileSync(join(directory, "usr/bin/etcd"), program);
    say("etcd is there now");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function run(command, args, directory) {
  return spawnSync(command, args, { cwd: directory, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
}

function say(text) {
  process.stdout.write(`control plane: ${text}\n`);
}

function fail(text) {
  process.stderr.write(`control plane: ${text}\n`);
  process.exit(1);
}
