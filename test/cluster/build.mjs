#!/usr/bin/env node
// Makes .cache/control-plane/kube-apiserver (by Go, from go.mod beside this file) and .../etcd (from Debian's package).
// Does nothing for what is there already. About four minutes on two cores the first time.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildGoTool, say, takeFromDebian } from "../support/go-tool.mjs";

const target = fileURLToPath(new URL("../../.cache/control-plane", import.meta.url));

if (process.env["KUBEBUILDER_ASSETS"] !== undefined) {
  say(`nothing to build: KUBEBUILDER_ASSETS is ${process.env["KUBEBUILDER_ASSETS"]}`);
} else {
  await buildGoTool({
    folder: fileURLToPath(new URL(".", import.meta.url)),
    name: "kube-apiserver",
    module: "k8s.io/kubernetes",
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
    program: join(target, "kube-apiserver"),
    variables: (version) => {
      const [major, minor] = version.slice(1).split(".");
      const names = { gitVersion: version, gitMajor: major, gitMinor: minor };
      return Object.fromEntries(
        Object.entries(names).map(([name, value]) => [`k8s.io/component-base/version.${name}`, value]),
      );
    },
  });
  takeFromDebian({
    name: "etcd",
    packageName: "etcd-server",
    path: "usr/bin/etcd",
    program: join(target, "etcd"),
  });
}
