import { describe, expect, it } from "vitest";

import type { AccessPolicy, ProxyPolicy } from "../../../src/api/access/access-policy.ts";
import type { Caller } from "../../../src/api/access/caller.ts";
import { identify } from "../../../src/api/access/identity.ts";
import { sealSession } from "../../../src/api/access/session-cookie.ts";
import { tagOf } from "../../../src/api/access/tokens.ts";
import { mayRead, mayWrite } from "../../../src/api/access/verdict.ts";
import { AddressRanges } from "../../../src/lib/address-ranges.ts";
import { Secret } from "../../../src/lib/secret.ts";

const TOKENS = {
  localRead: true,
  read: [Secret.literal("read-token")],
  write: [Secret.literal("write-token")],
};
const NO_TOKENS = { localRead: true, read: [], write: [] };

const LOCAL: Caller = {
  peer: "127.0.0.1",
  local: "127.0.0.1",
  host: "127.0.0.1:8080",
  origin: "",
  authorization: "",
  isForwarded: false,
  cookie: "",
  fetchSite: "",
  isUnlikeForm: true,
  headers: {},
};
const REMOTE: Caller = { ...LOCAL, peer: "10.0.0.7", local: "10.0.0.2", host: "tocsin.example:8080" };

const withToken = (caller: Caller, token: string): Caller => ({
  ...caller,
  authorization: `Bearer ${token}`,
});

describe("reading", () => {
  it.each<{ title: string; caller: Partial<Caller> }>([
    { title: "IPv4", caller: {} },
    { title: "another address of loopback", caller: { peer: "127.8.9.1" } },
    { title: "IPv6", caller: { peer: "::1", local: "::1", host: "[::1]:8080" } },
    { title: "IPv4 in IPv6", caller: { peer: "::ffff:127.0.0.1", local: "::ffff:127.0.0.1" } },
    { title: "a name of loopback", caller: { host: "LocalHost:8080" } },
    { title: "a name below localhost", caller: { host: "tocsin.localhost" } },
    { title: "an unknown token, which nobody asked for", caller: { authorization: "Bearer guess" } },
  ])("needs no token on this machine: $title", ({ caller }) => {
    expect(mayRead({ ...LOCAL, ...caller }, NO_TOKENS)).toEqual({ allowed: true });
  });

  it.each<{ title: string; caller: Partial<Caller> }>([
    { title: "another machine", caller: { peer: "10.0.0.7" } },
    { title: "another machine that speaks of loopback", caller: { peer: "10.0.0.7", host: "localhost" } },
    { title: "another machine over IPv6", caller: { peer: "2001:db8::1" } },
    { title: "another machine, IPv4 in IPv6", caller: { peer: "::ffff:10.0.0.7" } },
    { title: "a peer that nobody knows", caller: { peer: "" } },
    { title: "a proxy on this machine", caller: { isForwarded: true } },
    { title: "the sidecar of a mesh", caller: { peer: "127.0.0.6", local: "10.0.0.2" } },
    { title: "a connection that came to an address of the network", caller: { local: "::ffff:10.0.0.2" } },
    { title: "a connection to an address that nobody knows", caller: { local: "" } },
    { title: "a page whose name resolves to loopback", caller: { host: "evil.example:8080" } },
    { title: "a name that only begins like loopback", caller: { host: "127.0.0.1.evil.example" } },
    { title: "a name that only ends like localhost", caller: { host: "evillocalhost" } },
    { title: "a host that hides another", caller: { host: "evil.example@localhost" } },
    { title: "no host", caller: { host: "" } },
  ])("needs a token from elsewhere: $title", ({ caller }) => {
    const from = { ...LOCAL, ...caller };
    expect(mayRead(from, TOKENS)).toMatchObject({ allowed: false, status: 401 });
    expect(mayRead(withToken(from, "guess"), TOKENS)).toMatchObject({ allowed: false, status: 401 });
    expect(mayRead(withToken(from, "read-token"), TOKENS)).toEqual({ allowed: true });
    expect(mayRead(withToken(from, "write-token"), TOKENS)).toEqual({ allowed: true });
    expect(mayRead(withToken(from, "read-token"), NO_TOKENS)).toMatchObject({ allowed: false, status: 403 });
  });
});

it("needs a token also on this machine where localRead is false", () => {
  const closed = { ...TOKENS, localRead: false };
  expect(mayRead(LOCAL, closed)).toMatchObject({ allowed: false, status: 401 });
  expect(mayRead(withToken(LOCAL, "read-token"), closed)).toEqual({ allowed: true });
  expect(mayRead(LOCAL, { ...NO_TOKENS, localRead: false })).toMatchObject({
    status: 403,
    message: "nobody may look: the configuration names no server.tokens.read",
  });
});

