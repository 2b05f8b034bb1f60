import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect as dial, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type ApiClient, connect } from "../../src/kube/index.ts";
import { errorText } from "../../src/lib/errors.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { event, page, ScriptedApiServer } from "../support/scripted-api-server.ts";
import { until } from "../support/until.ts";

let clock: FakeClock;
let server: ScriptedApiServer;
let client: ApiClient;

async function clientOf(cluster: object): Promise<ApiClient> {
  const kubeconfig = join(mkdtempSync(join(tmpdir(), "tocsin-client-")), "config");
  const content = {
    "current-context": "x",
    contexts: [{ name: "x", context: { cluster: "x", user: "x" } }],
    clusters: [{ name: "x", cluster }],
    users: [{ name: "x", user: { token: "canary-secret" } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(content));
  return connect({ kubeconfig, context: "" }, { env: {}, clock, log: silentLogger });
}

beforeEach(async () => {
  clock = new FakeClock();
  server = await ScriptedApiServer.start();
  client = await clientOf({ server: server.url });
});

afterEach(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
  expect(clock.pending).toBe(0);
});

describe("short requests", () => {
  it("answer with body, status and the server's time", async () => {
    server.next("list", (reply) =>
      reply.json(page([event("a", 1)]), { gzip: true, headers: { date: "Mon, 01 Jun 2026 08:00:00 GMT" } }),
    );
    expect(await client.getJson("/api/v1/events?limit=1")).toEqual({
      status: 200,
      body: page([event("a", 1)]),
      date: Date.parse("2026-06-01T08:00:00Z"),
    });
  });

  it("share a few sockets", async () => {
    for (let call = 0; call < 20; call++) await client.serverVersion();
    expect(new Set(server.requests.map(({ socket }) => socket)).size).toBeLessThanOrEqual(2);
  });

  it("send JSON, and a PATCH as a merge patch", async () => {
    server.always("other", (reply, { body }) => reply.json({ got: JSON.parse(body) }, { status: 201 }));
    const created = await client.request("POST", "/api/v1/namespaces/shop/pods", { body: { a: 1 } });
    expect(created).toMatchObject({ status: 201, body: { got: { a: 1 } } });
    await client.request("PATCH", "/api/v1/namespaces/shop/pods/x", { body: { a: 2 } });
    expect(server.requests.map(({ method, headers }) => [method, headers["content-type"]])).toEqual([
      ["POST", "application/json"],
      ["PATCH", "application/merge-patch+json"],
    ]);
  });

  it.each([
    { header: { "retry-after": "7" }, retryAfterMs: 7000 },
    { header: { "retry-after": "0" }, retryAfterMs: 0 },
    { header: { "retry-after": "Mon, 01 Jun 2026 10:00:20 GMT" }, retryAfterMs: 20_000 },
    { header: { "retry-after": "99999" }, retryAfterMs: 300_000 },
    { header: { "retry-after": "soon" }, retryAfterMs: undefined },
    { header: {}, retryAfterMs: undefined },
  ])("throw what the server says, with Retry-After $header", async ({ header, retryAfterMs }) => {
    server.next("version", (reply) =>
      reply.refuse(504, {
        reason: "Timeout",
        message: "Too large resource version",
        cause: "ResourceVersionTooLarge",
        headers: header,
      }),
    );
    await expect(client.serverVersion()).rejects.toMatchObject({
      code: "ERR_API",
      message: "GET /version: the API server answered 504: Too large resource version",
      status: 504,
      reason: "Timeout",
      causes: ["ResourceVersionTooLarge"],
      retryAfterMs,
    });
  });

  it("throw what a proxy says, cut short", async () => {
    server.next("version", (reply) => reply.json("x".repeat(1000), { status: 502 }));
    await expect(client.serverVersion()).rejects.toMatchObject({
      status: 502,
      reason: "",
      message: `GET /version: the API server answered 502: ${"x".repeat(100)}…${"x".repeat(99)}`,
    });
  });

  it("end at their deadline, also while the body comes", async () => {
    server.next("version", (reply) => void reply.open().write('{"git'));
    const answer = client
      .getJson("/version", { deadlineMs: 5000 })
      .catch((error: unknown) => errorText(error));
    await until(() => server.count("version") === 1);
    await clock.advance(5000);
    expect(await answer).toBe("GET /version: no answer within 5 s");
  });

  it("end when the caller gives up", async () => {
    server.next("version", () => undefined);
    const stop = new AbortController();
    const answer = client.serverVersion(stop.signal).catch((error: unknown) => errorText(error));
    await until(() => server.count("version") === 1);
    stop.abort(new Error("enough"));
    expect(await answer).toBe("enough");
  });

  it.each([
    {
      what: "breaks off",
      play: (text: string): string => text.slice(0, 5),
      says: "GET /version: the answer broke off",
    },
    { what: "is no JSON", play: (): string => "<html>", says: "GET /version: the answer is not JSON" },
  ])("throw when the answer $what", async ({ play, says }) => {
    server.next("version", (reply) => {
      reply.open({ "content-length": says.includes("JSON") ? "6" : "100" });
      reply.write(play('{"gitVersion":"v1"}'));
      setTimeout(() => (says.includes("JSON") ? reply.end() : reply.reset()), 2);
    });
    const said = await client.serverVersion().catch((error: unknown) => errorText(error));
    expect(said).toContain(says);
  });

  it("never let the token into an error", async () => {
    server.always("version", (reply) => reply.reset());
    const error: unknown = await client.serverVersion().catch((error: unknown) => error);
    const { inspect } = await import("node:util");
    expect(inspect(error, { depth: 10 })).not.toContain("canary-secret");
  });
});

describe("the identity of a cluster", () => {
  it("is the uid of kube-system", async () => {
    expect(await client.clusterIdentity()).toMatchObject({ uid: "cluster-1" });
  });

  it.each([403, 404])("is a hash of the server after %i", async (status) => {
    server.always("identity", (reply) => reply.refuse(status));
    const identity = await client.clusterIdentity();
    expect(identity.uid).toBeUndefined();
    expect(identity.address).toMatch(/^server-[0-9a-f]{20}$/u);
    expect(await client.clusterIdentity()).toEqual(identity);
  });

  it("is not guessed while the server cannot say", async () => {
    server.always("identity", (reply) => reply.refuse(503));
    await expect(client.clusterIdentity()).rejects.toMatchObject({ status: 503 });
  });
});

describe("a stream", () => {
  it("gives the bytes as they come, says what is there, and closes its socket", async () => {
    server.next("watch", (reply) => void reply.open().write("one"));
    const stream = await client.stream("/api/v1/events?watch=true", new AbortController().signal);
    expect((await stream.next())?.toString()).toBe("one");
    expect(stream.ready).toBe(false);
    const reply = await server.reply("watch", 0);
    reply.write("two");
    await until(() => stream.ready);
    expect((await stream.next())?.toString()).toBe("two");
    stream.close();
    stream.close();
    await until(() => reply.closed);
  });

  it("ends cleanly with undefined, and otherwise with an error that says so", async () => {
    server.next("watch", (reply) => reply.open().end());
    const clean = await client.stream("/api/v1/events?watch=true", new AbortController().signal);
    expect(await clean.next()).toBeUndefined();
    clean.close();
    server.next("watch", (reply) => {
      reply.open().write("x");
      setTimeout(() => reply.reset(), 2);
    });
    const cut = await client.stream("/api/v1/events?watch=true", new AbortController().signal);
    await cut.next();
    await expect(cut.next()).rejects.toMatchObject({ name: "ConnectionError", midway: true });
    cut.close();
  });
});

describe("a proxy", () => {
  it("named by the kubeconfig is used", async () => {
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`${request.method ?? ""} ${request.url ?? ""}`);
      response.end('{"gitVersion":"v1.0.0"}');
    });
    proxy.on("connect", (request, socket) => {
      seen.push(`CONNECT ${request.url ?? ""}`);
      const upstream = dial(server.port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as AddressInfo;
    const through = await clientOf({ server: server.url, "proxy-url": `http://127.0.0.1:${port}` });
    await through.serverVersion();
    expect(seen).toHaveLength(1);
    await through.close();
    proxy.closeAllConnections();
    proxy.close();
  });
});
