import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { type FakeElasticsearch, startFakeElasticsearch } from "./elasticsearch.ts";
import { asList, asObject, type Json } from "./json.ts";

async function bulk(
  store: FakeElasticsearch,
  lines: readonly unknown[],
  more: { readonly path?: string; readonly headers?: Record<string, string>; readonly end?: string } = {},
) {
  const { path = "/_bulk", headers = {}, end = "\n" } = more;
  const answer = await fetch(`${store.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/x-ndjson", ...headers },
    body: lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n") + end,
  });
  const text = await answer.text();
  // A store answers objects.
  return { status: answer.status, body: (text === "" ? {} : JSON.parse(text)) as Json };
}

/** Status and type of the error of each item. */
function itemsOf(body: Json): readonly (readonly [unknown, unknown])[] {
  return asList(body["items"]).map((item) => {
    const { status, error } = asObject(Object.values(asObject(item) ?? {})[0]) ?? {};
    return [status, asObject(error)?.["type"]];
  });
}

const create = (id: string, source: Json, index = "events") => [
  { create: { _index: index, _id: id } },
  source,
];

describe("a fake Elasticsearch", () => {
  it("takes the published example", async () => {
    // https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk, without update and delete.
    await using store = await startFakeElasticsearch();
    const { status, body } = await bulk(store, [
      { index: { _index: "test", _id: "1" } },
      { field1: "value1" },
      { create: { _index: "test", _id: "3" } },
      { field1: "value3" },
    ]);
    expect([status, body["errors"], itemsOf(body)]).toEqual([
      200,
      false,
      [
        [201, undefined],
        [201, undefined],
      ],
    ]);
    expect(body["items"]).toMatchObject([
      { index: { result: "created", _version: 1 } },
      { create: { _id: "3" } },
    ]);
    expect(store.documents()).toMatchObject([{ index: "test", id: "1" }, { source: { field1: "value3" } }]);
  });

  it("takes an index from the path, makes an id, and reads gzip", async () => {
    await using store = await startFakeElasticsearch();
    const body = gzipSync('{"create":{}}\n{"a":1}\n');
    const headers = { "content-type": "application/x-ndjson", "content-encoding": "gzip" };
    const answer = await fetch(`${store.url}/logs/_bulk`, { method: "POST", headers, body });
    expect(await answer.json()).toMatchObject({ errors: false });
    expect(store.documents()).toMatchObject([{ index: "logs", source: { a: 1 } }]);
  });

  it("answers only what is asked for, in the order of the operations", async () => {
    await using store = await startFakeElasticsearch();
    await bulk(store, create("1", {}));
    const path = "/proxy/_bulk?filter_path=errors,items.*.status,items.*.error.type";
    const { body } = await bulk(store, [...create("1", {}), ...create("2", {})], { path });
    expect(body).toEqual({
      errors: true,
      items: [
        { create: { status: 409, error: { type: "version_conflict_engine_exception" } } },
        { create: { status: 201 } },
      ],
    });
  });

  it("creates a document once, and writes over one with index", async () => {
    await using store = await startFakeElasticsearch();
    await bulk(store, create("1", { a: 1 }));
    const { body } = await bulk(store, [
      ...create("1", { a: 2 }),
      { index: { _index: "events", _id: "1" } },
      { a: 3 },
    ]);
    expect([body["errors"], itemsOf(body)]).toEqual([
      true,
      [
        [409, "version_conflict_engine_exception"],
        [200, undefined],
      ],
    ]);
    expect(store.documents()).toMatchObject([{ source: { a: 3 }, version: 2 }]);
  });

  it.each<[words: string, lines: readonly unknown[], end?: string]>([
    ["must be terminated by a newline", create("1", {}), ""],
    ["request body is required", [], ""],
    ["no requests added", [""]],
    ["Malformed action/metadata line [1]", ["nonsense", {}]],
    ["expected field [create], [delete], [index] or [update]", [{ crate: { _index: "a" } }, {}]],
    ["unknown parameter [_type]", [{ create: { _index: "a", _type: "_doc" } }, {}]],
    ["index is missing", [{ create: {} }, {}]],
    ["is too long, must be no longer than 512 bytes but was: 514", create("é".repeat(257), {})],
    ["the source of a document must be an object", [{ create: { _index: "a" } }, "[1]"]],
  ])("refuses a whole request with: %s", async (words, lines, end) => {
    await using store = await startFakeElasticsearch();
    const { status, body } = await bulk(store, lines, { end: end ?? "\n" });
    expect(status).toBe(400);
    expect(asObject(body["error"])?.["reason"]).toContain(words);
    expect(store.documents()).toEqual([]);
  });

  it.each([
    ["must be lowercase", "Events"],
    ["must not contain", "events/2026"],
    ["must not contain", "events:2026"],
    ["must not start with", "_events"],
    ["too long", "e".repeat(256)],
  ])("refuses an item whose index %s", async (words, index) => {
    await using store = await startFakeElasticsearch();
    const { status, body } = await bulk(store, [...create("1", {}, index), ...create("2", {})]);
    expect([status, itemsOf(body)]).toEqual([
      200,
      [
        [400, "invalid_index_name_exception"],
        [201, undefined],
      ],
    ]);
    expect(JSON.stringify(body)).toContain(words);
  });

  it("lets data streams take new documents with a time, and nothing else", async () => {
    await using store = await startFakeElasticsearch({ dataStreams: ["logs-*"] });
    const { body } = await bulk(store, [
      ...create("1", { "@timestamp": "2026-06-01T10:00:00Z" }, "logs-k8s-prod"),
      { index: { _index: "logs-k8s-prod" } },
      { "@timestamp": "2026-06-01T10:00:00Z" },
      ...create("3", { time: 1 }, "logs-k8s-prod"),
      ...create("4", { "@timestamp": "soon" }, "logs-k8s-prod"),
    ]);
    expect(itemsOf(body)).toEqual([
      [201, undefined],
      [400, "illegal_argument_exception"],
      [400, "document_parsing_exception"],
      [400, "document_parsing_exception"],
    ]);
  });

  it.each<[what: string, first: Json, second: Json]>([
    ["a text where there were objects", { labels: { app: { name: "a" } } }, { labels: { app: "a" } }],
    [
      "a name with a dot below a text",
      { labels: { app: "a" } },
      { labels: { "app.kubernetes.io/name": "a" } },
    ],
    ["an object where there was a text", { involved: "a" }, { involved: { name: "a" } }],
    ["a text where there were numbers", { count: 1 }, { count: "many" }],
    ["a text where there were dates", { note: "2026-06-01T10:00:00Z" }, { note: "tomorrow" }],
  ])("refuses %s", async (_, first, second) => {
    await using store = await startFakeElasticsearch();
    const { body } = await bulk(store, [
      ...create("1", first),
      ...create("2", second),
      ...create("3", second, "other"),
    ]);
    expect(itemsOf(body)).toEqual([
      [201, undefined],
      [400, "document_parsing_exception"],
      [201, undefined],
    ]);
  });

  it.each<[Json]>([[{ "": 1 }], [{ "a..b": 1 }], [{ ".a": 1 }]])(
    "refuses a field without a name: %j",
    async (source) => {
      await using store = await startFakeElasticsearch();
      expect(itemsOf((await bulk(store, create("1", source))).body)).toEqual([
        [400, "document_parsing_exception"],
      ]);
    },
  );

  it("takes a thousand fields for each index, of which a text counts twice", async () => {
    await using store = await startFakeElasticsearch();
    const texts = (count: number, name: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, "v"]));
    const { body } = await bulk(store, [
      ...create("1", texts(500, "a")),
      ...create("2", texts(1, "b")),
      ...create("3", texts(1, "a")),
    ]);
    expect(itemsOf(body)).toEqual([
      [201, undefined],
      [400, "illegal_argument_exception"],
      [201, undefined],
    ]);
    expect(JSON.stringify(body)).toContain("Limit of total fields [1000] has been exceeded");
  });

  it("takes the types that a template gives", async () => {
    await using store = await startFakeElasticsearch({ mapping: { labels: "flattened", note: "keyword" } });
    const { body } = await bulk(store, [
      ...create("1", { note: "2026-06-01", labels: { app: "a", "app.kubernetes.io/name": "a", "": "b" } }),
      ...create("2", { note: "a", labels: { app: { name: "b" } } }),
      ...create("3", { labels: "none" }),
    ]);
    expect(itemsOf(body)).toEqual([
      [201, undefined],
      [201, undefined],
      [400, "document_parsing_exception"],
    ]);
  });

  it("refuses half of a request when it is busy, once", async () => {
    await using store = await startFakeElasticsearch();
    store.refuseItems((_, position) => position % 2 === 1);
    const lines = ["1", "2", "3", "4"].flatMap((id) => create(id, { a: 1 }));
    const { status, body } = await bulk(store, lines);
    const busy = [429, "es_rejected_execution_exception"];
    expect([status, body["errors"], itemsOf(body)]).toEqual([
      200,
      true,
      [[201, undefined], busy, [201, undefined], busy],
    ]);
    const again = await bulk(store, lines);
    expect(itemsOf(again.body).map(([code]) => code)).toEqual([409, 201, 409, 201]);
  });

  it("refuses what is too large, of another type, and who is a stranger", async () => {
    await using store = await startFakeElasticsearch({ largestBody: 200, authorization: "ApiKey right" });
    const headers = { authorization: "ApiKey right" };
    expect((await bulk(store, create("1", {}))).status).toBe(401);
    expect((await bulk(store, create("1", { a: "a".repeat(200) }), { headers })).status).toBe(413);
    const plain = { ...headers, "content-type": "text/plain" };
    expect(await bulk(store, create("1", {}), { headers: plain })).toMatchObject({
      status: 406,
      body: { status: 406 },
    });
    expect((await bulk(store, create("1", {}), { headers, path: "/_bulks" })).status).toBe(405);
    expect((await bulk(store, create("1", {}), { headers })).status).toBe(200);
  });

  it.each([
    ["circuit_breaking_exception", 429],
    ["cluster_block_exception", 403],
    ["process_cluster_event_timeout_exception", 503],
  ])("refuses with %s when a test wants it", async (word, status) => {
    await using store = await startFakeElasticsearch();
    store.fault({ word });
    expect(await bulk(store, create("1", {}))).toMatchObject({ status, body: { error: { type: word } } });
  });

  it.each([
    ["elasticsearch", { tagline: "You Know, for Search" }, "Elasticsearch"],
    ["opensearch", { version: { distribution: "opensearch" } }, null],
  ] as const)("says that it is %s", async (product, about, header) => {
    await using store = await startFakeElasticsearch({ product });
    const answer = await fetch(store.url);
    expect(await answer.json()).toMatchObject(about);
    expect(answer.headers.get("x-elastic-product")).toBe(header);
  });
});
