import { TLSSocket } from "node:tls";

import type { RequestHandler } from "express";

/**
 * Lets only those in who show a certificate of the authority of `createWebhookServer` with this common name: the API
 * server, so that nobody else who reaches this port can write Events about a workload.
 */
export function onlyFrom(name: string): RequestHandler {
  return ({ socket }, response, next) => {
    const isKnown =
      socket instanceof TLSSocket && socket.authorized && socket.getPeerCertificate().subject.CN === name;
    if (isKnown) next();
    else response.status(403).send("show the certificate of the API server");
  };
}
