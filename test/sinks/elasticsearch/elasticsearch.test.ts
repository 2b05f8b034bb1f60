import { describe, expect, it } from "vitest";

import type { RecordOutcome } from "../../../src/sink/index.ts";
import { elasticsearch } from "../../../src/sinks/elasticsearch/elasticsearch.ts";
import { noDeadline } from "../../support/deadline.ts";
import { describeSink, failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { type FakeReceiver, startReceiver } from "../../support/fake-receiver.ts";
import { makeRecord } from "../../support/notifications.ts";
import { startFakeElasticsearch } from "../../vendors/elasticsearch.ts";

/** The statuses of the documents of one request. */
function bulkAnswer(
  ...items: readonly (number | { readonly status: number; readonly error: object })[]
): string {
  const entries = items.map((item) => ({ create: typeof item === "number" ? { status: item } : item }));
  return JSON.stringify({ errors: entries.some(({ create }) => create.status >= 300), items: entries });
}

describeSink(elasticsearch, {
  receiver: () => startFakeElasticsearch(),
  options: ({ url }, secret) => ({ urls: [`${url}/${secret}`] }),
  addressed: (url) => ({ urls: [url] }),
  needsWholeAnswer: true,
  checkRecord: (body, text) => {
    const [action = "", document = "", rest] = body.split("\n");
    expect(rest).toBe("");
    expect(JSON.parse(action)).toEqual({ create: { _index: "events-2026.06.01", _id: "record-1" } });
    const message = text.toWellFormed();
    expect(JSON.parse(document)).toMatchObject({
      "@timestamp": "2026-06-01T10:04:00.000Z",
      id: "record-1",
      event: { message, reason: message },
    });
  },
});

async function withStore(
  options: Readonly<Record<string, unknown>>,
  run: (
    write: (...records: Parameters<typeof makeRecord>[]) => Promise<readonly RecordOutcome[]>,
    receiver: FakeReceiver,
  ) => Promise<void>,
): Promise<void> {
  await using receiver = await startReceiver({ status: 200, body: bulkAnswer(201) });
  const { sink } = makeSink(elasticsearch, { urls: [receiver.url], ...options });
  try {
    await run(async (...records) => {
      const outcomes = await sink.write?.(
        records.map((record) => makeRecord(...record)),
        noDeadline(),
      );
      return outcomes ?? [];
    }, receiver);
  } finally {
    await sink.close();
  }
}

function linesOf({ requests }: FakeReceiver): readonly unknown[] {
  return requests.flatMap(({ body }) =>
    body
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line)),
  );
}