describe("changing", () => {
  it.each([
    { title: "no token", caller: LOCAL, status: 401 },
    { title: "no token, from elsewhere", caller: REMOTE, status: 401 },
    { title: "a read token", caller: withToken(LOCAL, "read-token"), status: 403 },
    { title: "an unknown token", caller: withToken(LOCAL, "write-token2"), status: 401 },
    {
      title: "a token in another scheme",
      caller: { ...LOCAL, authorization: "Basic write-token" },
      status: 401,
    },
    {
      title: "a page of another site, token or not",
      caller: { ...withToken(LOCAL, "write-token"), origin: "https://evil.example" },
      status: 403,
    },
    {
      title: "a page of another port of this machine",
      caller: { ...withToken(LOCAL, "write-token"), origin: "http://127.0.0.1:9090" },
      status: 403,
    },
    {
      title: "a page without an origin that can be told",
      caller: { ...withToken(LOCAL, "write-token"), origin: "null" },
      status: 403,
    },
  ])("is refused with $title", ({ caller, status }) => {
    expect(mayWrite(caller, TOKENS)).toMatchObject({ allowed: false, status });
  });

  it("is allowed with a write token, from wherever, and from its own page", () => {
    expect(mayWrite(withToken(LOCAL, "write-token"), TOKENS)).toEqual({ allowed: true });
    expect(mayWrite(withToken(REMOTE, "write-token"), TOKENS)).toEqual({ allowed: true });
    const own = { ...withToken(REMOTE, "write-token"), origin: "https://tocsin.example:8080" };
    expect(mayWrite(own, TOKENS)).toEqual({ allowed: true });
  });

  it("is switched off where the configuration names no write token", () => {
    expect(mayWrite(withToken(LOCAL, "read-token"), { ...TOKENS, write: [] })).toMatchObject({ status: 403 });
  });
});

const NOW = Date.parse("2026-06-01T10:00:00Z");
const HOUR_MS = 3_600_000;
const KEY = new Uint8Array(32).fill(1);
const at = (now: number, key = KEY) => ({ key, now });

/** As configured behind a name, with a proxy, at ten o'clock. */
const POLICY: AccessPolicy = {
  ...TOKENS,
  publicUrl: "https://tocsin.example",
  proxy: {
    from: new AddressRanges(["10.1.0.0/16"]),
    userHeader: "x-forwarded-user",
    groupsHeader: "x-forwarded-groups",
    read: ["*"],
    write: ["sre"],
  },
  sessions: at(NOW),
};

/** The own page, in a browser far away. */
const PAGE: Caller = {
  ...REMOTE,
  host: "tocsin.example",
  origin: "https://tocsin.example",
  fetchSite: "same-origin",
  isForwarded: true,
};
/** The own page on this machine, at a port-forward. */
const LOCAL_PAGE: Caller = { ...LOCAL, host: "localhost:8080", origin: "http://localhost:8080" };

const cookie = (value: string, name = "__Host-tocsin_session") => `${name}=${value}`;
const sealed = sealSession("write-token", at(NOW - HOUR_MS));
const readSealed = sealSession("read-token", at(NOW - HOUR_MS));
const [end = "", tag = "", signature = ""] = sealed.split(".");
const WRITER: Caller = { ...PAGE, cookie: cookie(sealed) };

const fromProxy = (user: string, groups: string, over: Partial<Caller> = {}): Caller => ({
  ...PAGE,
  peer: "10.1.2.3",
  headers: { "x-forwarded-user": [user], "x-forwarded-groups": [groups] },
  ...over,
});

/** A proxy on this machine, with headers that do not tell of a proxy by their names. */
const LOCAL_PROXY: Partial<AccessPolicy> = {
  proxy: {
    from: new AddressRanges(["127.0.0.1"]),
    userHeader: "remote-user",
    groupsHeader: "remote-groups",
    read: ["ops"],
    write: ["sre"],
  },
};

const fromLocalProxy = (user: string, groups: string): Caller => ({
  ...LOCAL,
  headers: { "remote-user": [user], "remote-groups": [groups] },
});

/** `+` for allowed, else the status. */
function outcome(caller: Caller, policy: AccessPolicy): string {
  return [mayRead(caller, policy), mayWrite(caller, policy)]
    .map((verdict) => (verdict.allowed ? "+" : verdict.status))
    .join(" ");
}

