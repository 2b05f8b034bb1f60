import { Agent, type Dispatcher, EnvHttpProxyAgent, ProxyAgent } from "undici";

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
  if (connection.proxyUrl !== "") {
    if (!URL.canParse(connection.proxyUrl)) {
      throw new TocsinError("ERR_CREDENTIALS", `${connection.origin}: proxy-url is not a URL`);
    }
    return new ProxyAgent({ ...options, uri: connection.proxyUrl, requestTls: socket });
  }
  const proxies = {
    httpProxy: env["http_proxy"] ?? env["HTTP_PROXY"] ?? "",
    httpsProxy: env["https_proxy"] ?? env["HTTPS_PROXY"] ?? "",
    noProxy: env["no_proxy"] ?? env["NO_PROXY"] ?? "",
  };
  const proxy = connection.server.startsWith("https:") ? proxies.httpsProxy : proxies.httpProxy;
  if (proxy === "" || isLoopback(new URL(connection.server).hostname)) return new Agent(options);
  return new EnvHttpProxyAgent({ ...options, ...proxies, requestTls: socket });
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/u.test(hostname);
}
