import { BlockList, isIP } from "node:net";

import { isKnown, type Tokens } from "./tokens.ts";

/** The tokens for reading and for changes, and whether this machine needs one. */
export interface AccessPolicy extends Tokens {
  /** Whether programs of this machine read without a token. */
  readonly localRead: boolean;
}

/** Facts about the sender of a request. The caller claims all of them but the addresses of the connection. */
export interface Caller {
  /** The socket's own address, never one of a header. */
  readonly peer: string;
  /** The address of this machine that the connection came to. */
  readonly local: string;
  /** Header `host`. */
  readonly host: string;
  /** Header `origin`: a browser sends it with every change, and "" stands for none. */
  readonly origin: string;
  readonly authorization: string;
  /** Whether a proxy has passed the request on: then the peer is the proxy. */
  readonly isForwarded: boolean;
}

/** Whether a request may do what it asks, and if not why: `401` asks for a token, `403` says that none would help. */
export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly status: 401 | 403; readonly message: string };

const ALLOWED: Verdict = { allowed: true };

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Everyone on this machine may read, unless switched off; others need a token. */
export function mayRead(caller: Caller, { read, write, localRead }: AccessPolicy): Verdict {
  if (localRead && isLocal(caller)) return ALLOWED;
  if (read.length + write.length === 0) {
    const who = localRead ? "only this machine may look" : "nobody may look";
    return refusal(403, `${who}: the configuration names no server.tokens.read`);
  }
  const token = bearer(caller);
  if (token === undefined) return refusal(401, 'a read token is needed: "authorization: Bearer <token>"');
  return isKnown(token, [...read, ...write]) ? ALLOWED : refusal(401, "unknown token");
}

/** Every change needs a write token, and must not come from a page of another site. */
export function mayWrite(caller: Caller, { read, write }: AccessPolicy): Verdict {
  if (!isSameOrigin(caller)) return refusal(403, "pages of other sites may change nothing");
  if (write.length === 0) {
    return refusal(403, "changes are switched off: the configuration names no server.tokens.write");
  }
  const token = bearer(caller);
  if (token === undefined) return refusal(401, 'a write token is needed: "authorization: Bearer <token>"');
  if (isKnown(token, write)) return ALLOWED;
  if (isKnown(token, read)) return refusal(403, "this token may only read; a write token is needed");
  return refusal(401, "unknown token");
}

/**
 * A loopback peer that asks for this machine by a loopback name and address. A proxy on this machine speaks for others,
 * and so does a browser whose page resolves its own name to loopback (DNS rebinding). The sidecar of a mesh comes from
 * 127.0.0.6 to the address of the Pod, with nothing of the sender's own (istio/istio#31279).
 */
function isLocal({ peer, local, host, isForwarded }: Caller): boolean {
  return isLoopback(peer) && isLoopback(local) && !isForwarded && isLocalName(hostname(host));
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/iu, "");
  const version = isIP(plain);
  return version !== 0 && LOOPBACK.check(plain, version === 6 ? "ipv6" : "ipv4");
}

function isLocalName(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost") || isLoopback(name);
}

/** Without port and brackets, in lower case; "" for no host. */
function hostname(host: string): string {
  const url = URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`) : undefined;
  return url?.host === host.toLowerCase() || url?.hostname === host.toLowerCase()
    ? url.hostname.replaceAll(/^\[|\]$/gu, "")
    : "";
}

function isSameOrigin({ origin, host }: Caller): boolean {
  if (origin === "") return true;
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

function bearer({ authorization }: Caller): string | undefined {
  return /^Bearer +(\S+)$/iu.exec(authorization)?.[1];
}

function refusal(status: 401 | 403, message: string): Verdict {
  return { allowed: false, status, message };
}
