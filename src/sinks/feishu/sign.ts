import { createHmac } from "node:crypto";

/**
 * The signature of a request, base64; valid for an hour around its time. Time and secret are the key, and nothing is
 * signed with it (https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot).
 *
 * @param timestamp Epoch seconds, as in the request.
 */
export function sign(timestamp: string, secret: string): string {
  return createHmac("sha256", `${timestamp}\n${secret}`).update("").digest("base64");
}