describe("the elasticsearch sink", () => {
  it("sends a batch as one packed bulk request, whose repeat changes nothing", async () => {
    await withStore({ apiKey: "a2V5" }, async (write, receiver) => {
      expect(await write(["a"], ["b"])).toEqual([{ ok: true }, { ok: true }]);
      const [request] = receiver.requests;
      expect(request).toMatchObject({
        method: "POST",
        path: expect.stringMatching(/^\/_bulk\?filter_path=errors/u),
      });
      expect(request?.headers).toMatchObject({
        "content-type": "application/x-ndjson",
        "content-encoding": "gzip",
        authorization: "ApiKey a2V5",
      });
      expect(linesOf(receiver)).toMatchObject([
        { create: { _id: "a" } },
        { id: "a", cluster: "prod-eu1", event: { reason: "BackOff" } },
        { create: { _id: "b" } },
        { id: "b" },
      ]);
    });
  });

  it("keeps a path and a query of its address", async () => {
    await using receiver = await startReceiver({ status: 200, body: bulkAnswer(201) });
    const { sink } = makeSink(elasticsearch, { urls: [`${receiver.url}/search/?pipeline=events`] });
    await sendOnce(sink);
    await sink.close();
    expect(receiver.requests[0]?.path).toMatch(/^\/search\/_bulk\?pipeline=events&filter_path=/u);
  });

  it.each([
    ["events-{yyyy.MM.dd}", "events-2026.05.31"],
    ["events-{yyyy-MM}-x", "events-2026-05-x"],
    ["logs-tocsin.events-default", "logs-tocsin.events-default"],
  ])("writes to %s by the time of the Event", async (index, expected) => {
    await withStore({ index }, async (write, receiver) => {
      await write(["a", { lastSeen: "2026-05-31T23:59:59.999Z" }]);
      expect(linesOf(receiver)[0]).toMatchObject({ create: { _index: expected } });
    });
  });

  it("keeps the newest state of each Event when it is told so, in the index of its beginning", async () => {
    await withStore({ id: "uid" }, async (write, receiver) => {
      await write([
        "a",
        { uid: "u-1", firstSeen: "2026-05-30T00:00:00.000Z", lastSeen: "2026-06-01T00:00:00.000Z" },
      ]);
      expect(linesOf(receiver)[0]).toEqual({
        index: {
          _index: "events-2026.05.30",
          _id: "u-1",
          version: Date.parse("2026-06-01T00:00:00Z"),
          version_type: "external_gte",
        },
      });
    });
  });

  it("writes no dots in names of labels, which would be paths", async () => {
    await withStore({}, async (write, receiver) => {
      const labels = { app: "web", "app.kubernetes.io/name": "\ud83d" };
      await write(["a", { metadata: { labels, annotations: {} } }]);
      expect(linesOf(receiver)[1]).toMatchObject({
        event: { metadata: { labels: { app: "web", "app_kubernetes_io/name": "\ufffd" } } },
      });
    });
  });

  it("X1: takes a conflict for stored, and tries a rejected document alone", async () => {
    await withStore({}, async (write, receiver) => {
      const rejected = {
        status: 429,
        error: { type: "es_rejected_execution_exception", reason: "queue is full" },
      };
      const refused = {
        status: 400,
        error: { type: "document_parsing_exception", reason: "failed to parse" },
      };
      receiver.answer({ status: 200, body: bulkAnswer(201, 409, rejected, refused, rejected) });
      const outcomes = await write(["a"], ["b"], ["c"], ["d"], ["e"]);
      expect(outcomes).toMatchObject([
        { ok: true },
        { ok: true },
        { ok: false, error: { class: "transient", failure: "rate-limited" } },
        {
          ok: false,
          error: {
            class: "poison",
            message: "the index answered 400 document_parsing_exception: failed to parse",
          },
        },
        { ok: false, error: { class: "transient" } },
      ]);
      const errors = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
      expect(errors[0]).toBe(errors[2]);
    });
  });

  it.each([
    [{ status: 503, error: { type: "unavailable_shards_exception" } }, "transient"],
    [{ status: 403, error: { type: "cluster_block_exception" } }, "transient"],
    [{ status: 403, error: { type: "security_exception" } }, "broken"],
    [{ status: 404, error: { type: "index_not_found_exception" } }, "broken"],
    [{ status: 400, error: { type: "illegal_argument_exception" } }, "poison"],
  ])("takes the answer %j about a document as %s", async (item, expected) => {
    await withStore({}, async (write, receiver) => {
      receiver.answer({ status: 200, body: bulkAnswer(item) });
      expect(await write(["a"])).toMatchObject([{ ok: false, error: { class: expected } }]);
    });
  });

  it.each([
    ["a page", "<!doctype html><title>Log in</title>"],
    ["nothing", ""],
    ["another list", bulkAnswer(201, 500)],
  ])("tries again when the answer is %s", async (_, body) => {
    await using receiver = await startReceiver({ status: 200, body });
    const { sink } = makeSink(elasticsearch, { urls: [receiver.url] });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({ class: "transient", failure: "server" });
  });

  it("asks about fewer documents when the answer is too long to read", async () => {
    await withStore({}, async (write, receiver) => {
      const long = { status: 400, error: { type: "x", reason: "y".repeat(40_000) } };
      receiver.answer({ status: 200, body: bulkAnswer(long, long) });
      const thrown: unknown = await write(["a"], ["b"]).catch((error: unknown) => error);
      expect(thrown).toMatchObject({ class: "poison", failure: "too-large" });
    });
  });

  it.each([
    [{ urls: [] }, "empty"],
    [{ urls: ["http://x"], index: "Events" }, "lower-case"],
    [{ urls: ["http://x"], index: "events-{2006.01.02}" }, "write {yyyy.MM.dd}"],
    [{ urls: ["http://x"], index: "_events" }, "does not begin with"],
    [{ urls: ["http://x"], index: "" }, "1 to 255 bytes"],
    [{ urls: ["http://x"], index: "a{" }, "none of"],
    [{ urls: ["http://x"], id: "name" }, "invalid option"],
  ])("refuses %j at load", (options, message) => {
    expect(() => makeSink(elasticsearch, options)).toThrow(message);
  });
});
