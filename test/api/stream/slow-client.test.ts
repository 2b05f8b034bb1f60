import { afterEach, expect, it } from "vitest";

import { NO_CHANGES } from "../../../src/alert/index.ts";
import { SessionDesk } from "../../../src/api/access/session-desk.ts";
import type { ApiContext } from "../../../src/api/bridge.ts";
import { KeptReadings } from "../../../src/api/kept-readings.ts";
import { StreamClient } from "../../../src/api/stream/stream-client.ts";
import { tellChanges } from "../../../src/api/stream/tell-changes.ts";
import { Feed } from "../../../src/feed/index.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import { openSqliteStore } from "../../../src/store/index.ts";
import { makeAlert } from "../../alert/make.ts";
import { alertChanges } from "../../support/entity-changes.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { OwnedStore } from "../../support/owned-store.ts";
import { makeBridge, storeParts } from "../make-bridge.ts";
import { HeldSocket, responseOver } from "./held-socket.ts";

const KIB = 1024;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A client before all changes, and its connection. */
function open(socket: HeldSocket, clock = new FakeClock()) {
  const response = responseOver(socket);
  closers.push(() => socket.destroy());
  const topics = new Set(["alerts"] as const);
  const wishes = { peer: undefined, topics, position: 0, mayStay: () => true };
  return { client: new StreamClient(response, wishes, clock), response };
}

/** The parts of a server over a store with these alerts, each committed by itself and of some kilobytes. */
async function contextWith(fingerprints: readonly string[]): Promise<ApiContext> {
  const clock = new FakeClock();
  const host = await openSqliteStore({ path: ":memory:", clock, log: silentLogger });
  const store = await OwnedStore.of(host);
  closers.push(() => store.close());
  const feed = new Feed({ epoch: "e1", log: silentLogger });
  for (const fingerprint of fingerprints) {
    const alert = { ...makeAlert(fingerprint, { labels: { text: "x".repeat(30 * KIB) } }), fingerprint };
    const entities = alertChanges([alert]);
    await store.commit({ entities });
    feed.onCommitted({ ...NO_CHANGES, entities });
  }
  const access = () => ({ localRead: true, read: [], write: [] });
  const key = () => Promise.resolve(new Uint8Array(32));
  return {
    ...(await makeBridge({ ...storeParts(host), feed })),
    clock,
    access,
    kept: new KeptReadings(clock),
    health: { live: () => [], ready: () => [] },
    desk: new SessionDesk({ access, key, clock, log: silentLogger }),
  };
}

const alertsIn = (text: string): readonly string[] =>
  [...text.matchAll(/^event: alert\ndata: \{"fingerprint":"(\w+)"/gmu)].map(
    ([, fingerprint = ""]) => fingerprint,
  );

it("is cut rather than sent more than a mebibyte that it does not take", () => {
  const socket = new HeldSocket();
  const { client, response } = open(socket);
  socket.hold();
  for (let count = 0; count < 3; count++) client.send("x".repeat(300 * KIB));
  expect(response.destroyed).toBe(false);
  client.send("x".repeat(300 * KIB));
  expect(response.destroyed).toBe(true);
  expect(client.isOpen).toBe(false);
});

it("is cut when it took nothing for 30 seconds, and not while it takes a little", async () => {
  const clock = new FakeClock();
  const socket = new HeldSocket();
  const { client } = open(socket, clock);
  socket.hold();
  for (let count = 0; count < 2; count++) client.send("x".repeat(KIB));
  await clock.advance(20_000);
  client.tend();
  socket.takeOne();
  // Node calls back when the stack is empty.
  await new Promise(setImmediate);
  await clock.advance(20_000);
  client.tend();
  await clock.advance(29_999);
  client.tend();
  expect(client.isOpen).toBe(true);
  await clock.advance(1);
  client.tend();
  expect(client.isOpen).toBe(false);
});

it("loses nothing when it is left out of one part of a round, and takes more before the next", async () => {
  const all = Array.from({ length: 24 }, (_, index) => `a${index}`);
  const context = await contextWith(all);
  const slowSocket = new HeldSocket();
  const { client: slow } = open(slowSocket);
  let leftOut = 0;
  const quickSocket = new HeldSocket(() => {
    // Sent to the quick one while the slow one has too much unsent: a part that it does not get.
    if (slow.isReady) return;
    leftOut += 1;
    if (leftOut === 2) slowSocket.release();
  });
  const { client: quick } = open(quickSocket);
  slowSocket.hold();
  await tellChanges(new Set([slow, quick]), context);
  expect(leftOut).toBe(2);
  expect(alertsIn(quickSocket.text)).toEqual(all);
  expect(alertsIn(slowSocket.text)).toEqual(all);
});
