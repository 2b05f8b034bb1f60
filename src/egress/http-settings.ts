import { z } from "zod";

import { FilePath } from "../lib/file-path.ts";
import { strict, whenRight } from "../lib/schema.ts";
import { PlainOrSecret } from "../lib/secret-option.ts";
import { SecretRef } from "../lib/secret.ts";

/** RFC 9110 §5.1. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/u;

/** These headers belong to the connection or the message, which the user does not describe. */
const RESERVED =
  /^(?:connection|content-length|expect|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/iu;

const Headers = z.record(z.string(), PlainOrSecret).superRefine((headers, context) => {
  for (const [name, value] of Object.entries(headers)) {
    const message = headerFault(name, value);
    if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
  }
}, whenRight());

function headerFault(name: string, value: unknown): string | undefined {
  if (!HEADER_NAME.test(name)) return `not a header name: ${JSON.stringify(name)}`;
  if (RESERVED.test(name)) return `header ${name} is set by the connection and cannot be configured`;
  if (typeof value === "string" && !/^[\t\u0020-\u007e\u0080-\u00ff]*$/u.test(value)) {
    return "a header's value has no line breaks, control characters or non-Latin letters";
  }
  return undefined;
}

/** The options of every HTTP sink and of the heartbeat, as fields to mix into an object. */
export const HTTP_FIELDS = {
  auth: z
    .union([
      strict({ bearer: SecretRef }),
      strict({ basic: strict({ username: z.string().min(1), password: SecretRef }) }),
    ])
    .optional()
    .describe("bearer token, or user name and password"),
  headers: Headers.optional().describe("further request headers; values are strings or secrets"),
  tls: strict({
    caFile: FilePath.optional().describe(
      "PEM; trusted instead of the system's authorities, of an HTTPS proxy too",
    ),
    certFile: FilePath.optional().describe("PEM; client certificate"),
    keyFile: FilePath.optional().describe("PEM; its key"),
    serverName: z
      .string()
      .regex(/^[A-Za-z\d](?:[A-Za-z\d.-]{0,251}[A-Za-z\d])?$/u, {
        error: "expected a host name, such as hooks.example.com",
      })
      .optional()
      .describe("the name in the receiver's certificate, where it is not that of the URL"),
  })
    .refine((tls) => (tls.certFile === undefined) === (tls.keyFile === undefined), {
      message: "certFile and keyFile go together",
      ...whenRight("certFile", "keyFile"),
    })
    .optional()
    .describe("whom to trust, and who we are"),
  proxy: z
    .string()
    .refine((text) => /^https?:$/u.test(URL.parse(text)?.protocol ?? ""), {
      message: "not an http:// or https:// URL",
    })
    .optional()
    .describe("instead of HTTPS_PROXY and HTTP_PROXY"),
} as const;

/** `HTTP_FIELDS`, parsed. */
export const HttpSettings = strict(HTTP_FIELDS);
export type HttpSettings = Readonly<z.infer<typeof HttpSettings>>;
