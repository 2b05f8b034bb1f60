import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import type { RecordOutcome, SinkRecord, SinkType } from "../../src/sink/index.ts";
import { elasticsearch } from "../../src/sinks/elasticsearch/elasticsearch.ts";
import { loki } from "../../src/sinks/loki/loki.ts";
import { splunk } from "../../src/sinks/splunk/splunk.ts";
import { noDeadline } from "../support/deadline.ts";
import { makeSink } from "../support/describe-sink.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { HOSTILE_TEXTS } from "../support/hostile-texts.ts";
import { makeRecord } from "../support/notifications.ts";
import { type FakeElasticsearchOptions, startFakeElasticsearch } from "../vendors/elasticsearch.ts";
import { asObject } from "../vendors/json.ts";
import { startFakeLoki } from "../vendors/loki.ts";
import { startFakeSplunk } from "../vendors/splunk.ts";

/** Stores as their makers describe them, which the sinks here were not written with. */
async function write(
  type: SinkType,
  options: Readonly<Record<string, unknown>>,
  ...batches: readonly (readonly SinkRecord[])[]
): Promise<readonly (readonly RecordOutcome[])[]> {
  const { sink } = makeSink(type, options);
  const outcomes: (readonly RecordOutcome[])[] = [];
  try {
    for (const batch of batches) outcomes.push((await sink.write?.(batch, noDeadline())) ?? []);
  } finally {
    await sink.close();
  }
  return outcomes;
}

const ids = (...names: readonly string[]): readonly SinkRecord[] => names.map((name) => makeRecord(name));
const areKept = (outcomes: readonly RecordOutcome[] | undefined): readonly boolean[] | undefined =>
  outcomes?.map(({ ok }) => ok);

/** Every hostile text wherever an Event has one, also in the names of labels. */
const HOSTILE: readonly SinkRecord[] = Object.entries(HOSTILE_TEXTS).map(([name, hostile]) => {
  // A longer text, nine times, is beyond the limit of Kubernetes for an Event.
  const text = hostile.slice(0, 4000);
  const labels = { [text.slice(0, 100)]: text, app: text, "app.kubernetes.io/name": text };
  return makeRecord(name, {
    reason: text,
    message: text,
    action: text,
    source: { component: text, host: text },
    metadata: { labels, annotations: { [`${name}.at`]: text } },
  });
});

