import { errorText, TocsinError } from "../lib/errors.ts";
import type { Secret } from "../lib/secret.ts";

/**
 * Reads a credential.
 *
 * @param origin The text that names the file: `in-cluster`, `user "dev" in /home/a/.kube/config`.
 * @throws {TocsinError} ERR_CREDENTIALS when it is missing or empty.
 */
export function readCredential(origin: string, secret: Secret): string {
  try {
    return secret.reveal();
  } catch (cause) {
    throw new TocsinError("ERR_CREDENTIALS", `${origin}: ${errorText(cause)}`, { cause });
  }
}
