import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import type { AccessPolicy } from "../../src/api/access/access-policy.ts";
import { type Bridge, createHttpServer, type HttpServer } from "../../src/api/index.ts";
import { AddressRanges } from "../../src/lib/address-ranges.ts";
import { TocsinError } from "../../src/lib/errors.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { Secret } from "../../src/lib/secret.ts";
import { openSqliteStore, type StoreHost } from "../../src/store/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { until } from "../support/until.ts";
import { makeBridge, storeParts } from "./make-bridge.ts";

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const TOKENS = { read: [Secret.literal("read-token")], write: [Secret.literal("write-token")] };

interface Bed {
  readonly base: string;
  readonly clock: FakeClock;
  readonly lines: string[];
}

async function start(
  policy: Partial<AccessPolicy> = {},
  over: Partial<Bridge> = {},
  clock = new FakeClock(),
): Promise<Bed> {
  const lines: string[] = [];
  const server: HttpServer = createHttpServer({
    listen: { host: "127.0.0.1", port: 0 },
    access: () => ({ localRead: false, ...TOKENS, ...policy }),
    health: { live: () => [], ready: () => [] },
    metrics: new Metrics(),
    reload: () => Promise.resolve({ ok: true, findings: [] }),
    bridge: await makeBridge(over),
    clock,
    log: {
      ...silentLogger,
      warn: (message, fields) => void lines.push(`${message} ${JSON.stringify(fields)}`),
    },
  });
  await server.start();
  closers.push(() => server.stop());
  return { base: `${server.address}/api/v1`, clock, lines };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly cookie: string;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** As a browser would: `fetch` sets neither host nor origin. */
function ask(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
): Promise<Answer> {
  const isJson = body === undefined ? {} : { "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { ...isJson, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const [cookie = ""] = response.headers["set-cookie"] ?? [];
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          body: JSON.parse(text),
          cookie,
          headers: response.headers,
        });
      });
    }).on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const login = (base: string, token = "write-token", headers: Readonly<Record<string, string>> = {}) =>
  ask("POST", `${base}/session`, { origin: new URL(base).origin, ...headers }, { token });

/** Of `set-cookie`: the part that comes back. */
const kept = ({ cookie }: Answer): string => cookie.split(";")[0] ?? "";

/** Headers of requests that pages of other sites cause. */
const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { origin: "https://evil.example" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
];

const SILENCE = { match: { namespace: "shop" }, for: "2h", comment: "upgrade", author: "eve" };

describe("a session", () => {
  it("is a cookie that no script and no other site can use, and gives the rights of its token", async () => {
    const { base } = await start();
    const { origin } = new URL(base);
    const opened = await login(base, " write-token\n");
    expect(opened).toMatchObject({
      status: 200,
      body: { user: null, how: "session", may: { read: true, write: true }, canSignIn: false },
    });
    expect(opened.cookie).toMatch(
      /^tocsin_session=\d+\.[\w-]{43}\.[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/u,
    );
    expect(opened.cookie).not.toContain("write-token");
    expect(opened.headers["cache-control"]).toBe("no-store");
    const headers = { cookie: kept(opened) };
    expect((await ask("GET", `${base}/alerts`, headers)).status).toBe(200);
    expect((await ask("GET", `${base}/alerts`)).status).toBe(401);
    const ids = { ids: ["x"] };
    expect(await ask("POST", `${base}/dead-letters/drop`, headers, ids)).toMatchObject({
      status: 403,
      body: { error: "a change in a session needs the header origin, which browsers send" },
    });
    expect((await ask("POST", `${base}/dead-letters/drop`, { ...headers, origin }, ids)).status).toBe(200);
    expect((await ask("POST", base.replace("/api/v1", "/-/reload"), { ...headers, origin }, {})).status).toBe(
      200,
    );
  });

  it("of a read token may only read", async () => {
    const { base } = await start();
    const opened = await login(base, "read-token");
    expect(opened.body).toEqual({
      user: null,
      how: "session",
      may: { read: true, write: false },
      canSignIn: true,
    });
  });

  it("is Secure and bound to its host where publicUrl is https, and plain on this machine", async () => {
    const { base } = await start({ publicUrl: "https://tocsin.example" });
    const there = await login(base, "write-token", {
      host: "tocsin.example",
      origin: "https://tocsin.example",
    });
    expect(there.cookie).toMatch(/^__Host-tocsin_session=.+; Path=\/; .*; Secure$/u);
    expect((await login(base)).cookie).toMatch(
      /^tocsin_session=[^;]+; Path=\/; [^;]+; HttpOnly; SameSite=Strict$/u,
    );
  });

  it("is given to no foreign page, and at no other name", async () => {
    const { base } = await start({ publicUrl: "https://tocsin.example" });
    for (const headers of FOREIGN) {
      expect(await login(base, "write-token", headers)).toMatchObject({ status: 403, cookie: "" });
    }
    const other = await login(base, "write-token", { host: "10.0.0.2:8080", origin: "http://10.0.0.2:8080" });
    expect(other).toMatchObject({
      status: 403,
      cookie: "",
      body: { error: expect.stringContaining("publicUrl") },
    });
    const form = await ask("POST", `${base}/session`, { "content-type": "text/plain" });
    expect(form.status).toBe(415);
  });

  it("is ended by no foreign page", async () => {
    const { base } = await start({ publicUrl: "https://tocsin.example" });
    for (const headers of FOREIGN)
      expect(await ask("DELETE", `${base}/session`, headers)).toMatchObject({ status: 403, cookie: "" });
  });

  it("ends when the browser asks, when its time is over, and with its token", async () => {
    let write = TOKENS.write;
    const clock = new FakeClock();
    const bed = await start({}, {}, clock);
    const { origin } = new URL(bed.base);
    const closed = await ask("DELETE", `${bed.base}/session`, {
      origin,
      cookie: kept(await login(bed.base)),
    });
    expect(closed).toMatchObject({ status: 200, body: { how: "none", may: { read: false, write: false } } });
    expect(closed.cookie).toContain("tocsin_session=; Path=/; Max-Age=0");

    const { base } = await start(
      Object.defineProperty({}, "write", { enumerable: true, get: () => write }),
      {},
      clock,
    );
    const headers = { cookie: kept(await login(base)) };
    write = [];
    expect(await ask("GET", `${base}/alerts`, headers)).toMatchObject({
      status: 401,
      body: { error: "the session has ended" },
    });
    write = TOKENS.write;
    expect((await ask("GET", `${base}/alerts`, headers)).status).toBe(200);
    await clock.advance(12 * 3_600_000);
    expect((await ask("GET", `${base}/alerts`, headers)).status).toBe(401);
  });

  it("outlives a restart, and holds at every replica", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tocsin-session-"));
    closers.push(() => rmSync(folder, { recursive: true }));
    const clock = new FakeClock();
    const open = (): Promise<StoreHost> =>
      openSqliteStore({ path: join(folder, "tocsin.db"), clock, log: silentLogger });
    const fresh = (host: StoreHost, byte: number): Partial<Bridge> => ({
      ...storeParts(host),
      sessionKey: () => host.sharedKeys.keep("session", new Uint8Array(32).fill(byte)),
    });
    const before = await open();
    const headers = { cookie: kept(await login((await start({}, fresh(before, 1))).base)) };
    await before.close();
    const after = await open();
    closers.push(() => after.close());
    const { base } = await start({}, fresh(after, 2));
    expect((await ask("GET", `${base}/alerts`, headers)).status).toBe(200);
  });

  it("is neither checked nor given while the store does not answer", async () => {
    const sessionKey = (): Promise<never> => Promise.reject(new TocsinError("ERR_STORE", "disk I/O error"));
    const { base } = await start({}, { sessionKey });
    expect((await login(base)).status).toBe(503);
    expect((await ask("GET", `${base}/alerts`, { cookie: "tocsin_session=1.a.b" })).status).toBe(503);
    expect((await ask("GET", `${base}/me`)).status).toBe(200);
  });
});

