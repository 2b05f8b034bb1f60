import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";

import express from "express";
import { afterEach, describe, expect, it } from "vitest";

import { sendList } from "../../../src/api/alertmanager/send-list.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { until } from "../../support/until.ts";

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close().closeAllConnections()));

interface Sent {
  readonly port: number;
  readonly clock: FakeClock;
  /** How many lists are being sent. */
  readonly open: () => number;
}

/** A server whose every answer is this list. */
async function serve(parts: () => AsyncIterable<string>): Promise<Sent> {
  const clock = new FakeClock();
  let open = 0;
  const app = express().get("/", async (request, response) => {
    open++;
    await sendList(request, response, { parts: parts(), clock }).catch(() => undefined);
    open--;
  });
  const server = createServer(app);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // A TCP server that listens has such an address.
  const { port } = server.address() as { port: number };
  return { port, clock, open: () => open };
}

async function* short(): AsyncIterable<string> {
  yield "[1,";
  yield `"${"x".repeat(5000)}"]`;
}

async function* endless(): AsyncIterable<string> {
  for (;;) yield "x".repeat(100_000);
}

describe("a list", () => {
  it.each([
    { accepts: "gzip", encoding: "gzip" },
    { accepts: "identity", encoding: null },
  ])("is sent to who accepts $accepts", async ({ accepts, encoding }) => {
    const { port } = await serve(short);
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { "accept-encoding": accepts } });
    expect([answer.headers.get("content-encoding"), answer.headers.get("vary")]).toEqual([
      encoding,
      "accept-encoding",
    ]);
    expect(await answer.json()).toEqual([1, "x".repeat(5000)]);
  });

  it("ends for a reader that takes a little now and then, so that its turn is free", async () => {
    const { port, clock, open } = await serve(endless);
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await once(socket, "readable");
    expect(socket.read(1)).not.toBe(null);
    await clock.advance(5 * 60_000 - 1);
    expect(open()).toBe(1);
    await clock.advance(1);
    await until(() => open() === 0);
    socket.destroy();
  });
});
