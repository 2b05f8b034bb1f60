import { createHmac } from "node:crypto";

/**
 * The signature of a request, base64; valid for an hour around its time
 * (https://open.dingtalk.com/document/robots/customize-robot-security-settings).
 *
 * @param timestamp Epoch milliseconds, as in the request.
 */
export function sign(timestamp: string, secret: string): string {
  return createHmac("sha256", secret).update(`${timestamp}\n${secret}`).digest("base64");
}
