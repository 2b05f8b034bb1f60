import { createHmac } from "node:crypto";

import { DeliveryError } from "../../egress/index.ts";
import { type Secret, SecretRef } from "../../lib/secret.ts";

/** Standard Webhooks asks for 24 to 64 random bytes, https://github.com/standard-webhooks/standard-webhooks */
const SHORTEST_KEY_BYTES = 24;

const SECRET_PREFIX = "whsec_";

/** A secret of at least 24 bytes. */
export const SigningSecret = SecretRef.refine((ref) => typeof ref !== "string" || isLongEnough(ref), {
  message: `too short: ${SHORTEST_KEY_BYTES} bytes are the least; write whsec_ and the base64 of random bytes`,
});

/** One signature as in `webhook-signature`: over `id.timestamp.body`, https://www.standardwebhooks.com */
export function sign(content: string, secret: Secret): string {
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
