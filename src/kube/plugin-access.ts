import type { Access } from "./access.ts";
import { ExecPlugin, type PluginContext } from "./exec-plugin.ts";
import type { KubeContext } from "./kube-context.ts";
import { ProviderPlugin } from "./provider-plugin.ts";

/**
 * Gets what a command or a provider adds to the credentials.
 *
 * @param ca PEM of the cluster's authority.
 * @param signal Ends the wait; the question goes on for the next one who asks.
 */
export type PluginAccess = (ca: string | undefined, signal: AbortSignal | undefined) => Promise<Access>;

const NOTHING: Access = { tls: {}, headers: {} };

/** The plugin that the user of a context names; without one it adds nothing. */
export function createPluginAccess(context: KubeContext, deps: PluginContext): PluginAccess {
  const { exec, "auth-provider": provider } = context.user;
  if (exec) {
    const plugin = new ExecPlugin(context, exec, deps);
    return (ca, signal) => unlessAborted(plugin.access(ca), signal, plugin);
  }
  if (!provider) return () => Promise.resolve(NOTHING);
  const plugin = new ProviderPlugin(context, provider.name);
  return (_, signal) => unlessAborted(plugin.access(), signal, plugin);
}

function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  plugin: ExecPlugin | ProviderPlugin,
): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(plugin.error("has given no credentials yet", signal.reason));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
