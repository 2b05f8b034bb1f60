import { isIP } from "node:net";

import { guardedLookup, refusalOfHost } from "./address-policy.ts";

/**
 * The address of a host, for libraries that open their sockets themselves and take an address.
 *
 * @param host A name or an address, without brackets.
 * @throws {DeliveryError} for a refused address; the error of the resolver for a name without any.
 */
export async function resolveHost(host: string, allowPrivate: boolean): Promise<string> {
  const refusal = refusalOfHost(host, allowPrivate);
  if (refusal !== undefined) throw refusal;
  if (isIP(host) !== 0) return host;
  return new Promise((resolve, reject) => {
    guardedLookup(allowPrivate)(host, { all: false }, (error, address) => {
      if (error === null && typeof address === "string" && address !== "") resolve(address);
      else reject(error ?? new Error("no address"));
    });
  });
}