describe("a wrong token", () => {
  it("is answered after 300 ms, and after five within a minute with 429; a right one always is taken", async () => {
    const { base, clock, lines } = await start();
    const answers: Answer[] = [];
    for (let number = 1; number <= 6; number++) {
      let answered = false;
      const answer = login(base, `guess-${number}`).then((given) => {
        answered = true;
        return given;
      });
      await until(() => clock.pending > 0);
      await clock.advance(299);
      expect(answered).toBe(false);
      await clock.advance(1);
      answers.push(await answer);
    }
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
    expect(answers.at(-1)).toMatchObject({ cookie: "", headers: { "retry-after": "59" } });
    expect(lines).toEqual(['a session was asked for with an unknown token {"peer":"127.0.0.1"}']);
    expect((await login(base)).status).toBe(200);
  });
});

describe("who am I?", () => {
  it("is told to everyone, with what a session would give", async () => {
    const { base } = await start({ localRead: true });
    expect((await ask("GET", `${base}/me`)).body).toEqual({
      user: null,
      how: "loopback",
      may: { read: true, write: false },
      canSignIn: true,
    });
    expect((await ask("GET", `${base}/me`, { host: "10.0.0.2:8080" })).body).toMatchObject({
      how: "none",
      may: { read: false },
      canSignIn: false,
    });
    expect((await ask("GET", `${base}/me`, { authorization: "Bearer write-token" })).body).toMatchObject({
      how: "token",
      may: { read: true, write: true },
      canSignIn: false,
    });
    const { base: closed } = await start({ read: [], write: [] });
    expect((await ask("GET", `${closed}/me`)).body).toMatchObject({ canSignIn: false });
  });
});

describe("a user that a proxy names", () => {
  const proxy = (from: string): AccessPolicy["proxy"] => ({
    from: new AddressRanges([from]),
    userHeader: "x-forwarded-user",
    groupsHeader: "x-forwarded-groups",
    read: ["*"],
    write: ["sre"],
  });
  const headers = { "x-forwarded-user": "ada@example.org", "x-forwarded-groups": "dev,sre" };

  it("is the author of silences, whatever the page says", async () => {
    const { base } = await start({ proxy: proxy("127.0.0.0/8"), publicUrl: "https://tocsin.example" });
    const made = await ask(
      "POST",
      `${base}/silences`,
      { ...headers, origin: "https://tocsin.example" },
      SILENCE,
    );
    expect(made).toMatchObject({ status: 200, body: { author: "ada@example.org" } });
    expect((await ask("GET", `${base}/me`, headers)).body).toMatchObject({
      user: "ada@example.org",
      how: "proxy",
    });
  });

  it("is nobody from another address: refused, and logged once a minute", async () => {
    const { base, lines, clock } = await start({ localRead: true, proxy: proxy("10.0.0.0/8") });
    for (const path of ["alerts", "alerts", "me"]) {
      const { status } = await ask("GET", `${base}/${path}`, headers);
      expect(status).toBe(path === "me" ? 200 : 403);
    }
    expect(lines).toEqual([
      'headers of a proxy were refused {"peer":"127.0.0.1","reason":"x-forwarded-user counts only from the addresses of server.proxy.from"}',
    ]);
    await clock.advance(60_000);
    await ask("GET", `${base}/alerts`, headers);
    expect(lines).toHaveLength(2);
    expect((await ask("GET", `${base}/alerts`)).status).toBe(200);
  });
});
