import { describe, expect, it } from "vitest";

import { STREAM_EVENTS } from "../../src/api/schemas/stream.ts";
import { AddressRanges } from "../../src/lib/address-ranges.ts";
import { Secret } from "../../src/lib/secret.ts";
import { alertChanges } from "../support/entity-changes.ts";
import { HOSTILE_TEXTS } from "../support/hostile-texts.ts";
import { makeDelivery } from "../support/make-delivery.ts";
import { makeEnded } from "../support/make-ended.ts";
import { until } from "../support/until.ts";
import { makeConfiguration } from "./make-bridge.ts";
import { StreamBed } from "./stream-bed.ts";
import type { StreamReader } from "./stream-reader.ts";

const MINUTE_MS = 60_000;

/** The fingerprints of the alerts that came, in their order. */
function alertsOf(reader: StreamReader): readonly string[] {
  return reader.of("alert").map((data) => STREAM_EVENTS.alert.parse(data).fingerprint);
}

/** Lets the bed run, second by second, until something has come. */
async function soon(bed: StreamBed, holds: () => boolean): Promise<void> {
  await until(async () => {
    await bed.clock.advance(1000);
    return holds();
  });
}

describe("a stream of changes", () => {
  it("begins with hello, and gives each change with its place, in the form of its schema", async () => {
    await using bed = await StreamBed.open();
    const reader = await bed.read("?topics=alerts,deliveries,silences");
    expect(reader.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
    });
    const [hello] = await reader.arrived("hello");
    expect(hello).toEqual({
      at: "2026-06-01T10:00:00.000Z",
      version: "1.2.3",
      configHash: "abc",
      epoch: "e1",
    });
    expect(reader.text).toContain("retry: 3000\n");
    await bed.putAlert("a");
    await bed.commit({ deliveries: [makeDelivery("d1")] });
    await bed.forgetAlert("a");
    await soon(bed, () => reader.of("alert-gone").length > 0);
    expect(reader.events.map(({ id, event }) => `${id} ${event}`)).toEqual([
      "e1-0 hello",
      expect.stringMatching(/^e1-1 alert(-gone)?$/u),
      "e1-2 delivery",
      ...(reader.of("alert").length > 0 ? ["e1-3 alert-gone"] : []),
    ]);
    expect(reader.of("alert-gone")).toEqual([{ fingerprint: "a", historyId: null }]);
    for (const { event, data } of reader.events) {
      // The names are those of the table.
      const schema = STREAM_EVENTS[event as keyof typeof STREAM_EVENTS];
      expect(schema.parse(data)).toEqual(data);
    }
  });

  it("names the entry of the history of an alert that is gone", async () => {
    await using bed = await StreamBed.open();
    const reader = await bed.read();
    await bed.putAlerts(["a", "b"]);
    await reader.arrived("alert", 2);
    const ended = ["older", "newer"].map((id, index) =>
      makeEnded(id, { resolvedAt: 100_000 + index, alert: { fingerprint: "a" } }),
    );
    await bed.commit({ ended, entities: alertChanges([], ["a", "b"]) });
    await soon(bed, () => reader.of("alert-gone").length === 2);
    expect(reader.of("alert-gone")).toEqual([
      { fingerprint: "a", historyId: "newer" },
      { fingerprint: "b", historyId: null },
    ]);
  });

  it("tells an alert at once, and then at most once a second with its newest state", async () => {
    await using bed = await StreamBed.open();
    const reader = await bed.read();
    await bed.clock.advance(2000);
    await bed.putAlert("a", { occurrences: 1 });
    // No time passes.
    await reader.arrived("alert");
    for (let occurrences = 2; occurrences <= 50; occurrences++) await bed.putAlert("a", { occurrences });
    await bed.clock.advance(999);
    expect(reader.of("alert").length).toBe(1);
    await bed.clock.advance(1);
    await reader.arrived("alert", 2);
    expect(reader.of("alert")).toMatchObject([{ occurrences: 1 }, { occurrences: 50 }]);
    expect(reader.lastId).toBe("e1-50");
  });

  it("gives only the topics that were asked for", async () => {
    await using bed = await StreamBed.open();
    const [all, deliveries] = [await bed.read(), await bed.read("?topics=deliveries")];
    await bed.putAlert("a");
    await bed.commit({ deliveries: [makeDelivery("d1")] });
    await soon(bed, () => all.of("status").length > 0 && all.of("delivery").length > 0);
    expect(deliveries.events.map(({ event }) => event)).toEqual(["hello", "delivery"]);
  });

  it("refuses an unknown topic with its faults, and other methods", async () => {
    await using bed = await StreamBed.open();
    const refused = await fetch(`${bed.address}/api/v1/stream?topics=alerts,news&since=1`);
    expect(refused.status).toBe(400);
    const { faults } = (await refused.json()) as { readonly faults: readonly { readonly path: string }[] };
    expect(faults.map(({ path }) => path).toSorted()).toEqual(["since", "topics"]);
    expect((await fetch(`${bed.address}/api/v1/stream`, { method: "HEAD" })).status).toBe(200);
    expect((await fetch(`${bed.address}/api/v1/stream`, { method: "POST" })).status).toBe(405);
  });

  it("tells the alerts of a group that changed, and asks to read anew where there are too many", async () => {
    await using bed = await StreamBed.open();
    const reader = await bed.read();
    const groupOf = (key: string) => ({ destinations: [{ groupKey: key, sinks: ["ops"] }] });
    await bed.putAlert("a", groupOf("small"));
    await bed.putAlerts(
      Array.from({ length: 101 }, (_, index) => `b${index}`),
      groupOf("large"),
    );
    await soon(bed, () => new Set(alertsOf(reader)).size === 102);
    const before = reader.events.length;
    const change = (key: string) => ({ put: [], forget: [{ kind: "group", key }] });
    // The store's own state of the group does not matter here.
    bed.feed.onCommitted({ entities: change("small"), deliveries: [], records: [], notedOutcomes: [] });
    await soon(bed, () => reader.events.slice(before).some(({ event }) => event === "alert"));
    expect(alertsOf(reader).at(-1)).toBe("a");
    expect(reader.of("resync")).toEqual([]);
    for (let round = 0; round < 5; round++) {
      bed.feed.onCommitted({ entities: change("large"), deliveries: [], records: [], notedOutcomes: [] });
      await bed.clock.advance(2000);
    }
    await reader.arrived("resync");
    expect(reader.of("resync").length).toBe(1);
    await bed.clock.advance(MINUTE_MS);
    await reader.arrived("resync", 2);
    await bed.clock.advance(MINUTE_MS);
    expect(reader.of("resync").length).toBe(2);
  });

  it("tells a changed status after five seconds at the earliest, and an unchanged one each minute", async () => {
    await using bed = await StreamBed.open();
    const reader = await bed.read("?topics=status");
    await reader.arrived("status");
    await bed.clock.advance(4000);
    await bed.putAlert("a");
    await bed.clock.advance(900);
    expect(reader.of("status").length).toBe(1);
    await soon(bed, () => reader.of("status").length === 2);
    expect(reader.of("status").at(-1)).toMatchObject({ alerts: { firing: 1 } });
    await bed.clock.advance(50_000);
    expect(reader.of("status").length).toBe(2);
    await soon(bed, () => reader.of("status").length === 3);
  });

  it("keeps a quiet connection alive", async () => {
    await using bed = await StreamBed.open();
    const reader = await bed.read("?topics=alerts");
    await reader.arrived("hello");
    const beats = (): number => reader.text.split("\n").filter((line) => line === ": ").length;
    await bed.clock.advance(14_000);
    expect(beats()).toBe(0);
    await soon(bed, () => beats() === 1);
    await bed.clock.advance(10_000);
    expect(beats()).toBe(1);
    await soon(bed, () => beats() === 2);
  });

  it("has hostile text in one line of data, as it was", async () => {
    await using bed = await StreamBed.open();
    const reader = await bed.read();
    const texts = [
      ...Object.values(HOSTILE_TEXTS),
      "a\n\nevent: bye\ndata: {}\n\n",
      "a\r\rid: e1-999\r\r",
      "\u2028\u2029\u0000",
    ];
    const labels = Object.fromEntries(texts.map((text, index) => [`l${index}`, text]));
    await bed.putAlert("a", { labels });
    const [alert] = await reader.arrived("alert");
    expect(alert).toMatchObject({ labels });
    expect(reader.of("bye")).toEqual([]);
    expect(reader.text).not.toContain("\r");
    expect(reader.lastId).toBe("e1-1");
  });
});

