import { readFileSync, statSync } from "node:fs";

import { Agent, buildConnector, type Dispatcher, ProxyAgent } from "undici";

import { guardedLookup, refusalOfHost } from "./address-policy.ts";
import { DeliveryError } from "./delivery-error.ts";
import { parseProxy, proxyFor } from "./proxy.ts";

/** Settings that decide how connections are made. */
export interface ConnectionOptions {
  /** Absolute paths. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
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
  /** Keyed by proxy, "" for none. */
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
      const proxy = proxyFor(url, options.proxy, options.env) ?? "";
      let pool = pools.get(proxy);
      if (pool === undefined) {
        pool = proxy === "" ? directPool(options) : proxyPool(proxy, options);
        pools.set(proxy, pool);
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
      ...readTls(options.tls),
      allowH2: false,
      lookup: guardedLookup(options.allowPrivate),
    }),
  });
}

/** Private proxies are normal whatever `allowPrivate` says; the proxy judges the receiver's own address. */
function proxyPool(proxy: string, options: ConnectionOptions): ProxyAgent {
  return new ProxyAgent({
    ...poolOptions(options),
    uri: parseProxy(proxy).href,
    requestTls: { ...readTls(options.tls), allowH2: false },
    proxyTls: { allowH2: false, lookup: guardedLookup(true) },
  });
}

/** The attempt's signal is the only deadline. */
function poolOptions(options: ConnectionOptions): Agent.Options {
  return { connections: options.concurrency, allowH2: false, headersTimeout: 0, bodyTimeout: 0 };
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
