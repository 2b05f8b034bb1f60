import { createServer, type Server, type ServerOptions } from "node:https";

import type { Express } from "express";

import type { KeyPair } from "./certificate.ts";

/** The API server keeps a few connections; the kubelet opens one for each probe. */
const MOST_CONNECTIONS = 128;

/** The API server waits three seconds for an answer. */
const REQUEST_WITHIN_MS = 5000;

/**
 * The HTTPS server of a webhook, with limits on connections and time.
 *
 * @param clientCa PEM; a caller may show a certificate of this authority, which `createWebhook` asks for.
 */
export function createWebhookServer(pair: KeyPair, app: Express, clientCa?: string): Server {
  const options: ServerOptions = {
    ...pair,
    minVersion: "TLSv1.2",
    handshakeTimeout: REQUEST_WITHIN_MS,
    headersTimeout: REQUEST_WITHIN_MS,
    requestTimeout: REQUEST_WITHIN_MS,
    connectionsCheckingInterval: 1000,
    // Without a certificate the kubelet may still probe.
    ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: false }),
  };
  const server = createServer(options, app);
  server.maxConnections = MOST_CONNECTIONS;
  // Who is over the limit finds room as soon as somebody idles.
  server.on("drop", () => server.closeIdleConnections());
  return server;
}
