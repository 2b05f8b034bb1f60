import { AddressRanges } from "../../lib/address-ranges.ts";
import type { Caller } from "./caller.ts";

const LOOPBACK = new AddressRanges(["127.0.0.0/8", "::1"]);

/**
 * A loopback peer that asks for this machine by a loopback name and address. A proxy on this machine speaks for others,
 * and so does a browser whose page resolves its own name to loopback (DNS rebinding). The sidecar of a mesh comes from
 * 127.0.0.6 to the address of the Pod, with nothing of the sender's own (istio/istio#31279).
 */
export function isLocal({ peer, local, host, isForwarded }: Caller): boolean {
  return LOOPBACK.has(peer) && LOOPBACK.has(local) && !isForwarded && isLocalHost(host);
}

/** @param host Header `host`: whether it names this machine, by a name or an address of loopback. */
export function isLocalHost(host: string): boolean {
  const name = hostname(host);
  return name === "localhost" || name.endsWith(".localhost") || LOOPBACK.has(name);
}

/** Without port and brackets, in lower case; "" for no host. */
function hostname(host: string): string {
  const url = URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`) : undefined;
  return url?.host === host.toLowerCase() || url?.hostname === host.toLowerCase()
    ? url.hostname.replaceAll(/^\[|\]$/gu, "")
    : "";
}
