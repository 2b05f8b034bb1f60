import { homedir } from "node:os";
import { delimiter, join } from "node:path";

import { TocsinError } from "../lib/errors.ts";
import { Secret } from "../lib/secret.ts";
import type { Access, Connection, TlsMaterial } from "./access.ts";
import { inClusterConnection } from "./in-cluster.ts";
import { type KubeContext, loadKubeContext } from "./kube-context.ts";
import { createPluginAccess, type PluginAccess } from "./plugin-access.ts";
import { readCredential } from "./read-credential.ts";

/** Names an API server. */
export interface ConnectOptions {
  /** A file; undefined or "" to look in the usual places. */
  readonly kubeconfig?: string | undefined;
  /** A context of the kubeconfig; undefined or "" for the current one. */
  readonly context?: string | undefined;
}

/**
 * Finds the API server: the given kubeconfig or context, else in-cluster, else `$KUBECONFIG`, else `~/.kube/config`.
 *
 * @param serviceAccountDir The folder of an in-cluster token.
 * @throws {TocsinError} ERR_CREDENTIALS when it finds nothing, or the kubeconfig is not usable.
 */
export function findConnection(
  { kubeconfig = "", context = "" }: ConnectOptions,
  env: NodeJS.ProcessEnv,
  serviceAccountDir: string,
): Connection {
  if (kubeconfig !== "") return kubeconfigConnection([kubeconfig], context, env);
  const inCluster = context === "" ? inClusterConnection(env, serviceAccountDir) : undefined;
  return inCluster ?? kubeconfigConnection(usualFiles(env), context, env);
}

function usualFiles(env: NodeJS.ProcessEnv): readonly string[] {
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  return listed.length > 0 ? listed : [join(env["HOME"] ?? homedir(), ".kube", "config")];
}

function kubeconfigConnection(
  files: readonly string[],
  contextName: string,
  env: NodeJS.ProcessEnv,
): Connection {
  let context = loadKubeContext(files, contextName);
  let plugin: PluginAccess | undefined;
  let read = staticAccess(context);
  return {
    server: serverOf(context),
    contextName: context.name,
    origin: `kubeconfig ${context.file}`,
    proxyUrl: context.cluster["proxy-url"],
    access: async ({ renew, clock, signal }) => {
      if (renew) {
        context = loadKubeContext(files, contextName);
        plugin = undefined;
        read = staticAccess(context);
      }
      const plain = read();
      plugin ??= createPluginAccess(context, { env, clock });
      const given = await plugin(plain.tls.ca, signal);
      return { tls: { ...plain.tls, ...given.tls }, headers: { ...plain.headers, ...given.headers } };
    },
  };
}

function serverOf(context: KubeContext): string {
  const url = URL.parse(context.cluster.server);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new TocsinError(
      "ERR_CREDENTIALS",
      `kubeconfig ${context.file}: context "${context.name}": server is not an http or https URL`,
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/u, "");
}

/** Access by the plain texts and files of a kubeconfig; changed files are read again. */
function staticAccess(context: KubeContext): () => Access {
  const { cluster, user } = context;
  const origin = `user "${context.userName}" in ${context.file}`;
  const ca = certificate(cluster["certificate-authority"], cluster["certificate-authority-data"]);
  const cert = certificate(user["client-certificate"], user["client-certificate-data"]);
  const key = certificate(user["client-key"], user["client-key-data"]);
  // Here the file wins over the literal, as in client-go, because the file rotates.
  const token = secretFile(user.tokenFile) ?? (user.token ? Secret.literal(user.token) : undefined);
  if ((cert === undefined) !== (key === undefined)) {
    const missing = cert === undefined ? "client-certificate" : "client-key";
    throw new TocsinError("ERR_CREDENTIALS", `${origin}: ${missing} or ${missing}-data is missing`);
  }
  const secretTls = { ca, cert, key };
  const serverName = cluster["tls-server-name"];
  return () => {
    const pems = Object.entries(secretTls).flatMap(([name, secret]) =>
      secret === undefined ? [] : [[name, readCredential(origin, secret)] as const],
    );
    const tls: TlsMaterial = {
      ...Object.fromEntries(pems),
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...(cluster["insecure-skip-tls-verify"] ? { rejectUnauthorized: false } : {}),
    };
    const headers: Record<string, string | string[]> = {};
    if (token !== undefined) headers["authorization"] = `Bearer ${readCredential(origin, token)}`;
    else if (user.username !== undefined) {
      const pair = Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64");
      headers["authorization"] = `Basic ${pair}`;
    }
    if (user.as !== undefined) headers["impersonate-user"] = user.as;
    if (user["as-groups"] !== undefined) headers["impersonate-group"] = user["as-groups"];
    return { tls, headers };
  };
}

/** Here data wins over a file, as in client-go. */
function certificate(file: string | undefined, base64: string | undefined): Secret | undefined {
  if (base64 === undefined || base64 === "") return secretFile(file);
  return Secret.literal(Buffer.from(base64, "base64").toString());
}

function secretFile(file: string | undefined): Secret | undefined {
  return file === undefined || file === "" ? undefined : Secret.fromFile(file);
}
