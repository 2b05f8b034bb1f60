import type { ProxyPolicy } from "./access-policy.ts";
import type { Caller } from "./caller.ts";
import type { Right } from "./tokens.ts";

/** The words of a proxy in a request. */
export type ProxyClaim =
  /** Nothing: no proxy speaks. */
  | { readonly kind: "none" }
  /** The proxy speaks, and names no user. */
  | { readonly kind: "nobody" }
  /** Something that cannot be the proxy's word. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "user"; readonly user: string; readonly right: Right | undefined };

const NONE: ProxyClaim = { kind: "none" };
const MOST_CHARACTERS = 200;

/** The user that a proxy names, with the right of the user's groups. */
export function proxyClaimOf({ peer, headers }: Caller, proxy: ProxyPolicy | undefined): ProxyClaim {
  if (proxy === undefined) return NONE;
  const [users = [], groups = []] = [headers[proxy.userHeader], headers[proxy.groupsHeader]];
  if (users.length + groups.length === 0) return NONE;
  if (!proxy.from.has(peer))
    return refused(`${proxy.userHeader} counts only from the addresses of server.proxy.from`);
  // A proxy that adds its header to one of the caller lets the caller choose who to be, or which groups to be in.
  const doubled = users.length > 1 ? proxy.userHeader : proxy.groupsHeader;
  if (Math.max(users.length, groups.length) > 1)
    return refused(`${doubled} is there more than once: the proxy must replace it`);
  const user = plainName(users[0] ?? "");
  const own = groupsIn(groups[0] ?? "");
  if (user !== "") return { kind: "user", user, right: rightOf(own, proxy) };
  if (own.size > 0) return refused(`${proxy.groupsHeader} needs a user in ${proxy.userHeader}`);
  return { kind: "nobody" };
}

function groupsIn(value: string): ReadonlySet<string> {
  return new Set(
    value
      .split(",")
      .map(plainName)
      .filter((name) => name !== ""),
  );
}

function rightOf(groups: ReadonlySet<string>, { read, write }: ProxyPolicy): Right | undefined {
  const isAmong = (names: readonly string[]): boolean =>
    names.some((name) => name === "*" || groups.has(name));
  if (isAmong(write)) return "write";
  return isAmong(read) ? "read" : undefined;
}

function refused(message: string): ProxyClaim {
  return { kind: "refused", message };
}

/** Node reads headers as Latin-1; proxies write names as UTF-8. */
function plainName(value: string): string {
  const text = Buffer.from(value, "latin1").toString("utf8");
  const name = text.includes("\uFFFD") ? value : text;
  return name.replaceAll(/\p{C}/gu, "").trim().slice(0, MOST_CHARACTERS);
}
