import type { AccessPolicy } from "./access-policy.ts";
import type { Caller } from "./caller.ts";
import { identify } from "./identity.ts";
import { faultOfPage, isSameOrigin } from "./own-page.ts";
import { proxyClaimOf } from "./proxy-claim.ts";
import { lookAtSession } from "./session-cookie.ts";
import { bearerOf, type Right, rightOfToken } from "./tokens.ts";

/** Whether a request may do what it asks, and if not why: `401` asks for a token, `403` says that none would help. */
export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly status: 401 | 403; readonly message: string };

const ALLOWED: Verdict = { allowed: true };

/** Everyone on this machine may read, unless switched off; others need a token, a session or a proxy that knows them. */
export function mayRead(caller: Caller, policy: AccessPolicy): Verdict {
  if (identify(caller, policy).may.read) return ALLOWED;
  const { read, write, localRead } = policy;
  const refused = refusedCredential(caller, policy, "read");
  if (refused !== undefined) return refused;
  if (read.length + write.length === 0) {
    const who = localRead ? "only this machine may look" : "nobody may look";
    return refusal(403, `${who}: the configuration names no server.tokens.read`);
  }
  return bearerOf(caller) === undefined
    ? refusal(401, 'a read token is needed: "authorization: Bearer <token>"')
    : refusal(401, "unknown token");
}

/**
 * Every change needs a write token, or a session or a user with the same right, and must not come from a page of
 * another site. A browser adds cookies, and what a proxy knows it by, also to requests of such pages: with these alone
 * a change has to be one of the own page.
 */
export function mayWrite(caller: Caller, policy: AccessPolicy): Verdict {
  if (!isSameOrigin(caller, policy.publicUrl)) return refusal(403, "pages of other sites may change nothing");
  const token = bearerOf(caller);
  const right = token === undefined ? undefined : rightOfToken(token, policy);
  if (identify(caller, policy).may.write) {
    const fault = right === "write" ? "" : faultOfPage(caller, policy.publicUrl);
    return fault === "" ? ALLOWED : refusal(403, fault);
  }
  const refused = refusedCredential(caller, policy, "write");
  if (refused !== undefined) return refused;
  if (policy.write.length === 0) {
    return refusal(403, "changes are switched off: the configuration names no server.tokens.write");
  }
  if (token === undefined) return refusal(401, 'a write token is needed: "authorization: Bearer <token>"');
  if (right === "read") return refusal(403, "this token may only read; a write token is needed");
  return refusal(401, "unknown token");
}

/** Why a claim of a proxy or a session does not do; undefined where there is none, or where a token is to be judged. */
function refusedCredential(caller: Caller, policy: AccessPolicy, right: Right): Verdict | undefined {
  const claim = proxyClaimOf(caller, policy.proxy);
  if (claim.kind === "refused") return refusal(403, claim.message);
  if (bearerOf(caller) !== undefined) return undefined;
  const session = lookAtSession(caller, policy);
  if (session === "elsewhere") {
    return refusal(403, "sessions hold only at server.publicUrl and on this machine");
  }
  if (session === "ended") return refusal(401, "the session has ended");
  if (session === "read") return refusal(403, "this session may only read; a write token is needed");
  return claim.kind === "user"
    ? refusal(403, `no group of this user is in server.proxy.${right}`)
    : undefined;
}

function refusal(status: 401 | 403, message: string): Verdict {
  return { allowed: false, status, message };
}
