import { existsSync } from "node:fs";
import { join } from "node:path";

import { Secret } from "../lib/secret.ts";
import type { Access, Connection } from "./access.ts";
import { readCredential } from "./read-credential.ts";

/** Where the kubelet mounts the Pod's account, https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
export const SERVICE_ACCOUNT_DIR = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The API server of the cluster that runs this process; undefined outside of one. The kubelet rotates the token, so it
 * is read again whenever it changed.
 */
export function inClusterConnection(env: NodeJS.ProcessEnv, directory: string): Connection | undefined {
  const host = env["KUBERNETES_SERVICE_HOST"] ?? "";
  const port = env["KUBERNETES_SERVICE_PORT"] ?? "";
  const tokenFile = join(directory, "token");
  if (host === "" || port === "" || !existsSync(tokenFile)) return undefined;
  const token = Secret.fromFile(tokenFile);
  const ca = Secret.fromFile(join(directory, "ca.crt"));
  const access = async (): Promise<Access> => ({
    tls: { ca: readCredential("in-cluster", ca) },
    headers: { authorization: `Bearer ${readCredential("in-cluster", token)}` },
  });
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    contextName: "",
    origin: "in-cluster",
    proxyUrl: "",
    access,
  };
}
