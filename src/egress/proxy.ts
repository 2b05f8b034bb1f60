import { BlockList, isIP } from "node:net";

/**
 * The proxy for this URL, if any: the option, else the environment, where lower case wins as in curl. HTTP_PROXY is for
 * `http:`, HTTPS_PROXY for `https:`.
 */
export function proxyFor(url: URL, option: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (option !== undefined) return option;
  const scheme = url.protocol.slice(0, -1);
  const proxy = env[`${scheme}_proxy`] || env[`${scheme.toUpperCase()}_PROXY`];
  if (proxy === undefined || proxy === "") return undefined;
  return isExempt(url, env["no_proxy"] || env["NO_PROXY"] || "") ? undefined : proxy;
}

/**
 * NO_PROXY as Go reads it, since clusters set it for Go programs: `*`, names with their subdomains, `.suffix` for
 * subdomains only, addresses, CIDR ranges, each with an optional port
 * (https://pkg.go.dev/golang.org/x/net/http/httpproxy).
 */
function isExempt(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/u, "$1").replace(/\.$/u, "");
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
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
