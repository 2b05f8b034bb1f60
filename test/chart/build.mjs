#!/usr/bin/env node
// Makes in .cache/chart: helm (by Go, from go.mod beside this file), promtool (from Debian's package), and the custom
// resource definitions of prometheus-operator (by Go, from crds/go.mod). Does nothing for what is there already.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildGoTool, copyFromGoModule, takeFromDebian } from "../support/go-tool.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = fileURLToPath(new URL("../../.cache/chart", import.meta.url));
const DEFINITIONS = "example/prometheus-operator-crd";

await buildGoTool({
  folder: here,
  name: "helm",
  module: "helm.sh/helm/v3",
  package: "helm.sh/helm/v3/cmd/helm",
  program: join(target, "helm"),
  // As helm's Makefile does: without a cluster helm takes the Kubernetes of its client library.
  variables: (version, versionOf) => {
    const [, minor] = versionOf("k8s.io/client-go").split(".");
    return {
      "helm.sh/helm/v3/internal/version.version": version,
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": minor,
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": minor,
    };
  },
});
await copyFromGoModule({
  folder: join(here, "crds"),
  module: "github.com/prometheus-operator/prometheus-operator",
  files: [
    `${DEFINITIONS}/monitoring.coreos.com_prometheusrules.yaml`,
    `${DEFINITIONS}/monitoring.coreos.com_servicemonitors.yaml`,
  ],
  target: join(target, "crds"),
});
takeFromDebian({
  name: "promtool",
  packageName: "prometheus",
  path: "usr/bin/promtool",
  program: join(target, "promtool"),
});
