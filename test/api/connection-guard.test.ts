import { get } from "node:http";
import { connect, type Socket } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { createHttpServer, type HttpServer } from "../../src/api/index.ts";
import { silentLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { Secret } from "../../src/lib/secret.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { until } from "../support/until.ts";
import { makeBridge } from "./make-bridge.ts";

const MANY = 300;
const LISTEN = { host: "127.0.0.1", port: 0 };
/** Addresses of this machine that stand for those of others. */
const KUBELET = "127.0.0.1";
const ATTACKER = "127.0.0.2";

const clock = new FakeClock();
const started: HttpServer[] = [];
const sockets: Socket[] = [];
/** Ends reloads that hang. */
let reloads: (() => void)[] = [];

afterEach(async () => {
  for (const end of reloads.splice(0)) end();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of started.splice(0)) await server.stop();
  reloads = [];
});

async function start(): Promise<{ main: string; probes: string }> {
  const server = createHttpServer({
    listen: LISTEN,
    probes: LISTEN,
    access: () => ({ localRead: true, read: [], write: [Secret.literal("write-token")] }),
    health: { live: () => [], ready: () => [] },
    metrics: new Metrics(),
    reload: () => new Promise((resolve) => reloads.push(() => resolve({ ok: true, findings: [] }))),
    bridge: await makeBridge(),
    clock,
    log: silentLogger,
  });
  started.push(server);
  await server.start();
  return { main: server.address ?? "", probes: server.probesAddress ?? "" };
}

/** A connection that sends this once it is open. */
async function open(url: string, localAddress: string, text = ""): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress });
  sockets.push(socket);
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
  socket.write(text);
  return socket;
}

/** The status of a probe on a connection of its own, as the kubelet makes one; 0 when it is cut. */
function probe(url: string, localAddress = KUBELET): Promise<number> {
  return new Promise((resolve) => {
    get(`${url}/livez`, { agent: false, localAddress }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on("error", () => resolve(0));
  });
}

const RELOAD = "POST /-/reload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer write-token\r\n\r\n";

describe("connections that only wait", () => {
  it.each([
    { what: "send nothing", text: "" },
    { what: "send a head that never ends", text: "GET /livez HTTP/1.1\r\nHost: x\r\n" },
    { what: "were answered and stay open", text: "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" },
  ])("and $what fail no probe, of another peer or of the same", async ({ text }) => {
    const { main, probes } = await start();
    for (const url of [main, probes]) {
      for (let index = 0; index < MANY; index++) await open(url, ATTACKER, text);
      for (let times = 0; times < 5; times++) {
        expect(await probe(url)).toBe(200);
        expect(await probe(url, ATTACKER)).toBe(200);
      }
    }
  });

  it("of many peers fail no probe, and never become too many", async () => {
    const { main } = await start();
    const others = Array.from({ length: 10 }, (_, index) => `127.0.0.${index + 2}`);
    for (let round = 0; round < 40; round++) {
      for (const other of others) await open(main, other);
    }
    for (let times = 0; times < 5; times++) expect(await probe(main)).toBe(200);
    await until(() => sockets.filter(({ destroyed }) => !destroyed).length <= 256);
    // The bound is kept by closing what is too much, not by closing everything.
    expect(sockets.filter(({ destroyed }) => !destroyed).length).toBeGreaterThan(200);
  });

  it("of one peer are closed before those that wait less", async () => {
    const { main } = await start();
    const first = await open(main, ATTACKER);
    const second = await open(main, ATTACKER);
    for (let index = 0; index < 62; index++) await open(main, ATTACKER);
    expect(first.destroyed).toBe(false);
    await open(main, ATTACKER);
    await until(() => first.destroyed);
    expect(second.destroyed).toBe(false);
  });
});

describe("connections that are being answered", () => {
  it("are not closed for new ones of their peer until their answer takes too long", async () => {
    const { main } = await start();
    for (let index = 0; index < 64; index++) await open(main, ATTACKER, RELOAD);
    await until(() => reloads.length === 64);
    expect(await probe(main, ATTACKER)).toBe(0);
    expect(await probe(main)).toBe(200);
    expect(sockets.some(({ destroyed }) => destroyed)).toBe(false);
    await clock.advance(30_000);
    expect(await probe(main, ATTACKER)).toBe(200);
  });
});

describe("the listener of probes", () => {
  it("serves health and metrics, and nothing else", async () => {
    const { main, probes } = await start();
    expect(probes).not.toBe(main);
    for (const path of ["/livez", "/readyz", "/metrics"]) {
      expect((await fetch(probes + path)).status).toBe(200);
      expect((await fetch(main + path)).status).toBe(200);
    }
    for (const path of ["/", "/api/v1/status", "/-/reload"]) {
      expect((await fetch(probes + path)).status).toBe(404);
    }
  });

  it("is named when its port is taken, and then nothing is left open", async () => {
    const taken = new URL((await start()).probes);
    const server = createHttpServer({
      listen: LISTEN,
      probes: { host: "127.0.0.1", port: Number(taken.port) },
      access: () => ({ localRead: true, read: [], write: [] }),
      health: { live: () => [], ready: () => [] },
      metrics: new Metrics(),
      reload: () => Promise.resolve({ ok: true, findings: [] }),
      bridge: await makeBridge(),
      clock,
      log: silentLogger,
    });
    await expect(server.start()).rejects.toThrow(`server.probes: 127.0.0.1:${taken.port} is taken`);
    expect(server.address).toBeUndefined();
  });
});
