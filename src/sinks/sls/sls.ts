import { createHash } from "node:crypto";
import { isIP } from "node:net";

import { z } from "zod";

import type { EventRecord } from "../../alert/index.ts";
import { strict } from "../../lib/schema.ts";
import { PlainOrSecret } from "../../lib/secret-option.ts";
import { SecretRef } from "../../lib/secret.ts";
import { defineRecordSink } from "../../sink/records/index.ts";
import { authorizationOf } from "./authorization-of.ts";
import { toLogGroup } from "./to-log-group.ts";
import { verdictOf } from "./verdict-of.ts";

const Options = strict({
  endpoint: PlainOrSecret.describe("of the region, without the project: cn-hangzhou.log.aliyuncs.com"),
  project: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/u, {
      error: "a project has 3 to 63 small letters, digits and -",
    })
    .describe("the project"),
  logstore: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{1,62}$/u, { error: "a logstore has 2 to 63 small letters, digits, _ and -" })
    .describe("the logstore"),
  accessKeyId: SecretRef.describe("the id of a key that may write to the logstore"),
  accessKeySecret: SecretRef.describe("its secret"),
  securityToken: SecretRef.optional().describe("of a key that is lent for a time (STS)"),
});
type Options = z.infer<typeof Options>;

/** Writes records to the Simple Log Service of Alibaba Cloud. */
export const sls = defineRecordSink<Options, EventRecord>({
  type: "sls",
  options: Options,
  // The service takes 10 MB, its own producers send 5: docs/sinks/sls.md#limits
  maxBytes: 3_000_000,
  compression: "deflate",
  open: (options, context) => {
    const endpoint = context.secret(options.endpoint);
    const id = context.secret(options.accessKeyId);
    const secret = context.secret(options.accessKeySecret);
    const token = options.securityToken === undefined ? undefined : context.secret(options.securityToken);
    const path = `/logstores/${options.logstore}/shards/lb`;
    return {
      urls: () => [addressOf(endpoint.reveal(), options.project, path)],
      toItem: (record) => record,
      toBody: toLogGroup,
      headers: ({ bytes, rawBytes, isPacked }) => {
        // The client refuses an address that is none.
        const url = URL.parse(addressOf(endpoint.reveal(), options.project, path));
        const { hostname = "", pathname = path } = url ?? {};
        const headers = {
          "content-type": "application/x-protobuf",
          "content-md5": createHash("md5").update(bytes).digest("hex").toUpperCase(),
          date: new Date(context.clock.now()).toUTCString(),
          "x-log-apiversion": "0.6.0",
          "x-log-bodyrawsize": String(rawBytes),
          "x-log-signaturemethod": "hmac-sha1",
          ...(isPacked ? { "x-log-compresstype": "deflate" } : {}),
          ...(token === undefined ? {} : { "x-acs-security-token": token.reveal() }),
        };
        const key = { id: id.reveal(), secret: secret.reveal() };
        const authorization = authorizationOf(key, { method: "POST", headers, resource: pathname });
        // The service knows the project by the name of the host.
        const host = isIP(hostname) === 0 ? {} : { host: `${options.project}.${hostname}` };
        return { ...headers, ...host, authorization };
      },
      judge: verdictOf,
    };
  },
});

/** The address of writes. An endpoint without a scheme is reached by https; the project stands before its name. */
function addressOf(endpoint: string, project: string, path: string): string {
  const hasScheme = endpoint.includes("://");
  if (!hasScheme && !endpoint.includes(".")) return endpoint;
  const url = URL.parse(hasScheme ? endpoint : `https://${endpoint}`);
  if (url === null) return endpoint;
  const isName = isIP(url.hostname) === 0 && !url.hostname.startsWith("[");
  if (isName && !url.hostname.startsWith(`${project}.`)) url.hostname = `${project}.${url.hostname}`;
  url.pathname = url.pathname.replace(/\/+$/u, "") + path;
  return url.href;
}
