import type { RequestOptions } from "node:https";

import { errorText, TocsinError } from "../lib/errors.ts";
import type { Access } from "./access.ts";
import type { KubeContext } from "./kube-context.ts";

/** Gets credentials for requests; keeps a plugin's answer until it expires. */
export type PluginAccess = () => Promise<Access>;

/** Whether the user's credentials come from a command or a provider, so that a library has to fetch them. */
export function needsPlugin(context: KubeContext): boolean {
  return (context.user.exec ?? context.user["auth-provider"] ?? undefined) !== undefined;
}

/**
 * Credentials by exec, OIDC or auth provider through `@kubernetes/client-node`. Only this file imports it, and only
 * when it is needed: the bare import costs 85 MB.
 */
export async function createPluginAccess(context: KubeContext): Promise<PluginAccess> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromString(
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "it",
      contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
      // The library is only asked for credentials; it never connects to the server, and refuses plain http otherwise.
      clusters: [
        { name: "it", cluster: { server: context.cluster.server, "insecure-skip-tls-verify": true } },
      ],
      users: [{ name: "it", user: context.user }],
    }),
  );
  return async () => {
    const options: RequestOptions = {};
    try {
      await config.applyToHTTPSOptions(options);
    } catch (cause) {
      throw new TocsinError(
        "ERR_CREDENTIALS",
        `user "${context.userName}" in ${context.file}: ${pluginName(context)} gave no credentials: ${errorText(cause)}`,
        { cause },
      );
    }
    const headers = options.headers as Readonly<Record<string, string | undefined>> | undefined;
    const authorization = headers?.["Authorization"];
    return {
      tls: {
        ...pem("cert", options.cert),
        ...pem("key", options.key),
      },
      headers: authorization === undefined ? {} : { authorization },
    };
  };
}

function pluginName(context: KubeContext): string {
  const { exec, "auth-provider": provider } = context.user;
  return exec ? `command "${exec.command}"` : `auth provider "${provider?.name ?? ""}"`;
}

function pem(name: "cert" | "key", value: unknown): Readonly<Record<string, string>> {
  return typeof value === "string" || Buffer.isBuffer(value) ? { [name]: value.toString() } : {};
}
