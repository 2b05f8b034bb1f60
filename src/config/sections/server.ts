import { z } from "zod";

import { parseRange } from "../../lib/address-ranges.ts";
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

const HeaderName = z
  .string()
  .regex(/^[\w-]+$/u, { error: "not the name of a header" })
  .transform((name) => name.toLowerCase());

const Proxy = strict({
  from: z
    .array(
      z.string().refine((text) => parseRange(text) !== undefined, {
        error: "not an address or a range of addresses (write 10.0.0.0/8, or 10.1.2.3)",
      }),
    )
    .min(1)
    .describe("addresses of the proxy, single or as ranges; its headers are refused from all others"),
  userHeader: HeaderName.prefault("x-forwarded-user").describe("the header with the name of the user"),
  groupsHeader: HeaderName.prefault("x-forwarded-groups").describe(
    "the header with the groups of the user, with commas between them",
  ),
  read: z.array(z.string().min(1)).default(["*"]).describe("groups that may read; `*` stands for every user"),
  write: z.array(z.string().min(1)).default([]).describe("groups that may change something; `*` as above"),
});

const PageSettings = strict({
  playground: z
    .enum(["write", "read"])
    .default("write")
    .describe(
      "the right that `POST /api/v1/playground` needs, which tries rules on the Events of the last hour",
    ),
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
    .describe("address of this server for people: messages link to it, and sessions hold there"),
  page: z
    .union([z.boolean(), PageSettings], { error: "expected true, false or { playground: read }" })
    .default(true)
    .describe("whether the web page is served at `/`, or its settings"),
  tokens: Tokens.prefault({}).describe("bearer tokens"),
  proxy: Proxy.optional().describe(
    "a proxy in front that authenticates people, and the rights of their groups",
  ),
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