it("goes on after a part of a round has failed", async () => {
  let isBroken = true;
  await using bed = await StreamBed.open({
    reviewAlerts: () => {
      if (isBroken) throw new Error("broken");
    },
  });
  const [first, second] = [await bed.read(), await bed.read()];
  await second.arrived("hello");
  await bed.putAlert("a");
  await bed.clock.advance(3000);
  isBroken = false;
  await soon(bed, () => [first, second].every((reader) => reader.of("alert").length > 0));
});

describe("a client that comes back", () => {
  it("gets everything since its newest id, by the header or the parameter", async () => {
    await using bed = await StreamBed.open();
    const first = await bed.read();
    await bed.putAlert("a");
    await first.arrived("alert");
    const id = first.lastId ?? "";
    first[Symbol.dispose]();
    await bed.putAlert("b");
    await bed.putAlert("c");
    await bed.putAlert("b", { occurrences: 9 });
    await bed.clock.advance(5000);
    const [byHeader, byParameter] = [
      await bed.read("?after=e1-0", { "last-event-id": id }),
      await bed.read(`?after=${id}`),
    ];
    for (const reader of [byHeader, byParameter]) {
      await soon(bed, () => alertsOf(reader).length === 2);
      expect(alertsOf(reader)).toEqual(["c", "b"]);
      expect(reader.of("resync")).toEqual([]);
      // A client that is cut before the first change resumes from the same place.
      expect(reader.events[0]).toMatchObject({ event: "hello", id });
      expect(reader.lastId).toBe("e1-4");
    }
  });

  it("gets what it missed while others get nothing twice", async () => {
    await using bed = await StreamBed.open();
    const steady = await bed.read();
    await bed.clock.advance(2000);
    await bed.putAlerts(["a", "b"]);
    await soon(bed, () => alertsOf(steady).length === 2);
    await bed.clock.advance(2000);
    await bed.putAlert("c");
    await steady.arrived("alert", 3);
    // Both wait for the next round now.
    await bed.putAlert("d");
    const late = await bed.read("?after=e1-0");
    await soon(bed, () => [steady, late].every(({ lastId }) => lastId === "e1-4"));
    expect([alertsOf(late), alertsOf(steady)]).toEqual([
      ["a", "b", "c", "d"],
      ["a", "b", "c", "d"],
    ]);
  });

  it("takes no change from a client that is further on", async () => {
    await using bed = await StreamBed.open();
    const steady = await bed.read();
    await bed.clock.advance(2000);
    await bed.putAlert("a", { destinations: [{ groupKey: "g", sinks: ["ops"] }] });
    await steady.arrived("alert");
    const forget = [{ kind: "group", key: "g" }];
    // The store's own state of the group does not matter here.
    bed.feed.onCommitted({ entities: { put: [], forget }, deliveries: [], records: [], notedOutcomes: [] });
    await soon(bed, () => steady.lastId === "e1-2");
    await bed.clock.advance(2000);
    await bed.putAlert("x");
    await soon(bed, () => steady.lastId === "e1-3");
    // Both wait for the next round now: the late one has the change of the group before that of its alert.
    await bed.putAlert("a", { occurrences: 77, destinations: [{ groupKey: "g", sinks: ["ops"] }] });
    const late = await bed.read("?after=e1-1");
    await soon(bed, () => [steady, late].every(({ lastId }) => lastId === "e1-4"));
    expect(steady.of("alert").at(-1)).toMatchObject({ fingerprint: "a", occurrences: 77 });
    expect(alertsOf(late)).toEqual(["x", "a"]);
    expect(late.of("alert").at(-1)).toMatchObject({ occurrences: 77 });
  });

  it.each([
    { title: "of another process", id: "e0-1" },
    { title: "of no stream", id: "x" },
    { title: "of the future", id: "e1-9999" },
    { title: "with more than a number", id: "e1-1x" },
  ])("is told to read anew with an id $title", async ({ id }) => {
    await using bed = await StreamBed.open();
    await bed.putAlert("a");
    const reader = await bed.read("?topics=alerts", { "last-event-id": id });
    await reader.arrived("resync");
    expect(reader.events.map((event) => [event.event, event.id])).toEqual([
      ["hello", "e1-1"],
      ["resync", "e1-1"],
    ]);
  });

  it("is told to read anew when it missed more changes than are kept", async () => {
    await using bed = await StreamBed.open();
    await bed.putAlerts(Array.from({ length: 402 }, (_, index) => `a${index}`));
    const [late, inTime] = [await bed.read("?after=e1-1"), await bed.read("?after=e1-2")];
    await late.arrived("resync");
    await soon(bed, () => alertsOf(inTime).length === 400);
    expect([alertsOf(late), inTime.of("resync")]).toEqual([[], []]);
    expect(new Set(alertsOf(inTime)).size).toBe(400);
    expect(late.lastId).toBe("e1-402");
  });

  it("loses nothing wherever its connection is cut", async () => {
    await using bed = await StreamBed.open();
    const known = new Map<string, unknown>();
    let id: string | undefined;
    for (let round = 0; round < 12; round++) {
      const reader = await bed.read(id === undefined ? "" : `?after=${id}`);
      await reader.arrived("hello");
      for (let index = 0; index < 20; index++)
        await bed.putAlert(`a${(round * 7 + index) % 30}`, { occurrences: round * 100 + index });
      const cutAfter = round * 2;
      await soon(bed, () => reader.events.length >= cutAfter);
      reader[Symbol.dispose]();
      for (const data of reader.of("alert")) {
        const { fingerprint, occurrences } = STREAM_EVENTS.alert.parse(data);
        known.set(fingerprint, occurrences);
      }
      id = reader.lastId;
    }
    const last = await bed.read(`?after=${id}`);
    await soon(bed, () => last.lastId === `e1-${bed.feed.last}`);
    for (const data of last.of("alert")) {
      const { fingerprint, occurrences } = STREAM_EVENTS.alert.parse(data);
      known.set(fingerprint, occurrences);
    }
    const { rows } = await bed.store.queries.alerts({ limit: 100 });
    expect(known).toEqual(new Map(rows.map(({ fingerprint, occurrences }) => [fingerprint, occurrences])));
  });
});

