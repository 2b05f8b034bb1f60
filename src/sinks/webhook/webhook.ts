import { createHmac } from "node:crypto";

import { z } from "zod";

import { classifyStatus, DeliveryError } from "../../egress/index.ts";
import { fingerprint } from "../../lib/hash.ts";
import { strict } from "../../lib/schema.ts";
import { type Secret, SecretRef } from "../../lib/secret.ts";
import { defineSink, nativeJson, wellFormedJson } from "../../sink/index.ts";
import { HttpUrl } from "../../sink/options/index.ts";

/** Standard Webhooks asks for 24 to 64 random bytes, https://github.com/standard-webhooks/standard-webhooks */
const SHORTEST_KEY_BYTES = 24;

const SECRET_PREFIX = "whsec_";

const SigningSecret = SecretRef.refine((ref) => typeof ref !== "string" || isLongEnough(ref), {
  message: `too short: ${SHORTEST_KEY_BYTES} bytes are the least; write whsec_ and the base64 of random bytes`,
});

const Options = strict({
  url: HttpUrl.describe("where to post; a string or a secret"),
  method: z.enum(["POST", "PUT", "PATCH"]).default("POST").describe("the method of its requests"),
  format: z
    .literal("native", { error: "only the format native is available in this version" })
    .default("native")
    .describe("what the body is"),
  signing: strict({ secrets: z.array(SigningSecret).min(1).max(4) })
    .optional()
    .describe("Standard Webhooks: signs with each secret, so that receivers can change theirs one by one"),
  allowPrivate: z.boolean().default(true).describe("whether private and loopback addresses may be reached"),
});
type Options = z.infer<typeof Options>;

/** Posts the native body (docs/sinks/webhook.md#the-body) to any HTTP receiver, signed by Standard Webhooks. */
export const webhook = defineSink<Options>({
  type: "webhook",
  options: Options,
  takes: ["alerts", "records"],
  traits: () => ({ rateLimit: undefined, concurrency: 16 }),
  http: true,
  create: (options, context) => {
    const url = context.secret(options.url);
    const secrets = (options.signing?.secrets ?? []).map((ref) => context.secret(ref));
    const client = context.http({ allowPrivate: options.allowPrivate });

    const post = async (id: string, body: string, signal: AbortSignal): Promise<void> => {
      // Of this attempt: receivers refuse a timestamp that is some minutes old.
      const timestamp = String(Math.floor(context.clock.now() / 1000));
      const headers: Record<string, string> = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": timestamp,
      };
      if (secrets.length > 0) {
        const content = `${id}.${timestamp}.${body}`;
        headers["webhook-signature"] = secrets.map((secret) => sign(content, secret)).join(" ");
      }
      const address = url.reveal();
      const answer = await client.request({
        url: address,
        method: options.method,
        headers,
        body,
        signal,
      });
      const said = answer.status < 300 ? "" : client.quote(answer, address);
      const refusal = classifyStatus(answer.status, answer.headers, context.clock.now(), said);
      if (refusal !== undefined) throw refusal;
    };

    return {
      send: async (notification, { signal }) => {
        await post(notification.id, nativeJson(notification), signal);
        return {};
      },
      write: async (records, signal) => {
        const [first] = records;
        if (first === undefined) return [];
        if (records.length === 1 && !context.batched) {
          await post(first.id, wellFormedJson(first.body), signal);
        } else {
          const id = fingerprint(records.map((record) => record.id));
          const list = records.map(({ body }) => wellFormedJson(body)).join(",");
          await post(id, `[${list}]`, signal);
        }
        return records.map(() => ({ ok: true }));
      },
      probe: async (signal) => {
        // Finds a missing or too short secret.
        for (const secret of secrets) sign("", secret);
        return client.reach(url.reveal(), signal);
      },
      close: () => client.close(),
    };
  },
});

/** One signature as in `webhook-signature`: over `id.timestamp.body`, https://www.standardwebhooks.com */
function sign(content: string, secret: Secret): string {
  const value = secret.reveal();
  if (!isLongEnough(value)) {
    throw DeliveryError.broken("misconfigured", `a signing secret has less than ${SHORTEST_KEY_BYTES} bytes`);
  }
  return `v1,${createHmac("sha256", keyOf(value)).update(content).digest("base64")}`;
}

function isLongEnough(secret: string): boolean {
  return keyOf(secret).length >= SHORTEST_KEY_BYTES;
}

/** `whsec_` and base64, as in the scheme; any other text is taken byte by byte. */
function keyOf(secret: string): Buffer {
  return secret.startsWith(SECRET_PREFIX)
    ? Buffer.from(secret.slice(SECRET_PREFIX.length), "base64")
    : Buffer.from(secret);
}
