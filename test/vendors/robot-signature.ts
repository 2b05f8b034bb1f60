import { createHmac, timingSafeEqual } from "node:crypto";

/** Whether two signatures are the same. */
export function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** HMAC-SHA256 in base64, as the robots of DingTalk and Feishu sign. */
export function hmac(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64");
}
