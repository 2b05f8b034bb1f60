import { describe, expect, it } from "vitest";

import { splunk } from "../../../src/sinks/splunk/splunk.ts";
import { noDeadline } from "../../support/deadline.ts";
import { makeSink } from "../../support/describe-sink.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { makeRecord } from "../../support/notifications.ts";
import { type FakeSplunk, startFakeSplunk } from "../../vendors/splunk.ts";

const TEXTS = Object.values(HOSTILE_TEXTS);
const RECORDS = TEXTS.map((text, index) =>
  makeRecord(`r${index}`, { message: text, reason: text, type: text }),
);
const ACCEPTED = RECORDS.map(() => ({ ok: true }));

async function write({ url }: FakeSplunk, options: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  const { sink } = makeSink(splunk, { url, token: "t-1", ...options });
  const outcomes: unknown = await sink.write?.(RECORDS, noDeadline()).catch((error: unknown) => error);
  await sink.close();
  return outcomes;
}

describe("Splunk's HTTP Event Collector", () => {
  it("keeps every text", async () => {
    await using collector = await startFakeSplunk({ token: "t-1", indexes: ["k8s"] });
    expect(await write(collector, { index: "k8s" })).toEqual(ACCEPTED);
    expect(collector.events()).toMatchObject(
      TEXTS.map((text) => ({
        index: "k8s",
        time: Date.parse("2026-06-01T10:04:00Z") / 1000,
        event: { event: { message: text.toWellFormed() } },
      })),
    );
  });

  it("says that a token is wrong, that it wants acknowledgment, and that it may not write to an index", async () => {
    await using locked = await startFakeSplunk({ token: "other" });
    expect(await write(locked)).toMatchObject({ class: "broken" });
    await using acknowledging = await startFakeSplunk({ acknowledges: true });
    expect(await write(acknowledging)).toMatchObject({
      class: "broken",
      message: expect.stringContaining("use one without it"),
    });
    await using narrow = await startFakeSplunk({ indexes: ["main"] });
    expect(await write(narrow, { index: "k8s" })).toMatchObject({ class: "broken" });
    expect(narrow.events()).toEqual([]);
  });

  it("is busy, and takes no more than its size", async () => {
    await using collector = await startFakeSplunk();
    collector.fault({ word: "busy" });
    expect(await write(collector)).toMatchObject({ class: "transient" });
    await using small = await startFakeSplunk({ largestBody: 100 });
    expect(await write(small)).toMatchObject({ class: "poison", failure: "too-large" });
  });
});