describe("the end of a stream", () => {
  it("comes at once when the server stops, with bye", async () => {
    await using bed = await StreamBed.open();
    const readers = [await bed.read(), await bed.read("?topics=config")];
    // The clock stands still: no grace passes.
    await bed.stop();
    for (const reader of readers) {
      await reader.ended();
      expect(reader.events.at(-1)).toEqual({ id: undefined, event: "bye", data: { why: "stop" } });
    }
    expect(bed.clock.pending).toBe(0);
  });

  it("comes after 30 minutes", async () => {
    await using bed = await StreamBed.open();
    const reader = await bed.read();
    await bed.clock.advance(29 * MINUTE_MS);
    expect(reader.isEnded).toBe(false);
    await bed.clock.advance(MINUTE_MS + 1000);
    await reader.ended();
    expect(reader.of("bye")).toEqual([{ why: "age" }]);
  });

  it("comes within a minute when its caller may no longer read, and at once after a reload", async () => {
    let read = [Secret.literal("one"), Secret.literal("two")];
    let configuration = makeConfiguration();
    await using bed = await StreamBed.open({
      access: () => ({ localRead: false, read, write: [] }),
      configuration: () => configuration,
    });
    expect((await fetch(`${bed.address}/api/v1/stream`)).status).toBe(401);
    const [one, two] = [
      await bed.read("", { authorization: "Bearer one" }),
      await bed.read("", { authorization: "Bearer two" }),
    ];
    read = read.slice(1);
    await bed.clock.advance(MINUTE_MS + 1000);
    await one.ended();
    expect(one.of("bye")).toEqual([{ why: "access" }]);
    expect(two.isEnded).toBe(false);
    read = [];
    configuration = { ...configuration, origin: { ...configuration.origin, hash: "def" } };
    await bed.clock.advance(1000);
    await two.ended();
    expect(two.of("bye")).toEqual([{ why: "access" }]);
  });

  it("tells of a configuration in use to those who may stay", async () => {
    let configuration = makeConfiguration();
    await using bed = await StreamBed.open({ configuration: () => configuration });
    const reader = await bed.read("?topics=config");
    configuration = { ...configuration, origin: { ...configuration.origin, hash: "def" } };
    await soon(bed, () => reader.of("config").length > 0);
    expect(reader.of("config")).toEqual([{ configHash: "def" }]);
  });
});

