import { readFileSync, statSync } from "node:fs";

import { Agent, buildConnector, type Dispatcher, ProxyAgent } from "undici";

import { guardedLookup, refusalOfHost } from "./address-policy.ts";
import { DeliveryError } from "./delivery-error.ts";
import { parseProxy, proxyFor } from "./proxy.ts";
import { trustSystemStore } from "./trust-system-store.ts";

/** Settings that decide how connections are made. */
export interface ConnectionOptions {
  /** Absolute paths. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** The name in the certificate of receivers, where it is not that of the URL. */
  readonly serverName: string | undefined;
  readonly proxy: string | undefined;
  readonly allowPrivate: boolean;
  readonly concurrency: number;
  readonly env: NodeJS.ProcessEnv;
}

/** The connection pools of one client: one for direct requests and one per proxy, each made at its first use. */
export interface Dispatchers {
  /** @throws {DeliveryError} when the policy refuses the address, or a TLS file or the proxy's URL is unusable. */
  for(url: URL): Dispatcher;
  /** Ends all connections, also those in use. */
  close(): Promise<void>;
}

/** There is no pool yet; a new pool reads the TLS files, also after they changed. */
export function createDispatchers(options: ConnectionOptions): Dispatchers {
  /** Keyed by the scheme of the receiver and its proxy. */
  const pools = new Map<string, Dispatcher>();
  const paths = Object.values(options.tls);
  let stamp = "";
  return {
    for(url) {
      const refusal = refusalOfHost(url.hostname, options.allowPrivate);
      if (refusal !== undefined) throw refusal;
      const current = paths.map(stampOf).join();
      if (current !== stamp) {
        // Running requests finish on the old certificate.
        for (const pool of pools.values()) pool.close(() => undefined);
        pools.clear();
        stamp = current;
      }
      const proxy = proxyFor(url, options.proxy, options.env);
      const key = `${url.protocol} ${proxy ?? ""}`;
      let pool = pools.get(key);
      if (pool === undefined) {
        // Plain connections do without, which saves time and memory.
        if (url.protocol === "https:" || proxy?.startsWith("https:") === true) trustSystemStore();
        pool = proxy === undefined ? directPool(options) : proxyPool(proxy, options);
        pools.set(key, pool);
      }
      return pool;
    },
    async close() {
      const open = [...pools.values()];
      pools.clear();
      await Promise.all(open.map((pool) => pool.destroy()));
    },
  };
}

function directPool(options: ConnectionOptions): Agent {
  return new Agent({
    ...poolOptions(options),
    connect: buildConnector({
      ...nameOf(options),
      ...readTls(options.tls),
      allowH2: false,
      lookup: guardedLookup(options.allowPrivate),
    }),
  });
}

/** Private proxies are normal whatever `allowPrivate` says; the proxy judges the receiver's own address. */
function proxyPool(proxy: string, options: ConnectionOptions): ProxyAgent {
  const files = readTls(options.tls);
  return new ProxyAgent({
    ...poolOptions(options),
    uri: parseProxy(proxy).href,
    requestTls: { ...nameOf(options), ...files, allowH2: false },
    // The client certificate is for the receiver alone.
    proxyTls: {
      ...(files.ca === undefined ? {} : { ca: files.ca }),
      allowH2: false,
      lookup: guardedLookup(true),
    },
  });
}

/** The attempt's signal is the only deadline. */
function poolOptions(options: ConnectionOptions): Agent.Options {
  return { connections: options.concurrency, allowH2: false, headersTimeout: 0, bodyTimeout: 0 };
}

function nameOf({ serverName }: ConnectionOptions): { servername?: string } {
  return serverName === undefined ? {} : { servername: serverName };
}

function readTls(tls: ConnectionOptions["tls"]): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  return Object.fromEntries(
    Object.entries(tls).map(([name, path]) => [name, withFile(path, (path) => readFileSync(path))]),
  );
}

function stampOf(path: string): string {
  const { ino, mtimeMs, size } = withFile(path, (path) => statSync(path));
  return `${ino}:${mtimeMs}:${size}`;
}

function withFile<T>(path: string, read: (path: string) => T): T {
  try {
    return read(path);
  } catch (cause) {
    throw misconfigured(`tls: file ${path} cannot be read`, cause);
  }
}

function misconfigured(message: string, cause?: unknown): DeliveryError {
  return DeliveryError.broken("misconfigured", message, { cause });
}
