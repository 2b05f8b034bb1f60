import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import type { SinkRecord } from "../../../src/sink/index.ts";
import { elasticsearch } from "../../../src/sinks/elasticsearch/elasticsearch.ts";
import { noDeadline } from "../../support/deadline.ts";
import { makeSink } from "../../support/describe-sink.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { makeRecord } from "../../support/notifications.ts";
import { type FakeElasticsearchOptions, startFakeElasticsearch } from "../../vendors/elasticsearch.ts";

const labelled = (id: string, labels: Readonly<Record<string, string>>): SinkRecord =>
  makeRecord(id, { metadata: { labels, annotations: labels } });

/** The reasons why records were refused. */
async function refusalsOf(
  options: FakeElasticsearchOptions,
  records: readonly SinkRecord[],
): Promise<readonly unknown[]> {
  await using store = await startFakeElasticsearch(options);
  const { sink } = makeSink(elasticsearch, { urls: [store.url] });
  const outcomes = (await sink.write?.(records, noDeadline())) ?? [];
  await sink.close();
  expect(outcomes).toHaveLength(records.length);
  return outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error.message]));
}

describe("labels in an index", () => {
  it("may begin with the name of another one", async () => {
    const records = [labelled("1", { app: "web" }), labelled("2", { "app.kubernetes.io/name": "web" })];
    expect(await refusalsOf({}, records)).toEqual([]);
  });

  it.each([
    ["elasticsearch", "flattened"],
    ["opensearch", "flat_object"],
  ] as const)(
    "may be whatever they are in %s, with the index template of the page",
    async (product, type) => {
      const page = readFileSync("docs/sinks/elasticsearch.md", "utf8");
      expect(page).toContain(`"labels": { "type": "flattened" }, "annotations": { "type": "flattened" }`);
      const mapping = { "event.metadata.labels": type, "event.metadata.annotations": type };
      // More fields than an index takes, and a name with a date at first and a text later.
      const many = Array.from({ length: 60 }, (_, record) => {
        const names = Array.from({ length: 20 }, (_, place) => [`l${record}-${place}`, "v"]);
        return labelled(`many-${record}`, {
          ...Object.fromEntries(names),
          since: record === 0 ? "2026-06-01" : "v",
        });
      });
      const hostile = Object.entries(HOSTILE_TEXTS).map(([name, text]) =>
        labelled(name, { [text.slice(0, 100)]: text.slice(0, 4000) }),
      );
      expect(await refusalsOf({ product, mapping }, [...many, ...hostile])).toEqual([]);
    },
  );
});
