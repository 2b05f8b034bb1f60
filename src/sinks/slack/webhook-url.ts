import { SecretRef } from "../../lib/secret.ts";

/** The fault of an address that is none. */
export const NO_ADDRESS = "not an http:// or https:// URL: begin it with https://";

/** The URL of an incoming webhook, a secret; a literal one is checked at once. */
export const WebhookUrl = SecretRef.refine((url) => typeof url !== "string" || isAddress(url), {
  error: NO_ADDRESS,
});

/** Slack-compatible receivers may stand in the same network, without TLS. */
export function isAddress(text: string): boolean {
  return /^https?:$/u.test(URL.parse(text)?.protocol ?? "");
}
