import { request } from "node:http";

import { afterEach, describe, expect, it } from "vitest";

import { createHttpServer, type HttpServer, type HttpServerOptions } from "../../src/api/index.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { Secret } from "../../src/lib/secret.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { makeBridge } from "./make-bridge.ts";

const started: HttpServer[] = [];

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

async function start(options: Partial<HttpServerOptions> = {}): Promise<string> {
  const server = createHttpServer({
    listen: { host: "127.0.0.1", port: 0 },
    access: () => ({
      localRead: true,
      read: [Secret.literal("read-token")],
      write: [Secret.literal("write-token")],
    }),
    health: { live: () => [], ready: () => [] },
    metrics: new Metrics(),
    reload: () => Promise.resolve({ ok: true, findings: [] }),
    bridge: await makeBridge(),
    clock: new FakeClock(),
    log: silentLogger,
    ...options,
  });
  started.push(server);
  await server.start();
  return server.address ?? "";
}

const reload = (base: string, authorization?: string) =>
  fetch(`${base}/-/reload`, {
    method: "POST",
    ...(authorization === undefined ? {} : { headers: { authorization } }),
  });

describe("health", () => {
  const watch = { name: "watch", ok: false, detail: "403 forbidden: may not watch events" };
  const store = { name: "store", ok: true, detail: "takes writes" };

  it("answers 200 while every part is well", async () => {
    const base = await start({ health: { live: () => [store], ready: () => [store] } });
    for (const path of ["/livez", "/readyz"]) {
      const response = await fetch(base + path);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ ok: true, checks: [store] });
    }
  });

  it("answers 503 and says which part is not ready, and why", async () => {
    const base = await start({ health: { live: () => [], ready: () => [watch, store] } });
    const response = await fetch(`${base}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ok: false, checks: [watch, store] });
    expect((await fetch(`${base}/livez`)).status).toBe(200);
  });
});

it("gives the metrics as Prometheus text, without a token", async () => {
  const metrics = new Metrics();
  metrics.counter("tocsin_things_total", "Things").inc(3);
  const response = await fetch(`${await start({ metrics })}/metrics`);
  expect(response.headers.get("content-type")).toContain("text/plain");
  expect(await response.text()).toContain("tocsin_things_total 3");
});

describe("reload", () => {
  it.each([
    { title: "no token", authorization: undefined, status: 401, error: "a write token is needed" },
    {
      title: "another scheme",
      authorization: "Basic d3JpdGU=",
      status: 401,
      error: "a write token is needed",
    },
    { title: "an unknown token", authorization: "Bearer guess", status: 401, error: "unknown token" },
    {
      title: "a prefix of the token",
      authorization: "Bearer write-toke",
      status: 401,
      error: "unknown token",
    },
    { title: "a read token", authorization: "Bearer read-token", status: 403, error: "may only read" },
  ])("refuses $title", async ({ authorization, status, error }) => {
    let reloads = 0;
    const base = await start({
      reload: () => {
        reloads += 1;
        return Promise.resolve({ ok: true, findings: [] });
      },
    });
    const response = await reload(base, authorization);
    expect(response.status).toBe(status);
    expect(response.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
    expect(await response.json()).toEqual({ error: expect.stringContaining(error) });
    expect(reloads).toBe(0);
  });

  it("is switched off without a write token, loopback or not", async () => {
    const base = await start({ access: () => ({ localRead: true, read: [], write: [] }) });
    expect((await reload(base, "Bearer write-token")).status).toBe(403);
  });

  it("opens to no token that cannot be read", async () => {
    const gone = Secret.fromEnv("GONE", {});
    const base = await start({
      access: () => ({ localRead: true, read: [], write: [gone, Secret.literal("second")] }),
    });
    expect((await reload(base, "Bearer undefined")).status).toBe(401);
    expect((await reload(base, "Bearer second")).status).toBe(200);
  });

  it("answers 422 with the findings when the new files are not usable", async () => {
    const outcome = {
      ok: false,
      findings: [
        {
          level: "error",
          file: "tocsin.yaml",
          line: 3,
          column: 1,
          path: "sniks",
          message: 'unknown key "sniks"',
        },
      ],
    } as const;
    const base = await start({ reload: () => Promise.resolve(outcome) });
    const response = await reload(base, "Bearer write-token");
    expect(response.status).toBe(422);
    expect(await response.json()).toEqual(outcome);
  });

  it("tells the caller nothing of an internal error", async () => {
    const lines: unknown[] = [];
    const base = await start({
      reload: () => Promise.reject(new Error("at /srv/secret/path")),
      log: { ...silentLogger, error: (message, fields) => lines.push([message, fields]) },
    });
    const response = await reload(base, "Bearer write-token");
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('{"error":"internal error; the log says more"}');
    expect(lines).toEqual([
      ["http request failed", { method: "POST", path: "/-/reload", error: "at /srv/secret/path" }],
    ]);
  });
});

describe("anything else", () => {
  it("answers 404 in JSON for an unknown path", async () => {
    const response = await fetch(`${await start()}/api/v9/nothing`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: "no such path: /api/v9/nothing" });
  });

  it.each([
    { method: "DELETE", path: "/livez", allow: "GET, HEAD" },
    { method: "POST", path: "/metrics", allow: "GET, HEAD" },
    { method: "GET", path: "/-/reload", allow: "POST" },
  ])("answers 405 for $method $path and names what is allowed", async ({ method, path, allow }) => {
    const response = await fetch((await start()) + path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
  });

  it("refuses a large body and sends security headers with every answer", async () => {
    const response = await fetch(`${await start()}/-/reload`, { method: "POST", body: "x".repeat(70_000) });
    expect(response.status).toBe(413);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.has("x-powered-by")).toBe(false);
  });

  it("binds nothing but itself: no HSTS, and no request is made HTTPS", async () => {
    const { headers } = await fetch(`${await start()}/livez`);
    expect(headers.has("strict-transport-security")).toBe(false);
    expect(headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(headers.get("content-security-policy")).not.toContain("upgrade-insecure-requests");
  });

  it("answers 400 for a name that is no UTF-8, and logs nothing", async () => {
    const lines: unknown[] = [];
    const log = { ...silentLogger, error: (message: string) => void lines.push(message) };
    const response = await fetch(`${await start({ log })}/api/v1/dead-letters/%ff`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: "the path is not percent-encoded UTF-8" });
    expect(lines).toEqual([]);
  });

  it.each(["x-request-id", "x-envoy-attempt-count", "l5d-client-id", "cf-connecting-ip"])(
    "takes a request with %s for one of another machine",
    async (header) => {
      const url = `${await start()}/api/v1/status`;
      expect((await fetch(url)).status).toBe(200);
      expect((await fetch(url, { headers: { [header]: "x" } })).status).toBe(401);
    },
  );

  it("answers 404 for a path that cannot be decoded", async () => {
    const { port } = new URL(await start());
    const status = await new Promise((resolve, reject) => {
      request({ port, path: "/%E0%A4%A" }, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
    expect(status).toBe(404);
  });
});

describe("start and stop", () => {
  it("says who is at fault when the port is taken", async () => {
    const taken = new URL(await start());
    const listen = { host: "127.0.0.1", port: Number(taken.port) };
    await expect(start({ listen })).rejects.toThrow(
      `server.listen: 127.0.0.1:${taken.port} is taken by another process`,
    );
  });

  it("cuts off a request that does not end two seconds after stop", async () => {
    const clock = new FakeClock();
    const reached = Promise.withResolvers<void>();
    const base = await start({
      clock,
      reload: () => {
        reached.resolve();
        return new Promise(() => undefined);
      },
    });
    const answer = reload(base, "Bearer write-token").catch((error: unknown) => error);
    await reached.promise;
    const stopped = started[0]?.stop();
    await clock.advance(2000);
    await stopped;
    expect(await answer).toBeInstanceOf(TypeError);
    expect(clock.pending).toBe(0);
  });
});
