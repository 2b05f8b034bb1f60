import { Agent, type Dispatcher, ProxyAgent } from "undici";

import { proxyFor } from "../egress/index.ts";
import { TocsinError } from "../lib/errors.ts";
import type { Connection, TlsMaterial } from "./access.ts";

/** TCP probes find a peer that vanished; deadlines find one that is frozen. */
const TCP_KEEP_ALIVE_MS = 30_000;

/** Short requests are few; a burst of scopes at the start shares these sockets. */
const MOST_SOCKETS = 8;

/**
 * Sockets to one API server: HTTP/1.1 only, since undici's HTTP/2 lets a POST wait behind an open watch
 * (nodejs/undici#5524). The caller sets deadlines.
 *
 * @param env For `HTTPS_PROXY` and `NO_PROXY`, which count unless the kubeconfig names a proxy or the server is local.
 */
export function createDispatcher(
  connection: Connection,
  tls: TlsMaterial,
  env: NodeJS.ProcessEnv,
): Dispatcher {
  const socket = { ...tls, allowH2: false, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS };
  const options = {
    allowH2: false,
    connections: MOST_SOCKETS,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: socket,
  };
  const proxy = proxyOf(connection, env);
  return proxy === undefined
    ? new Agent(options)
    : new ProxyAgent({ ...options, uri: proxy, requestTls: socket });
}

function proxyOf({ proxyUrl, origin, server }: Connection, env: NodeJS.ProcessEnv): string | undefined {
  const url = new URL(server);
  const own = proxyUrl === "" ? undefined : proxyUrl;
  if (own === undefined && isLoopback(url.hostname)) return undefined;
  const proxy = proxyFor(url, own, env);
  if (proxy === undefined || URL.canParse(proxy)) return proxy;
  const where = own === undefined ? `${origin}: the proxy of the environment` : `${origin}: proxy-url`;
  throw new TocsinError("ERR_CREDENTIALS", `${where} is not a URL`);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/u.test(hostname);
}
