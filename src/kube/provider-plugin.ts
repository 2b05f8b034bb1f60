import type { RequestOptions } from "node:https";

import type { KubeConfig } from "@kubernetes/client-node";

import type { Access } from "./access.ts";
import type { KubeContext } from "./kube-context.ts";
import { PluginError } from "./plugin-error.ts";

/**
 * Credentials by an auth provider, such as OIDC, through `@kubernetes/client-node`. Only this file imports it, and only
 * when it is needed: the bare import costs 85 MB.
 */
export class ProviderPlugin {
  readonly #context: KubeContext;
  readonly #name: string;
  #config: Promise<KubeConfig> | undefined;

  /** @param name Of the provider. */
  constructor(context: KubeContext, name: string) {
    this.#context = context;
    this.#name = name;
  }

  /** @throws {PluginError} */
  async access(): Promise<Access> {
    this.#config ??= configFor(this.#context);
    const options: RequestOptions = {};
    try {
      await (await this.#config).applyToHTTPSOptions(options);
    } catch (cause) {
      throw this.error("gave no credentials", cause);
    }
    // The library sets plain headers.
    const headers = options.headers as Readonly<Record<string, string | undefined>> | undefined;
    const authorization = headers?.["Authorization"];
    return { tls: {}, headers: authorization === undefined ? {} : { authorization } };
  }

  /** The failure of this provider. */
  error(what: string, cause: unknown): PluginError {
    const { userName, file } = this.#context;
    return new PluginError(
      `user "${userName}" in ${file}: auth provider "${this.#name}" ${what}`,
      "log in again with the tool that wrote this user",
      { cause },
    );
  }
}

async function configFor({ cluster, user }: KubeContext): Promise<KubeConfig> {
  const library = await import("@kubernetes/client-node");
  const config = new library.KubeConfig();
  config.loadFromString(
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "it",
      contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
      // The library is only asked for credentials; it never connects to the server, and refuses plain http otherwise.
      clusters: [{ name: "it", cluster: { server: cluster.server, "insecure-skip-tls-verify": true } }],
      users: [{ name: "it", user }],
    }),
  );
  return config;
}
