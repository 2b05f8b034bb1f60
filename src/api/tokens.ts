import { hash, timingSafeEqual } from "node:crypto";

import type { Secret } from "../lib/secret.ts";

/** Who may do what: bearer tokens, reread whenever they are used. */
export interface Tokens {
  readonly read: readonly Secret[];
  readonly write: readonly Secret[];
}

/** Whether a request may change something, and if not why. `401` asks for a token, `403` says that it is no use. */
export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly status: 401 | 403; readonly message: string };

/** A change needs a write token, from wherever it comes. */
export function mayWrite(authorization: string | undefined, tokens: Tokens): Verdict {
  if (tokens.write.length === 0) {
    return refusal(403, "changes are switched off: the configuration names no server.tokens.write");
  }
  const token = /^Bearer +(\S+)$/iu.exec(authorization ?? "")?.[1];
  if (token === undefined) return refusal(401, 'a write token is needed: "authorization: Bearer <token>"');
  if (isOneOf(token, tokens.write)) return { allowed: true };
  if (isOneOf(token, tokens.read)) return refusal(403, "this token may only read; a write token is needed");
  return refusal(401, "unknown token");
}

function refusal(status: 401 | 403, message: string): Verdict {
  return { allowed: false, status, message };
}

/** Compares hashes in constant time, and with every token, so that time tells neither length nor place. */
function isOneOf(token: string, known: readonly Secret[]): boolean {
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
