import { describe, expect, it } from "vitest";

import { elasticsearch } from "../../../src/sinks/elasticsearch/elasticsearch.ts";
import { noDeadline } from "../../support/deadline.ts";
import { failureOfSending, makeSink } from "../../support/describe-sink.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { makeRecord } from "../../support/notifications.ts";
import { type FakeElasticsearch, startFakeElasticsearch } from "../../vendors/elasticsearch.ts";

const TEXTS = Object.values(HOSTILE_TEXTS);
const RECORDS = TEXTS.map((text, index) =>
  makeRecord(`r${index}`, {
    uid: `u${index}`,
    message: text,
    metadata: { labels: { app: text, "app.kubernetes.io/name": text }, annotations: {} },
  }),
);

async function withStore(
  { url }: FakeElasticsearch,
  options: Readonly<Record<string, unknown>>,
  records = RECORDS,
): Promise<unknown> {
  const { sink } = makeSink(elasticsearch, { urls: [url], ...options });
  const outcomes: unknown = await sink.write?.(records, noDeadline()).catch((error: unknown) => error);
  await sink.close();
  return outcomes;
}

const ACCEPTED = RECORDS.map(() => ({ ok: true }));

describe.each(["elasticsearch", "opensearch"] as const)("%s", (product) => {
  it("keeps every text, once however often it is written", async () => {
    await using store = await startFakeElasticsearch({ product });
    expect(await withStore(store, {})).toEqual(ACCEPTED);
    expect(await withStore(store, {})).toEqual(ACCEPTED);
    const documents = store.documents();
    expect(documents).toHaveLength(RECORDS.length);
    expect(documents.map(({ source }) => source)).toMatchObject(
      TEXTS.map((text) => ({
        "@timestamp": "2026-06-01T10:04:00.000Z",
        event: { message: text.toWellFormed() },
      })),
    );
  });

  it("takes records into a data stream", async () => {
    await using store = await startFakeElasticsearch({ product, dataStreams: ["logs-*"] });
    expect(await withStore(store, { index: "logs-tocsin-default" })).toEqual(ACCEPTED);
    expect(await withStore(store, { index: "logs-tocsin-default" })).toEqual(ACCEPTED);
    expect(store.documents()).toHaveLength(RECORDS.length);
  });

  it("keeps the newest state of an Event, whatever comes last", async () => {
    await using store = await startFakeElasticsearch({ product });
    const at = (minute: number) =>
      makeRecord(`r${minute}`, { count: minute, lastSeen: `2026-06-01T10:0${minute}:00.000Z` });
    for (const minute of [1, 3, 2, 3])
      expect(await withStore(store, { id: "uid" }, [at(minute)])).toEqual([{ ok: true }]);
    expect(store.documents()).toMatchObject([{ source: { event: { count: 3 } } }]);
  });

  it("refuses some documents of a full queue, and they alone are to be written again", async () => {
    await using store = await startFakeElasticsearch({ product });
    store.refuseItems((_, position) => position % 2 === 1);
    expect(await withStore(store, {}, RECORDS.slice(0, 4))).toMatchObject([
      { ok: true },
      { ok: false, error: { class: "transient", failure: "rate-limited" } },
      { ok: true },
      { ok: false, error: { class: "transient" } },
    ]);
  });

  it("says that a key is wrong, that a request is too large, and that it is busy", async () => {
    await using locked = await startFakeElasticsearch({ product, authorization: "ApiKey good" });
    expect(await withStore(locked, { apiKey: "bad" })).toMatchObject({
      class: "broken",
      failure: "unauthorized",
    });
    expect(await withStore(locked, { apiKey: "good" })).toEqual(ACCEPTED);
    await using small = await startFakeElasticsearch({ product, largestBody: 100 });
    expect(await withStore(small, {})).toMatchObject({ class: "poison", failure: "too-large" });
    await using busy = await startFakeElasticsearch({ product });
    busy.fault({ word: "es_rejected_execution_exception" });
    const { sink } = makeSink(elasticsearch, { urls: [busy.url] });
    expect(await failureOfSending(sink)).toMatchObject({ class: "transient", failure: "rate-limited" });
    await sink.close();
  });
});
