import { z } from "zod";

import { strict } from "../../lib/schema.ts";
import { SecretRef } from "../../lib/secret.ts";
import { ListenAddress } from "../listen-address.ts";
import { processSection } from "../section.ts";

const Tokens = strict({
  read: z.array(SecretRef).default([]).describe("tokens for reading, each a secret"),
  write: z
    .array(SecretRef)
    .default([])
    .describe("tokens for changes, and for `POST /-/reload`, each a secret"),
});

const Server = strict({
  listen: ListenAddress.prefault("127.0.0.1:8080").describe(
    "host and port of health, metrics and reload; `$TOCSIN_LISTEN` when the file does not say",
  ),
  probes: ListenAddress.optional().describe(
    "host and port of a listener of its own for `/livez`, `/readyz` and `/metrics`, which answers however many use the other one; `$TOCSIN_PROBES` when the file does not say",
  ),
  publicUrl: z
    .url({ protocol: /^https?$/u, error: "not an http or https URL" })
    .optional()
    .describe("address of this server for people, for links in messages"),
  page: z.boolean().default(true).describe("whether the web page is served at `/`"),
  tokens: Tokens.prefault({}).describe("bearer tokens"),
  localRead: z
    .boolean()
    .default(true)
    .describe("whether programs on the same machine may read the API without a token"),
});

/** `server`. */
export const server = processSection({
  fixed: ["listen", "probes"],
  schema: Server.prefault({}).describe("the HTTP server"),
  faults: ({ listen, probes }) => {
    const isSame = probes !== undefined && probes.port !== 0 && probes.port === listen.port;
    if (!isSame || probes.host !== listen.host) return [];
    return [
      {
        level: "error",
        path: ["probes"],
        related: ["listen"],
        message: "the same address as listen: choose another port",
      },
    ];
  },
});
