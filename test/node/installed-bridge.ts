import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type { KubernetesObject } from "@kubernetes/client-node";

import { BridgeProcess } from "../support/bridge-process.ts";
import type { NodeBed } from "./node-bed.ts";

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const ACCOUNT = { name: "tocsin", namespace: "tocsin" };

/** Runs a command of Tocsin, as a process of its own. @returns Its output. @throws {Error} when its status is not 0. */
export async function tocsin(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [MAIN, ...args], { maxBuffer: 16 * 2 ** 20 });
  return stdout;
}

/**
 * `tocsin run` with exactly the permissions that `tocsin rbac` prints for its configuration, as a service account.
 *
 * @param configuration All but where the API server is.
 */
export async function startInstalledBridge(bed: NodeBed, configuration: object): Promise<BridgeProcess> {
  const bridge = new BridgeProcess();
  bridge.write("tocsin.yaml", {
    cluster: "test",
    kubernetes: { kubeconfig: "kubeconfig.yaml", startFrom: "now" },
    state: { path: "tocsin.db" },
    log: { format: "json" },
    ...configuration,
  });
  const file = join(bridge.directory, "tocsin.yaml");
  await bed.cluster.createNamespace(ACCOUNT.namespace);
  // The shape of `kubectl get -o json`.
  const { items } = JSON.parse(
    await tocsin("rbac", "--json", "--config", file, "--service-account", ACCOUNT.name),
  ) as { readonly items: readonly KubernetesObject[] };
  await bed.cluster.apply(...items);
  const { status } = await bed.cluster.core.createNamespacedServiceAccountToken({
    ...ACCOUNT,
    body: { spec: { audiences: [], expirationSeconds: 7200 } },
  });
  bridge.write("kubeconfig.yaml", bed.plane.kubeconfig.replace(bed.plane.token, status?.token ?? ""));
  await bridge.start();
  return bridge;
}
