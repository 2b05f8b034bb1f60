import { hash, timingSafeEqual } from "node:crypto";

import type { Secret } from "../lib/secret.ts";

/** Who may do what: bearer tokens, reread whenever they are used. */
export interface Tokens {
  readonly read: readonly Secret[];
  readonly write: readonly Secret[];
}

/** Compares hashes in constant time, and with every token, so that time tells neither length nor place. */
export function isKnown(token: string, known: readonly Secret[]): boolean {
  const given = digest(token);
  let found = false;
  for (const secret of known) {
    const value = valueOf(secret);
    if (value !== undefined && timingSafeEqual(given, digest(value))) found = true;
  }
  return found;
}

/** A token that cannot be read opens nothing; that it is missing was found at start and reload. */
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
