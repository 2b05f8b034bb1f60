import { BlockList, isIP } from "node:net";

import { refusalOfHost } from "./address-policy.ts";
import { DeliveryError } from "./delivery-error.ts";

/** Where a connection leads, as far as proxies look at it. A `URL` is one. */
export interface ProxyTarget {
  /** With the colon: `https:`, `smtp:`. */
  readonly protocol: string;
  /** A name or an address; IPv6 with or without brackets. */
  readonly hostname: string;
  /** "" for the protocol's own. */
  readonly port: string;
}

/**
 * The proxy for this target, if any: the option, else the environment, where lower case wins as in curl. HTTP_PROXY is
 * for `http:`, HTTPS_PROXY for `https:`, SMTP_PROXY for `smtp:`.
 */
export function proxyFor(
  target: ProxyTarget,
  option: string | undefined,
  env: NodeJS.ProcessEnv,
): string | undefined {
  if (option !== undefined) return option;
  const scheme = target.protocol.slice(0, -1);
  const proxy = env[`${scheme}_proxy`] || env[`${scheme.toUpperCase()}_PROXY`];
  if (proxy === undefined || proxy === "") return undefined;
  if (isExempt(target, env["no_proxy"] || env["NO_PROXY"] || "")) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

/**
 * The address of a proxy.
 *
 * @throws {DeliveryError} when it is no http(s) URL or its address is refused. Private ones never are.
 */
export function parseProxy(proxy: string): URL {
  const url = URL.parse(proxy);
  if (url === null || !/^https?:$/u.test(url.protocol))
    throw DeliveryError.broken("misconfigured", "the proxy is not an http(s) URL");
  const refusal = refusalOfHost(url.hostname, true);
  if (refusal !== undefined) throw refusal;
  return url;
}

/**
 * NO_PROXY as Go reads it, since clusters set it for Go programs: `*`, names with their subdomains, `.suffix` for
 * subdomains only, addresses, CIDR ranges, each with an optional port
 * (https://pkg.go.dev/golang.org/x/net/http/httpproxy).
 */
function isExempt(target: ProxyTarget, noProxy: string): boolean {
  const host = target.hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/u, "$1")
    .replace(/\.$/u, "");
  const port = target.port || (target.protocol === "https:" ? "443" : "80");
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/u)
    .some((entry) => entry !== "" && matchesEntry(host, port, entry));
}

function matchesEntry(host: string, port: string, entry: string): boolean {
  if (entry === "*") return true;
  const [, name = entry, entryPort] =
    /^\[(.+)\](?::(\d+))?$/u.exec(entry) ?? /^([^:]+):(\d+)$/u.exec(entry) ?? [];
  if (entryPort !== undefined && entryPort !== port) return false;
  if (isIP(host) !== 0) return name.includes("/") ? isInRange(host, name) : name === host;
  const suffix = name.replace(/^\*?\.?/u, ".");
  return host.endsWith(suffix) || (!/^\*?\./u.test(name) && host === name);
}

function isInRange(host: string, cidr: string): boolean {
  const [network = "", bits] = cidr.split("/");
  const family = isIP(network);
  const prefix = Number(bits);
  if (family === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > (family === 6 ? 128 : 32))
    return false;
  const range = new BlockList();
  range.addSubnet(network, prefix, family === 6 ? "ipv6" : "ipv4");
  return range.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
}