/** Reading, then changing, by these policies. */
const ROWS: readonly (readonly [
  title: string,
  caller: Caller,
  expected: string,
  policy?: Partial<AccessPolicy>,
])[] = [
  ["loopback, nothing shown", LOCAL, "+ 401"],
  ["loopback with a write token", withToken(LOCAL, "write-token"), "+ +"],
  ["DNS rebinding: loopback under another name", { ...LOCAL, host: "evil.example" }, "401 401"],
  ["another machine, nothing shown", PAGE, "401 401"],
  ["another machine with a read token", withToken(PAGE, "read-token"), "+ 403"],
  [
    "plain HTTP under another name, with a token",
    withToken({ ...REMOTE, host: "10.0.0.2:8080" }, "write-token"),
    "+ +",
  ],

  ["a session", WRITER, "+ +"],
  ["a session of a read token", { ...WRITER, cookie: cookie(readSealed) }, "+ 403"],
  ["a session among other cookies", { ...WRITER, cookie: `a=b; ${cookie(sealed)};c=d` }, "+ +"],
  [
    "a session beside one that another page set",
    { ...WRITER, cookie: `${cookie("x")}; ${cookie(sealed)}` },
    "+ +",
  ],
  ["a session on this machine", { ...LOCAL_PAGE, cookie: cookie(sealed, "tocsin_session") }, "+ +"],
  [
    "a session on this machine, without localRead",
    { ...LOCAL_PAGE, cookie: cookie(sealed, "tocsin_session") },
    "+ +",
    { localRead: false },
  ],
  [
    "a session over plain HTTP at publicUrl",
    { ...WRITER, origin: "http://tocsin.example", cookie: cookie(sealed, "tocsin_session") },
    "+ +",
    { publicUrl: "http://tocsin.example/" },
  ],
  ["a session that expired", WRITER, "401 401", { sessions: at(NOW + 11 * HOUR_MS) }],
  ["a session right before its end", WRITER, "+ +", { sessions: at(NOW + 11 * HOUR_MS - 1) }],
  [
    "a session with another end",
    { ...WRITER, cookie: cookie(`${Number(end) + 9}.${tag}.${signature}`) },
    "401 401",
  ],
  [
    "a session with another tag",
    { ...WRITER, cookie: cookie(`${end}.${readSealed.split(".")[1]}.${signature}`) },
    "401 401",
  ],
  ["a session without a signature", { ...WRITER, cookie: cookie(`${end}.${tag}.`) }, "401 401"],
  [
    "a session with another signature",
    { ...WRITER, cookie: cookie(`${end}.${tag}.${"A".repeat(43)}`) },
    "401 401",
  ],
  [
    "a session signed with the tag of a token that looks like its content",
    {
      ...WRITER,
      cookie: cookie(`${end}.${tag}.${tagOf(`${end}.${tag}`, KEY).toString("base64url")}`),
    },
    "401 401",
  ],
  ["a session that is noise", { ...WRITER, cookie: cookie("\u0000%ff;;=") }, "401 401"],
  ["a session of another bridge", WRITER, "401 401", { sessions: at(NOW, new Uint8Array(32).fill(2)) }],
  ["a session of a removed token", WRITER, "401 401", { write: [Secret.literal("other")] }],
  [
    "a session of a token that may only read now",
    WRITER,
    "+ 403",
    { write: [Secret.literal("other")], read: [Secret.literal("write-token")] },
  ],
  ["a session before the key is known", WRITER, "401 401", { sessions: undefined }],
  [
    "a session under a name that nobody configured",
    {
      ...WRITER,
      host: "10.0.0.2:8080",
      origin: "http://10.0.0.2:8080",
      cookie: cookie(sealed, "tocsin_session"),
    },
    "403 403",
  ],
  [
    "a session of plain HTTP where https is configured",
    { ...WRITER, cookie: cookie(sealed, "tocsin_session") },
    "401 401",
  ],

  ["a session, from a foreign page", { ...WRITER, origin: "https://evil.example" }, "+ 403"],
  ["a session, from the own name over plain HTTP", { ...WRITER, origin: "http://tocsin.example" }, "+ 403"],
  [
    "a session, from another port of this machine",
    { ...LOCAL_PAGE, origin: "http://localhost:9090", cookie: cookie(sealed, "tocsin_session") },
    "+ 403",
  ],
  ["a session, from a page without a known origin", { ...WRITER, origin: "null" }, "+ 403"],
  ["a session, no origin", { ...WRITER, origin: "" }, "+ 403"],
  ["a session, from another site by the browser's word", { ...WRITER, fetchSite: "cross-site" }, "+ 403"],
  ["a session, from another name of the site", { ...WRITER, fetchSite: "same-site" }, "+ 403"],
  ["a session, without fetch metadata", { ...WRITER, fetchSite: "" }, "+ +"],
  ["a session, the body of a form", { ...WRITER, isUnlikeForm: false }, "+ 403"],
  ["a session and a write token, no origin", withToken({ ...WRITER, origin: "" }, "write-token"), "+ +"],

  ["a user of the proxy", fromProxy("ada@example.org", "dev"), "+ 403"],
  ["a user of the proxy who may write", fromProxy("ada@example.org", "dev, sre"), "+ +"],
  [
    "a user of a proxy that replaces the name of the host",
    fromProxy("ada", "sre", { host: "tocsin.monitoring.svc:8080" }),
    "+ +",
  ],
  [
    "a user of the proxy, from a foreign page",
    fromProxy("ada", "sre", { origin: "https://evil.example" }),
    "+ 403",
  ],
  ["a user of the proxy, no origin", fromProxy("ada", "sre", { origin: "" }), "+ 403"],
  [
    "a user of the proxy whom no group lets in",
    fromProxy("ada", "dev"),
    "403 403",
    { proxy: withGroups(["ops"], ["sre"]) },
  ],
  [
    "a user of the proxy where everyone may write",
    fromProxy("ada", ""),
    "+ +",
    { proxy: withGroups([], ["*"]) },
  ],
  ["a user of the proxy with a session", { ...fromProxy("ada", "dev"), cookie: cookie(sealed) }, "+ +"],
  ["the proxy without a user", fromProxy("", ""), "401 401"],
  ["groups without a user", fromProxy("", "sre"), "403 403"],
  [
    "groups without the header of a user",
    fromProxy("", "", { headers: { "x-forwarded-groups": ["sre"] } }),
    "403 403",
  ],
  [
    "groups of the caller beside those of the proxy",
    fromProxy("ada", "", { headers: { "x-forwarded-user": ["ada"], "x-forwarded-groups": ["sre", "dev"] } }),
    "403 403",
  ],
  [
    "two users at once",
    fromProxy("ada", "sre", { headers: { "x-forwarded-user": ["ada", "eve"] } }),
    "403 403",
  ],
  ["headers of the proxy from a wrong peer", fromProxy("ada", "sre", { peer: "10.2.0.1" }), "403 403"],
  [
    "headers of the proxy from a wrong peer, with a token",
    withToken(fromProxy("ada", "sre", { peer: "10.2.0.1" }), "write-token"),
    "403 403",
  ],
  [
    "headers of the proxy from this machine",
    { ...LOCAL, headers: { "x-forwarded-groups": ["sre"] } },
    "403 403",
  ],
  [
    "a user of a proxy on this machine whom no group lets in",
    fromLocalProxy("ada", "dev"),
    "403 403",
    LOCAL_PROXY,
  ],
  [
    "a user of a proxy on this machine, with a token",
    withToken(fromLocalProxy("ada", "dev"), "read-token"),
    "+ 403",
    LOCAL_PROXY,
  ],
  ["a user of a proxy on this machine who may read", fromLocalProxy("ada", "ops"), "+ 403", LOCAL_PROXY],
  ["a proxy on this machine that names nobody", fromLocalProxy("", ""), "401 401", LOCAL_PROXY],
  ["a program on the machine of the proxy", LOCAL, "+ 401", LOCAL_PROXY],
  ["headers of a proxy where none is configured", fromProxy("ada", "sre"), "401 401", { proxy: undefined }],
];

