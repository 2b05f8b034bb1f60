import { connect, type Socket } from "node:net";

import { Client, buildConnector } from "undici";

import { guardedLookup, refusalOfHost } from "./address-policy.ts";
import { authorizationOfUrl } from "./basic-authorization.ts";
import { proxyError, toDeliveryError } from "./http-error.ts";
import { parseProxy, proxyFor } from "./proxy.ts";
import { trustSystemStore } from "./trust-system-store.ts";

/** Where a connection of another protocol than HTTP leads. */
export interface DialTarget {
  /** Names the variable with the proxy: SMTP_PROXY, SYSLOG_PROXY. */
  readonly scheme: "smtp" | "syslog";
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether private and loopback addresses may be reached; link-local and metadata addresses never may. */
  readonly allowPrivate: boolean;
}

/**
 * Opens a plain TCP connection, by the rules of the HTTP client: the same proxies, with CONNECT, and the same refused
 * addresses. TLS is the caller's.
 *
 * @param signal The only deadline; once the connection is there it has no more effect.
 * @throws {DeliveryError}
 */
export async function dial(
  target: DialTarget,
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<Socket> {
  const { scheme, host, port, allowPrivate } = target;
  try {
    const refusal = refusalOfHost(host, allowPrivate);
    if (refusal !== undefined) throw refusal;
    const proxy = proxyFor({ protocol: `${scheme}:`, hostname: host, port: String(port) }, undefined, env);
    return proxy === undefined ? await direct(target, signal) : await through(proxy, target, signal);
  } catch (thrown) {
    throw toDeliveryError(thrown, signal, "connection");
  }
}

function direct({ host, port, allowPrivate }: DialTarget, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(reasonOf(signal));
    const socket = connect({ host, port, lookup: guardedLookup(allowPrivate) });
    const abort = (): void => void socket.destroy(reasonOf(signal));
    signal.addEventListener("abort", abort, { once: true });
    const fail = (error: Error): void => {
      signal.removeEventListener("abort", abort);
      reject(error);
    };
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.off("error", fail);
      signal.removeEventListener("abort", abort);
      resolve(socket);
    });
  });
}

/** The target's own address is the proxy's to judge. */
async function through(proxy: string, { host, port }: DialTarget, signal: AbortSignal): Promise<Socket> {
  const url = parseProxy(proxy);
  if (url.protocol === "https:") trustSystemStore();
  const authorization = authorizationOfUrl(url);
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const client = new Client(url.origin, {
    connect: buildConnector({ allowH2: false, lookup: guardedLookup(true) }),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const abort = (): void => void client.destroy(reasonOf(signal));
  signal.addEventListener("abort", abort, { once: true });
  try {
    if (signal.aborted) throw reasonOf(signal);
    const { statusCode, socket } = await client.connect({
      path: authority,
      headers: {
        host: authority,
        ...(authorization === undefined ? {} : { "proxy-authorization": authorization }),
      },
    });
    // undici made the socket itself: it is one of node:net, or one with TLS.
    if (statusCode === 200) return socket as Socket;
    socket.destroy();
    throw proxyError(statusCode);
  } catch (thrown) {
    await client.destroy();
    throw thrown;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted");
}
