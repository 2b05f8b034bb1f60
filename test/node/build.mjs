#!/usr/bin/env node
// Makes .cache/node: kube-controller-manager, kube-scheduler and kubelet (by Go, from test/cluster/go.mod), the programs
// of test/cluster for containers and stories, containerd, runc and network plugins (from Debian's packages), and images.
// Does nothing for what is there already. About four minutes on two cores after test/cluster/build.mjs, the first time.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildKubernetesTool } from "../cluster/kubernetes-tool.mjs";
import { fail, say, takeFilesFromDebian } from "../support/go-tool.mjs";
import { makeImages } from "./images.mjs";

const target = fileURLToPath(new URL("../../.cache/node", import.meta.url));
const bin = join(target, "bin");

const PROGRAMS = [
  { name: "kube-controller-manager" },
  { name: "kube-scheduler" },
  { name: "kubelet" },
  { name: "plain-event", package: "./plain-event", sources: ["plain-event/main.go"] },
  { name: "workload", package: "./workload", sources: ["workload/main.go"], isStatic: true },
];

const PACKAGES = [
  {
    packageName: "containerd",
    paths: ["usr/bin/containerd", "usr/bin/containerd-shim-runc-v2"],
    folder: bin,
  },
  { packageName: "runc", paths: ["usr/sbin/runc"], folder: bin },
  {
    packageName: "containernetworking-plugins",
    paths: ["bridge", "host-local", "loopback"].map((plugin) => `usr/lib/cni/${plugin}`),
    folder: join(target, "cni"),
  },
];

/** The kubelet speaks version 1 of the runtime interface, which containerd has from 1.6 on; that needs runc 1.1. */
const LEAST = { containerd: [1, 6], runc: [1, 1] };

for (const program of PROGRAMS) await buildKubernetesTool({ ...program, program: join(bin, program.name) });
for (const each of PACKAGES) takeFilesFromDebian(each);
for (const [name, least] of Object.entries(LEAST)) demandVersion(name, least);
say(makeImages(join(bin, "workload"), join(target, "images")) ? "made the images" : "the images are there");

function demandVersion(name, least) {
  const { stdout, stderr } = spawnSync(join(bin, name), ["--version"], { encoding: "utf8" });
  const version = /\b(\d+)\.(\d+)\.\d+/u.exec(stdout ?? "");
  const [major, minor] = (version ?? []).slice(1).map(Number);
  const isEnough = major > least[0] || (major === least[0] && minor >= least[1]);
  if (!isEnough)
    fail(`${name} ${least.join(".")} or newer is needed, and Debian has: ${stdout}${stderr ?? ""}`);
  say(`${name} ${version?.[0]}`);
}
