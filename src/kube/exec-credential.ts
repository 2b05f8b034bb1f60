import { z } from "zod";

import { parseInstant } from "../lib/parse-instant.ts";
import { check } from "../lib/schema.ts";
import { dotted } from "../lib/yaml-file.ts";
import type { ClusterEntry, ExecEntry } from "./kube-context.ts";

/** The versions of the protocol, https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
const API_VERSIONS: ReadonlySet<string> = new Set([
  "client.authentication.k8s.io/v1",
  "client.authentication.k8s.io/v1beta1",
]);

/** The extension of a cluster whose content goes to the plugin. */
const EXEC_EXTENSION = "client.authentication.k8s.io/exec";

const ExecCredential = z.looseObject({
  apiVersion: z.string(),
  status: z
    .looseObject({
      token: z.string().nullish(),
      clientCertificateData: z.string().nullish(),
      clientKeyData: z.string().nullish(),
      expirationTimestamp: z.iso.datetime({ offset: true }).nullish(),
    })
    .nullish(),
});

/** Credentials that a plugin gave; a token, a certificate with its key, or both. */
export interface PluginCredential {
  readonly token: string | undefined;
  /** PEM. */
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
  /** Epoch milliseconds; infinite when the plugin names no end. */
  readonly expiresAt: number;
}

/** Why a version of the protocol cannot be spoken; undefined for one that can. */
export function faultOfApiVersion(apiVersion: string): string | undefined {
  if (API_VERSIONS.has(apiVersion)) return undefined;
  const shown = apiVersion === "" ? "names no apiVersion" : `asks for ${apiVersion}`;
  return `${shown}: it can be ${[...API_VERSIONS].join(" or ")}`;
}

/**
 * The content of `KUBERNETES_EXEC_INFO`. Nobody sits before the program, so it is never interactive.
 *
 * @param ca PEM of the cluster's authority.
 */
export function execInfo(exec: ExecEntry, cluster: ClusterEntry, ca: string | undefined): string {
  return JSON.stringify({
    kind: "ExecCredential",
    apiVersion: exec.apiVersion,
    spec: { ...(exec.provideClusterInfo ? { cluster: clusterInfo(cluster, ca) } : {}), interactive: false },
  });
}

function clusterInfo(cluster: ClusterEntry, ca: string | undefined): Readonly<Record<string, unknown>> {
  const { "tls-server-name": serverName = "", "proxy-url": proxyUrl, extensions } = cluster;
  const config = extensions?.find(({ name }) => name === EXEC_EXTENSION)?.extension;
  return {
    server: cluster.server,
    ...(serverName === "" ? {} : { "tls-server-name": serverName }),
    ...(cluster["insecure-skip-tls-verify"] ? { "insecure-skip-tls-verify": true } : {}),
    ...(ca === undefined ? {} : { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
    ...(proxyUrl === "" ? {} : { "proxy-url": proxyUrl }),
    ...(config === undefined ? {} : { config }),
  };
}

/**
 * Reads the answer of a plugin.
 *
 * @param apiVersion Of the kubeconfig.
 * @returns The credential, or what is wrong with the answer; never a part of it, which may be secret.
 */
export function readExecCredential(output: string, apiVersion: string): PluginCredential | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(output);
  } catch {
    const what = output.trim() === "" ? "printed nothing" : "printed more than JSON, or something else";
    return `${what}: a plugin prints an ExecCredential, and nothing else, on its standard output`;
  }
  const { value, faults } = check(ExecCredential, parsed);
  if (value === undefined) {
    const [first] = faults;
    return `printed no ExecCredential: ${dotted(first?.path ?? [])}: ${first?.message ?? "not readable"}`;
  }
  if (value.apiVersion !== apiVersion) {
    return `answered in ${value.apiVersion}, and the kubeconfig asks for ${apiVersion}`;
  }
  return credentialOf(value.status);
}

function credentialOf(status: z.infer<typeof ExecCredential>["status"]): PluginCredential | string {
  if (status === undefined || status === null) return "printed an ExecCredential without a status";
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  if (Boolean(cert) !== Boolean(key))
    return `gave a ${cert ? "certificate without its key" : "key without its certificate"}`;
  if (!token && !cert) return "gave neither a token nor a certificate";
  return {
    token: token || undefined,
    certificate: cert && key ? { cert, key } : undefined,
    expiresAt: parseInstant(expirationTimestamp ?? "") ?? Number.POSITIVE_INFINITY,
  };
}