describe("the elasticsearch sink and a fake Elasticsearch", () => {
  const labelled = (id: string, labels: Readonly<Record<string, string>>) =>
    makeRecord(id, { metadata: { labels, annotations: labels } });

  it("keep each record once, however often it is written", async () => {
    await using store = await startFakeElasticsearch();
    const written = await write(
      elasticsearch,
      { urls: [store.url] },
      ids("a", "b"),
      ids("b", "c"),
      ids("a", "b", "c"),
    );
    expect(written.flat().every(({ ok }) => ok)).toBe(true);
    expect(store.documents().map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  it("write again only what the store was too busy for", async () => {
    await using store = await startFakeElasticsearch();
    store.refuseItems((_, position) => position % 2 === 1);
    const [outcomes] = await write(elasticsearch, { urls: [store.url] }, ids("a", "b", "c", "d"));
    expect(areKept(outcomes)).toEqual([true, false, true, false]);
    expect(outcomes?.[1]).toMatchObject({ error: { class: "transient" } });
    expect(store.documents().map(({ id }) => id)).toEqual(["a", "c"]);
  });

  it("understand each other on a data stream", async () => {
    await using store = await startFakeElasticsearch({ dataStreams: ["logs-*"] });
    const [outcomes] = await write(
      elasticsearch,
      { urls: [store.url], index: "logs-kubernetes-prod" },
      ids("a", "b"),
    );
    expect(areKept(outcomes)).toEqual([true, true]);
  });

  it("take labels of which one is the beginning of another one", async () => {
    await using store = await startFakeElasticsearch();
    const records = [labelled("1", { app: "web" }), labelled("2", { "app.kubernetes.io/name": "web" })];
    expect(areKept((await write(elasticsearch, { urls: [store.url] }, records))[0])).toEqual([true, true]);
  });

  it.each<[string, FakeElasticsearchOptions["product"]]>([
    ["flattened", "elasticsearch"],
    ["flat_object", "opensearch"],
  ])("take whatever labels there are with the index template of the page, %s", async (type, product) => {
    const page = readFileSync("docs/sinks/elasticsearch.md", "utf8");
    expect(page).toContain(`"labels": { "type": "flattened" }, "annotations": { "type": "flattened" }`);
    const mapping = { "event.metadata.labels": type, "event.metadata.annotations": type };
    await using store = await startFakeElasticsearch({
      mapping,
      ...(product === undefined ? {} : { product }),
    });
    const many = Array.from({ length: 60 }, (_, index) => {
      const names = Array.from({ length: 20 }, (_, place) => [
        `l${index}-${place}`,
        index === 0 ? "2026-06-01" : "v",
      ]);
      return labelled(`many-${index}`, Object.fromEntries(names));
    });
    const [outcomes] = await write(elasticsearch, { urls: [store.url] }, [...many, ...HOSTILE]);
    expect(outcomes?.filter(({ ok }) => !ok)).toEqual([]);
  });
});

describe("the loki sink and a fake Loki", () => {
  it("keep each record once, however often it is written", async () => {
    await using store = await startFakeLoki({ clock: new FakeClock() });
    const written = await write(loki, { url: store.url }, ids("a", "b"), ids("b", "c"));
    expect(written.flat().every(({ ok }) => ok)).toBe(true);
    expect(store.entries().map(({ line }) => asObject(JSON.parse(line))?.["id"])).toEqual(["a", "b", "c"]);
  });

  it("keep Events that came hours and weeks late beside new ones", async () => {
    await using store = await startFakeLoki({ clock: new FakeClock() });
    const seen = (id: string, lastSeen: string) => makeRecord(id, { firstSeen: lastSeen, lastSeen });
    const records = [
      makeRecord("new"),
      seen("hours", "2026-06-01T06:00:00.000Z"),
      seen("weeks", "2026-05-01T10:00:00.000Z"),
      seen("future", "2027-01-01T10:00:00.000Z"),
    ];
    const [outcomes] = await write(loki, { url: store.url }, records);
    expect(areKept(outcomes)).toEqual([true, true, true, true]);
  });

  it("take whatever an Event says", async () => {
    await using store = await startFakeLoki({ clock: new FakeClock() });
    const [outcomes] = await write(loki, { url: store.url }, HOSTILE);
    expect(outcomes?.filter(({ ok }) => !ok)).toEqual([]);
    expect(store.entries()).toHaveLength(HOSTILE.length);
  });
});

describe("the splunk sink and a fake Splunk", () => {
  it("take whatever an Event says", async () => {
    await using store = await startFakeSplunk();
    const [outcomes] = await write(splunk, { url: store.url, token: "t" }, HOSTILE);
    expect(outcomes?.filter(({ ok }) => !ok)).toEqual([]);
    expect(store.events()).toHaveLength(HOSTILE.length);
  });

  it("agree on the token and the index", async () => {
    await using store = await startFakeSplunk({ token: "right", indexes: ["k8s"] });
    await write(splunk, { url: store.url, token: "right", index: "k8s" }, ids("a"));
    expect(store.events()).toMatchObject([{ index: "k8s" }]);
    const wrong = { token: "wrong", index: "k8s" };
    await expect(write(splunk, { url: store.url, ...wrong }, ids("b"))).rejects.toMatchObject({
      class: "broken",
    });
    const elsewhere = { token: "right", index: "main" };
    const refused: unknown = await write(splunk, { url: store.url, ...elsewhere }, ids("b")).catch(
      (error: unknown) => [[{ ok: false, error }]],
    );
    expect(refused).toMatchObject([[{ ok: false, error: { name: "DeliveryError" } }]]);
    expect(store.events()).toHaveLength(1);
  });

  it.each(["busy", "unhealthy", "shuttingDown", "internalError"] as const)(
    "write again when the collector is %s",
    async (word) => {
      await using store = await startFakeSplunk();
      store.fault({ word });
      await expect(write(splunk, { url: store.url, token: "t" }, ids("a"))).rejects.toMatchObject({
        class: "transient",
      });
    },
  );
});
