import type { AccessPolicy } from "./access-policy.ts";
import type { Caller } from "./caller.ts";
import { isLocal } from "./local-caller.ts";
import { proxyClaimOf } from "./proxy-claim.ts";
import { lookAtSession } from "./session-cookie.ts";
import { bearerOf, type Right, rightOfToken } from "./tokens.ts";

/** The caller of a request: its user, the proof that gave it rights, and those rights. */
export interface Identity {
  /** The name that a proxy gives; null for nobody in particular. */
  readonly user: string | null;
  /** The first of these that gives a right. */
  readonly how: "proxy" | "token" | "session" | "loopback" | "none";
  readonly may: { readonly read: boolean; readonly write: boolean };
}

/** The identity of a caller. Its rights are those of everything that it shows. */
export function identify(caller: Caller, policy: AccessPolicy): Identity {
  const claim = proxyClaimOf(caller, policy.proxy);
  if (claim.kind === "refused") return { user: null, how: "none", may: { read: false, write: false } };
  const token = bearerOf(caller);
  const session = lookAtSession(caller, policy);
  const rights: readonly (readonly [Identity["how"], Right | undefined])[] = [
    ["proxy", claim.kind === "user" ? claim.right : undefined],
    ["token", token === undefined ? undefined : rightOfToken(token, policy)],
    ["session", session === "read" || session === "write" ? session : undefined],
    // A proxy on this machine is no program that looks for itself: the rights are those of the user.
    ["loopback", claim.kind === "none" && policy.localRead && isLocal(caller) ? "read" : undefined],
  ];
  const given = rights.filter(([, right]) => right !== undefined);
  return {
    user: claim.kind === "user" ? claim.user : null,
    how: given[0]?.[0] ?? "none",
    may: { read: given.length > 0, write: given.some(([, right]) => right === "write") },
  };
}
