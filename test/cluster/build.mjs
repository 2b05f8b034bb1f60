#!/usr/bin/env node
// Makes .cache/control-plane: kube-apiserver, kubectl and recorders, which writes Events with client-go (by Go, from go.mod
// beside this file), and etcd (from Debian's package).
// Does nothing for what is there already. About four minutes on two cores the first time.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { say, takeFromDebian } from "../support/go-tool.mjs";
import { buildKubernetesTool } from "./kubernetes-tool.mjs";

const target = fileURLToPath(new URL("../../.cache/control-plane", import.meta.url));

const PROGRAMS = [
  { name: "kube-apiserver" },
  { name: "kubectl" },
  { name: "recorders", package: "./recorders", sources: ["recorders/main.go"] },
];

// Assets as envtest has them bring everything but the recorders.
const assets = process.env["KUBEBUILDER_ASSETS"];
if (assets !== undefined) say(`KUBEBUILDER_ASSETS is ${assets}`);
for (const program of PROGRAMS) {
  if (assets !== undefined && program.name !== "recorders") continue;
  await buildKubernetesTool({ ...program, program: join(target, program.name) });
}
if (assets === undefined) {
  takeFromDebian({
    name: "etcd",
    packageName: "etcd-server",
    path: "usr/bin/etcd",
    program: join(target, "etcd"),
  });
}