describe("the bounds of streams", () => {
  it("refuses the 17th client of an address and takes it when another has left", async () => {
    await using bed = await StreamBed.open();
    const readers = [];
    for (let index = 0; index < 16; index++) readers.push(await bed.read());
    const refused = await bed.read();
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "30"]);
    readers[7]?.[Symbol.dispose]();
    await until(async () => (await bed.read()).status === 200);
  });

  it("gives pages of other sites none", async () => {
    await using bed = await StreamBed.open();
    const statusFrom = async (site: string) => (await bed.read("", { "sec-fetch-site": site })).status;
    expect(await statusFrom("cross-site")).toBe(403);
    expect(await statusFrom("same-origin")).toBe(200);
    expect(await bed.metric("tocsin_api_streams")).toBe(1);
  });

  it("refuses the 65th client, of a proxy too, and takes it when another has left", async () => {
    const proxy = {
      from: new AddressRanges(["127.0.0.1"]),
      userHeader: "remote-user",
      groupsHeader: "remote-groups",
      read: ["*"],
      write: [],
    };
    await using bed = await StreamBed.open({
      access: () => ({ localRead: true, read: [], write: [], proxy }),
    });
    const readers = [];
    for (let index = 0; index < 64; index++) readers.push(await bed.read());
    const refused = await bed.read();
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "30"]);
    // Lists are read all the same, from the same address.
    expect((await fetch(`${bed.address}/api/v1/alerts`)).status).toBe(200);
    readers[7]?.[Symbol.dispose]();
    await until(async () => (await bed.read()).status === 200);
    await bed.clock.advance(MINUTE_MS);
    expect(readers.filter(({ isEnded }) => isEnded).length).toBe(1);
  });

  it("leaves a slow client behind, which gets the rest once it takes more", async () => {
    await using bed = await StreamBed.open();
    const [slow, quick] = [await bed.read("?topics=alerts"), await bed.read("?topics=alerts")];
    await slow.arrived("hello");
    slow.pause();
    const all: string[] = [];
    for (let round = 0; round < 12; round++) {
      const fingerprints = Array.from({ length: 30 }, (_, index) => `a${round}-${index}`);
      all.push(...fingerprints);
      await bed.putAlerts(fingerprints, { labels: { text: "x".repeat(30_000) } });
      await soon(bed, () => quick.lastId === `e1-${bed.feed.last}`);
    }
    slow.resume();
    await soon(bed, () => slow.lastId === `e1-${bed.feed.last}`);
    expect(alertsOf(quick)).toEqual(all);
    expect(alertsOf(slow)).toEqual(all);
  });

  it("closes a client that takes nothing, and slows nobody else down", async () => {
    await using bed = await StreamBed.open();
    const [slow, quick] = [await bed.read(), await bed.read()];
    await slow.arrived("hello");
    slow.pause();
    const labels = { text: "x".repeat(30_000) };
    for (let round = 1; round <= 12; round++) {
      await bed.putAlerts(
        Array.from({ length: 30 }, (_, index) => `a${index}`),
        { labels, occurrences: round },
      );
      await soon(bed, () => quick.lastId === `e1-${bed.feed.last}`);
    }
    expect(await bed.metric("tocsin_api_streams")).toBe(2);
    await bed.clock.advance(31_000);
    expect(await bed.metric("tocsin_api_streams")).toBe(1);
    await bed.putAlert("last");
    await soon(bed, () => alertsOf(quick).at(-1) === "last");
    expect(quick.of("resync")).toEqual([]);
  });

  it("does nothing without clients", async () => {
    let reviews = 0;
    await using bed = await StreamBed.open({ reviewAlerts: () => void (reviews += 1) });
    await bed.putAlert("a");
    await bed.clock.advance(MINUTE_MS);
    expect([reviews, bed.clock.pending]).toEqual([0, 0]);
    const reader = await bed.read();
    await bed.clock.advance(5000);
    expect(reviews).toBeGreaterThan(0);
    reader[Symbol.dispose]();
    await soon(bed, () => bed.clock.pending === 0);
  });
});
