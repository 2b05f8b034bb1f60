import { hash, timingSafeEqual } from "node:crypto";

import type { Secret } from "../lib/secret.ts";

/** Bearer tokens and their rights; the files are read again at every use. */
export interface Tokens {
  readonly read: readonly Secret[];
  readonly write: readonly Secret[];
}

/** Compares hashes in constant time, and with every token, so that the time reveals neither length nor place. */
export function isKnown(token: string, known: readonly Secret[]): boolean {
  const given = digest(token);
  let found = false;
  for (const secret of known) {
    const value = valueOf(secret);
    if (value !== undefined && timingSafeEqual(given, digest(value))) found = true;
  }
  return found;
}

/** An unreadable token opens nothing; start and reload report it. */
function valueOf(secret: Secret): string | undefined {
  try {
    return secret.reveal();
  } catch {
    return undefined;
  }
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
