import { describe, expect, it } from "vitest";

import { type Caller, mayRead, mayWrite } from "../../src/api/access.ts";
import { Secret } from "../../src/lib/secret.ts";

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