function withGroups(read: readonly string[], write: readonly string[]): ProxyPolicy {
  return {
    from: new AddressRanges(["10.1.0.0/16"]),
    userHeader: "x-forwarded-user",
    groupsHeader: "x-forwarded-groups",
    read,
    write,
  };
}

describe("who may read, and who may change something", () => {
  const rows = ROWS.map(([title, caller, expected, policy = {}]) => ({ title, caller, expected, policy }));
  it.each(rows)("$title: $expected", ({ caller, expected, policy }) => {
    expect(outcome(caller, { ...POLICY, ...policy })).toBe(expected);
  });
});

describe("the identity of a caller", () => {
  it.each<readonly [Caller, unknown]>([
    [LOCAL, { user: null, how: "loopback", may: { read: true, write: false } }],
    [PAGE, { user: null, how: "none", may: { read: false, write: false } }],
    [withToken(LOCAL, "read-token"), { user: null, how: "token", may: { read: true, write: false } }],
    [WRITER, { user: null, how: "session", may: { read: true, write: true } }],
    [
      fromProxy("J\u00c3\u00b6rg\u0007 ", "sre"),
      { user: "J\u00f6rg", how: "proxy", may: { read: true, write: true } },
    ],
    [
      fromProxy("x".repeat(300), "sre"),
      { user: "x".repeat(200), how: "proxy", may: { read: true, write: true } },
    ],
    [
      { ...fromProxy("ada", "dev"), cookie: cookie(sealed) },
      { user: "ada", how: "proxy", may: { read: true, write: true } },
    ],
    [
      fromProxy("ada", "sre", { peer: "10.2.0.1" }),
      { user: null, how: "none", may: { read: false, write: false } },
    ],
  ])("is found by what it shows", (caller, expected) => {
    expect(identify(caller, POLICY)).toEqual(expected);
  });
});
