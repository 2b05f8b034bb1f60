import { describe, expect, it } from "vitest";

import { loki } from "../../../src/sinks/loki/loki.ts";
import { noDeadline } from "../../support/deadline.ts";
import { makeSink } from "../../support/describe-sink.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { makeRecord } from "../../support/notifications.ts";
import { type FakeLoki, startFakeLoki } from "../../vendors/loki.ts";

// A record has 32 K characters at most.
const TEXTS = Object.values(HOSTILE_TEXTS).map((text) => text.slice(0, 20_000));
const RECORDS = TEXTS.map((text, index) => {
  const short = text.slice(0, 2000);
  return makeRecord(`r${index}`, { message: text, reason: short, source: { component: short, host: short } });
});

async function write(
  { url }: FakeLoki,
  options: Readonly<Record<string, unknown>> = {},
  records = RECORDS,
  clock = new FakeClock(),
): Promise<unknown> {
  const { sink } = makeSink(loki, { url, ...options }, { clock });
  const outcomes: unknown = await sink.write?.(records, noDeadline()).catch((error: unknown) => error);
  await sink.close();
  return outcomes;
}

const ACCEPTED = RECORDS.map(() => ({ ok: true }));

describe("Loki", () => {
  it("keeps every text, and few labels", async () => {
    await using store = await startFakeLoki({ clock: new FakeClock() });
    expect(await write(store)).toEqual(ACCEPTED);
    const entries = store.entries();
    expect(entries).toHaveLength(RECORDS.length);
    expect(entries.map(({ line }) => JSON.parse(line).event.message)).toEqual(
      TEXTS.map((text) => text.toWellFormed()),
    );
    for (const { stream } of entries)
      expect(stream).toEqual({ job: "tocsin", cluster: "prod-eu1", namespace: "shop", type: "Normal" });
  });

  it("takes Events of every age, also after newer ones", async () => {
    await using store = await startFakeLoki({ clock: new FakeClock() });
    const ages = [
      "2026-06-01T10:05:00.000Z",
      "2026-06-01T03:00:00.000Z",
      "2024-01-01T00:00:00.000Z",
      "2030-01-01T00:00:00.000Z",
    ];
    const records = ages.map((lastSeen, index) => makeRecord(`r${index}`, { lastSeen }));
    for (const record of records) expect(await write(store, {}, [record])).toEqual([{ ok: true }]);
    expect(store.entries()).toHaveLength(4);
  });

  it("takes records that waited for ten days", async () => {
    const clock = new FakeClock(Date.parse("2026-06-11T10:00:00Z"));
    await using store = await startFakeLoki({ clock });
    expect(await write(store, {}, RECORDS, clock)).toEqual(ACCEPTED);
  });

  it("L1: takes as many labels as the configuration may have", async () => {
    await using store = await startFakeLoki({ clock: new FakeClock() });
    const labels = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [`label_${index}`, "x".repeat(1024)]),
    );
    expect(await write(store, { labels })).toEqual(ACCEPTED);
  });

  it("wants a tenant where it has tenants", async () => {
    await using store = await startFakeLoki({ clock: new FakeClock(), tenants: true });
    expect(await write(store)).toMatchObject({ class: "broken", failure: "unauthorized" });
    expect(await write(store, { tenant: "ops" })).toEqual(ACCEPTED);
    expect(store.entries("ops")).toHaveLength(RECORDS.length);
  });

  it.each([
    ["rate_limited", "transient"],
    ["per_stream_rate_limit", "transient"],
    ["stream_limit", "transient"],
    ["blocked_ingestion", "broken"],
  ])("refuses by %s, which is %s", async (word, expected) => {
    await using store = await startFakeLoki({ clock: new FakeClock() });
    store.fault({ word });
    expect(await write(store)).toMatchObject({ class: expected });
  });

  it("takes only bodies of its size, and a batch that is larger may be halved", async () => {
    await using store = await startFakeLoki({ clock: new FakeClock(), largestBody: 1000 });
    expect(await write(store)).toMatchObject({ class: "poison", failure: "too-large" });
  });
});
