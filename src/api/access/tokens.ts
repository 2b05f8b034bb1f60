import { createHmac, hash, timingSafeEqual } from "node:crypto";

import type { Secret } from "../../lib/secret.ts";

/** The right that a token or a session gives. `write` includes `read`. */
export type Right = "read" | "write";

/** Tokens and their rights. */
interface Tokens {
  readonly read: readonly Secret[];
  readonly write: readonly Secret[];
}

/** The right of a token; undefined for an unknown one. */
export function rightOfToken(token: string, tokens: Tokens): Right | undefined {
  return rightOf(digest(token), tokens, digest);
}

/** The right of the token with this tag; undefined when there is none any more. */
export function rightOfTag(tag: Buffer, tokens: Tokens, key: Uint8Array): Right | undefined {
  return rightOf(tag, tokens, (token) => tagOf(token, key));
}

/** Stands for a token in a session: 32 bytes, of which nobody without the key learns anything. */
export function tagOf(token: string, key: Uint8Array): Buffer {
  return createHmac("sha256", key).update("token\0").update(token).digest();
}

/** The token of `authorization: Bearer …`; undefined for none. */
export function bearerOf({ authorization }: { readonly authorization: string }): string | undefined {
  return /^Bearer +(\S+)$/iu.exec(authorization)?.[1];
}

function rightOf(
  given: Buffer,
  { read, write }: Tokens,
  toBytes: (token: string) => Buffer,
): Right | undefined {
  const [maySee, mayChange] = [isAmong(given, read, toBytes), isAmong(given, write, toBytes)];
  if (mayChange) return "write";
  return maySee ? "read" : undefined;
}

/** Compares in constant time, and with every token, so that the time reveals neither length nor place. */
function isAmong(given: Buffer, known: readonly Secret[], toBytes: (token: string) => Buffer): boolean {
  let found = false;
  for (const secret of known) {
    const value = valueOf(secret);
    const bytes = value === undefined ? undefined : toBytes(value);
    if (bytes?.length === given.length && timingSafeEqual(given, bytes)) found = true;
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
