import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { ApiClient } from "../../../src/kube/index.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { explainFailure, type Scope, scopesOf, surveyEvents, tryWatch } from "../../../src/source/index.ts";
import { noDeadline } from "../../support/deadline.ts";
import { PacedClock } from "../../support/paced-clock.ts";
import { event, page, ScriptedApiServer, statusObject } from "../../support/scripted-api-server.ts";
import { until } from "../../support/until.ts";
import { clientOf } from "./follow.ts";

const NOW = Date.parse("2026-06-01T10:00:00Z");
const MINUTE = 60_000;

let server: ScriptedApiServer;
let client: ApiClient;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  client = await clientOf(server.url, systemClock);
});
afterEach(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
});

const scope = (): Scope => {
  const [first] = scopesOf("core", ["shop"]);
  if (first === undefined) throw new Error("no scope");
  return first;
};
const asking = () => ({ client, clock: systemClock, signal: noDeadline() });
const DATE = { headers: { date: new Date(NOW).toUTCString() } };
const aged = (name: string, minutes: number, fields: Record<string, unknown> = {}) =>
  event(name, 1, { lastTimestamp: new Date(NOW - minutes * MINUTE).toISOString(), ...fields });

describe("a survey of Events", () => {
  it("reads all pages, and finds the Event that was written longest ago by the server's clock", async () => {
    server.next("list", (reply) =>
      reply.json(page([aged("a", 5), aged("b", 58)], { version: "7", next: "n" }), DATE),
    );
    server.next("page", (reply) => reply.json(page([aged("c", 20)], { version: "7" }), DATE));
    expect(await surveyEvents(scope(), asking())).toEqual({
      resourceVersion: "7",
      events: 3,
      complete: true,
      oldestMs: 58 * MINUTE,
    });
    expect(server.request("list").path).toBe("/api/v1/namespaces/shop/events");
  });

  it("takes the last time of an Event that goes on, not its first", async () => {
    const series = { count: 50, lastObservedTime: new Date(NOW - 3 * MINUTE).toISOString() };
    const begun = new Date(NOW - 500 * MINUTE).toISOString();
    const going = event("a", 1, { firstTimestamp: begun, eventTime: begun, series });
    server.next("list", (reply) => reply.json(page([going]), DATE));
    expect((await surveyEvents(scope(), asking())).oldestMs).toBe(3 * MINUTE);
  });

  it("knows no age without Events, nor of what is none", async () => {
    expect(await surveyEvents(scope(), asking())).toMatchObject({ events: 0, oldestMs: undefined });
    server.next("list", (reply) => reply.json(page([{ metadata: 5 }]), DATE));
    expect(await surveyEvents(scope(), asking())).toMatchObject({ events: 1 });
  });

  it("ends after twenty pages of a list without end, and says that there is more", async () => {
    server.always("list", (reply) => reply.json(page([aged("a", 1)], { next: "more" }), DATE));
    expect(await surveyEvents(scope(), asking())).toMatchObject({ events: 20, complete: false });
  });

  it("is content with what it has when the list is compacted under it", async () => {
    server.next("list", (reply) => reply.json(page([aged("a", 9)], { version: "7", next: "n" }), DATE));
    server.next("page", (reply) => reply.refuse(410, { reason: "Expired" }));
    expect(await surveyEvents(scope(), asking())).toEqual({
      resourceVersion: "7",
      events: 1,
      complete: false,
      oldestMs: 9 * MINUTE,
    });
  });

  it("fails in the words of the log", async () => {
    server.next("list", (reply) => reply.refuse(403, { reason: "Forbidden" }));
    const thrown: unknown = await surveyEvents(scope(), asking()).catch((error: unknown) => error);
    expect(explainFailure(thrown, scope())).toBe(
      '403 forbidden: may not list events in API group "" in namespace "shop": grant verbs list, watch on events',
    );
  });
});

describe("a watch that is tried", () => {
  it("begins at the version, says how long it took to open, and lets go", async () => {
    const tried = await tryWatch(scope(), "41", asking());
    expect(tried).toEqual({ ms: expect.any(Number) });
    expect(server.request("watch").query.get("resourceVersion")).toBe("41");
    expect(Number(server.request("watch").query.get("timeoutSeconds"))).toBeLessThanOrEqual(5);
    const reply = await server.reply("watch", 0);
    await until(() => reply.closed);
  });

  it("counts an Event that comes at once as open", async () => {
    server.next("watch", (reply) => void reply.open().events({ type: "ADDED", object: event("a", 42) }));
    expect(await tryWatch(scope(), "41", asking())).toEqual({ ms: expect.any(Number) });
  });

  it.each([
    {
      title: "is refused",
      play: { status: 403, reason: "Forbidden" },
      trouble: '403 forbidden: may not watch events in API group "" in namespace "shop"',
    },
    { title: "is not found", play: { status: 404, reason: "NotFound" }, trouble: "404 not found" },
  ])("that $title says why", async ({ play: { status, reason }, trouble }) => {
    server.next("watch", (reply) => reply.refuse(status, { reason }));
    expect(await tryWatch(scope(), "41", asking())).toEqual({ trouble: expect.stringContaining(trouble) });
  });

  it("that is refused inside the stream says why", async () => {
    server.next("watch", (reply) => {
      reply
        .open()
        .events({ type: "ERROR", object: statusObject(410, { reason: "Expired", message: "too old" }) });
    });
    expect(await tryWatch(scope(), "41", asking())).toEqual({ trouble: expect.stringContaining("too old") });
  });

  it("that ends at once without a word is none", async () => {
    server.next("watch", (reply) => reply.open().end());
    expect(await tryWatch(scope(), "41", asking())).toEqual({
      trouble: "the server ended the watch at once, without an event",
    });
  });

  it("tells of a proxy that holds the answer back by the time that it took", async () => {
    using clock = new PacedClock(10);
    server.next("watch", (reply) => void clock.after(300, () => reply.open()));
    const tried = await tryWatch(scope(), "41", { ...asking(), clock });
    expect("ms" in tried ? tried.ms : 0).toBeGreaterThanOrEqual(300);
  });
});
