import { createHmac, timingSafeEqual } from "node:crypto";

import type { AccessPolicy, SessionCheck } from "./access-policy.ts";
import type { Caller } from "./caller.ts";
import { isLocalHost } from "./local-caller.ts";
import { type Right, rightOfTag, tagOf } from "./tokens.ts";

/** A session lasts so long, twelve hours in seconds. */
const LASTS_SECONDS = 43_200;

/** The session of a request: its right, or why it has none. `elsewhere`: sessions do not hold at this host. */
export type SessionLook = Right | "none" | "ended" | "elsewhere";

/**
 * A new session of a token. It is not kept anywhere: the cookie holds its end and the tag of its token, signed. So every
 * replica can check it, and it ends with its token.
 */
export function sealSession(token: string, { key, now }: SessionCheck): string {
  const end = Math.floor(now / 1000) + LASTS_SECONDS;
  const content = `${end}.${tagOf(token, key).toString("base64url")}`;
  return `${content}.${signatureOf(content, key).toString("base64url")}`;
}

/** The session of a request, by the rules of now. */
export function lookAtSession(caller: Caller, policy: AccessPolicy): SessionLook {
  const { sessions } = policy;
  if (sessions === undefined || !hasSession(caller.cookie)) return "none";
  if (!isSessionHost(caller.host, policy.publicUrl)) return "elsewhere";
  const values = valuesOf(caller.cookie, cookieName(caller.host, policy.publicUrl));
  // Another page of this host may have added one; it cannot sign.
  const rights = new Set(values.map((value) => rightOfValue(value, policy, sessions)));
  if (rights.has("write")) return "write";
  return rights.has("read") ? "read" : "ended";
}

/** Whether a header `cookie` has a session at all. */
export function hasSession(cookie: string): boolean {
  return cookie.includes("tocsin_session=");
}

/** Sessions hold on this machine and at the address for people, so that no other name leads into one. */
export function isSessionHost(host: string, publicUrl: string | undefined): boolean {
  return isLocalHost(host) || isPublicHost(host, publicUrl);
}

/** The value of `set-cookie` that keeps a session in the browser, or with "" ends it. */
export function sessionCookie(value: string, host: string, publicUrl: string | undefined): string {
  const seconds = value === "" ? 0 : LASTS_SECONDS;
  const secure = isSecure(host, publicUrl) ? "; Secure" : "";
  const name = cookieName(host, publicUrl);
  return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}

/** With `__Host-` no other host and no plain HTTP can have set it (draft-ietf-httpbis-rfc6265bis, 4.1.3.2). */
function cookieName(host: string, publicUrl: string | undefined): string {
  return isSecure(host, publicUrl) ? "__Host-tocsin_session" : "tocsin_session";
}

function isSecure(host: string, publicUrl: string | undefined): boolean {
  return isPublicHost(host, publicUrl) && publicUrl?.startsWith("https:") === true;
}

function isPublicHost(host: string, publicUrl: string | undefined): boolean {
  if (publicUrl === undefined) return false;
  const url = new URL(publicUrl);
  const asked = `${url.protocol}//${host}/`;
  return URL.canParse(asked) && new URL(asked).host === url.host;
}

function valuesOf(cookie: string, name: string): readonly string[] {
  return cookie
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

function rightOfValue(value: string, policy: AccessPolicy, { key, now }: SessionCheck): Right | undefined {
  const [, content, end, tag = "", signature = ""] =
    /^((\d{1,15})\.([\w-]{43}))\.([\w-]{43})$/u.exec(value) ?? [];
  if (content === undefined || Number(end) * 1000 <= now) return undefined;
  const given = Buffer.from(signature, "base64url");
  const right = signatureOf(content, key);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  return rightOfTag(Buffer.from(tag, "base64url"), policy, key);
}

function signatureOf(content: string, key: Uint8Array): Buffer {
  return createHmac("sha256", key).update("session\0").update(content).digest();
}
