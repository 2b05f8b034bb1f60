import { describe, expect, it } from "vitest";

import { FakeClock } from "../support/fake-clock.ts";
import { type FakeLoki, type FakeLokiOptions, LOKI_LIMITS, startFakeLoki } from "./loki.ts";

/** 10:00 of the fake clock, in nanoseconds. */
const NOW = BigInt(Date.parse("2026-06-01T10:00:00Z")) * 1_000_000n;
const before = (ms: number): string => String(NOW - BigInt(ms) * 1_000_000n);
const STREAM = { cluster: "prod", namespace: "shop" };

const start = (options: FakeLokiOptions = {}): Promise<FakeLoki> =>
  startFakeLoki({ clock: new FakeClock(), ...options });

async function push(loki: FakeLoki, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${loki.url}/loki/api/v1/push`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
}

const one = (value: readonly unknown[], stream: unknown = STREAM) => ({
  streams: [{ stream, values: [value] }],
});

describe("a fake Loki", () => {
  it("takes the published example, with and without structured metadata", async () => {
    // https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs, at another time.
    await using loki = await start();
    const streams = [
      {
        stream: { label: "value" },
        values: [
          [before(2), "log line"],
          [before(1), "log line"],
        ],
      },
      {
        stream: { foo: "bar2" },
        values: [[before(0), "fizzbuzz", { trace_id: "0242ac120002", user_id: "superUser123" }]],
      },
    ];
    expect(await push(loki, { streams })).toEqual({ status: 204, text: "" });
    expect(loki.entries()).toMatchObject([
      { stream: { label: "value" }, line: "log line" },
      { ns: NOW - 1_000_000n },
      { stream: { foo: "bar2" }, line: "fizzbuzz", metadata: { user_id: "superUser123" } },
    ]);
  });

  const labels = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, "v"]));
  it.each<[words: string, body: unknown]>([
    ["couldn't parse push request", []],
    ["at least one label pair is required per stream", one([before(0), "a"], {})],
    ["error parsing labels", one([before(0), "a"], { "app.name": "a" })],
    ["has 16 label names; limit 15", one([before(0), "a"], labels(16))],
    ["label name too long", one([before(0), "a"], { ["n".repeat(1025)]: "a" })],
    ["label value too long", one([before(0), "a"], { n: "é".repeat(1025) })],
    ["no string", one([before(0), "a"], { n: 1 })],
    ["the timestamp must be a string", one([Number(before(0)), "a"])],
    ["the timestamp must be a string", one(["2026-06-01T10:00:00Z", "a"])],
    ["the line must be a string", one([before(0), { a: 1 }])],
    ["Max entry size '262144' bytes exceeded", one([before(0), "é".repeat(131_073)])],
    ["structured metadata must be strings", one([before(0), "a", { n: 1 }])],
    ["structured metadata too large", one([before(0), "a", { n: "v".repeat(65_536) }])],
    ["too many structured metadata labels: '129'", one([before(0), "a", labels(129)])],
    ["timestamp too old", one([before(LOKI_LIMITS.maxAgeMs + 1), "a"])],
    ["timestamp too new", one([before(-LOKI_LIMITS.graceMs - 1), "a"])],
  ])("refuses with: %s", async (words, body) => {
    await using loki = await start();
    const answer = await push(loki, body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(words);
    expect(loki.entries()).toEqual([]);
  });

  it("keeps the good entries of a push that it refuses, and each of them once", async () => {
    await using loki = await start();
    const values = [
      [before(2), "good"],
      [before(1), "x".repeat(300_000)],
      [before(0), "good"],
    ];
    const streams = [{ stream: STREAM, values }];
    for (const _ of [1, 2]) expect((await push(loki, { streams })).status).toBe(400);
    expect(loki.entries().map(({ line }) => line)).toEqual(["good", "good"]);
  });

  it("ignores an entry more than an hour behind the newest one of its stream, and of no other", async () => {
    await using loki = await start();
    expect((await push(loki, one([before(0), "newest"]))).status).toBe(204);
    expect((await push(loki, one([before(3_600_000), "old enough"]))).status).toBe(204);
    const late = await push(loki, one([before(3_600_001), "late"]));
    expect(late.status).toBe(400);
    expect(late.text).toContain("reason: 'entry too far behind, entry timestamp is: 2026-06-01T08:59:59Z");
    expect(late.text).toContain('total ignored: 1 out of 1 for stream: {cluster="prod", namespace="shop"}');
    expect((await push(loki, one([before(7_200_000), "other"], { cluster: "other" }))).status).toBe(204);
    expect(loki.entries()).toHaveLength(3);
  });

  it("wants the name of a tenant where it has tenants", async () => {
    await using loki = await start({ tenants: true });
    expect(await push(loki, one([before(0), "a"]))).toEqual({ status: 401, text: "no org id\n" });
    expect((await push(loki, one([before(0), "a"]), { "x-scope-orgid": "team" })).status).toBe(204);
    expect([loki.entries("team").length, loki.entries().length]).toEqual([1, 0]);
  });

  it("refuses what is too large, and what is no JSON", async () => {
    await using loki = await start({ largestBody: 200 });
    expect((await push(loki, one([before(0), "a".repeat(200)]))).status).toBe(413);
    expect((await push(loki, one([before(0), "a"]), { "content-type": "application/x-ndjson" })).status).toBe(
      400,
    );
    expect((await fetch(`${loki.url}/api/prom/push`, { method: "POST" })).status).toBe(404);
    expect(await (await fetch(`${loki.url}/ready`)).text()).toBe("ready\n");
  });

  it.each([
    ["rate_limited", 429, "ingestion rate limit exceeded"],
    ["per_stream_rate_limit", 429, "Per stream rate limit exceeded"],
    ["stream_limit", 429, "Maximum active stream limit exceeded"],
    ["blocked_ingestion", 260, "ingestion blocked for user"],
  ])("refuses for the reason %s when a test wants it", async (word, status, words) => {
    await using loki = await start();
    loki.fault({ word });
    const answer = await push(loki, one([before(0), "a"]));
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(words);
    expect((await push(loki, one([before(0), "a"]))).status).toBe(204);
  });
});
