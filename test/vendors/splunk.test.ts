import { describe, expect, it } from "vitest";

import { type FakeSplunk, HEC_ANSWERS, startFakeSplunk } from "./splunk.ts";

const TOKEN = "B5A79AAD-D822-46CC-80D1-819F80D7BFB0";

async function send(
  splunk: FakeSplunk,
  body: string,
  headers: Record<string, string> = {},
  path = "/services/collector/event",
) {
  const answer = await fetch(`${splunk.url}${path}`, {
    method: "POST",
    headers: { authorization: `Splunk ${TOKEN}`, ...headers },
    body,
  });
  const said: unknown = await answer.json();
  return { status: answer.status, body: said };
}

describe("a fake collector of Splunk", () => {
  it("takes the published examples: one event, a batch, and fields", async () => {
    // https://help.splunk.com/…/format-events-for-http-event-collector and …/http-event-collector-examples.
    await using splunk = await startFakeSplunk({ token: TOKEN });
    const bodies = [
      '{"time": 1426279439, "host": "localhost", "source": "random-data-generator", "sourcetype": "my_sample_data", "index": "main", "event": "Hello world!"}',
      '{"event":"event 1", "time": 1447828325}\n\n{"event":"event 2", "time": "1447828326.5"}',
      '{"event": "Hello, McFly!", "sourcetype": "_json", "fields": {"club":"glee", "wins":["regionals","nationals"]}}',
      '{"event":{"text":"a } in \\" a text"}}{"event":"next"}',
    ];
    for (const body of bodies)
      expect(await send(splunk, body)).toEqual({ status: 200, body: { text: "Success", code: 0 } });
    expect(splunk.events().map(({ event }) => event)).toEqual([
      "Hello world!",
      "event 1",
      "event 2",
      "Hello, McFly!",
      { text: 'a } in " a text' },
      "next",
    ]);
    expect(splunk.events()[2]?.time).toBe(1_447_828_326.5);
    expect(splunk.events()[3]?.fields).toEqual({ club: "glee", wins: ["regionals", "nationals"] });
  });

  it.each<[word: keyof typeof HEC_ANSWERS, body: string, event?: number]>([
    ["noData", " "],
    ["invalidFormat", '[{"event":"a"}]', 0],
    ["invalidFormat", '{"event":"a"}{"event":', 1],
    ["invalidFormat", '{"event":"a","time":"2026-06-01T10:00:00Z"}', 0],
    ["invalidFormat", '{"event":"a","time":1780308000000}', 0],
    ["invalidFormat", '{"event":"a","host":1}', 0],
    ["eventRequired", '{"event":"a"}{"evnt":"b"}', 1],
    ["eventBlank", '{"event":""}', 0],
    ["incorrectIndex", '{"event":"a","index":"main"}{"event":"b","index":"secret"}', 1],
    ["indexedFields", '{"event":"a","fields":{"a":{"b":1}}}', 0],
    ["indexedFields", '{"event":"a","fields":"b"}', 0],
  ])("refuses with %s: %s", async (word, body, event) => {
    await using splunk = await startFakeSplunk({ indexes: ["main"] });
    const [code, status, text] = HEC_ANSWERS[word];
    const place = event === undefined ? {} : { "invalid-event-number": event };
    expect(await send(splunk, body)).toEqual({ status, body: { text, code, ...place } });
    expect(splunk.events()).toEqual([]);
  });

  it.each<[word: keyof typeof HEC_ANSWERS, authorization: string]>([
    ["tokenRequired", ""],
    ["invalidAuthorization", `Bearer ${TOKEN}`],
    ["invalidToken", "Splunk wrong"],
  ])("refuses a token with %s", async (word, authorization) => {
    await using splunk = await startFakeSplunk({ token: TOKEN });
    const [code, status, text] = HEC_ANSWERS[word];
    expect(await send(splunk, '{"event":"a"}', { authorization })).toEqual({ status, body: { text, code } });
  });

  it("wants a channel where it acknowledges", async () => {
    await using splunk = await startFakeSplunk({ acknowledges: true });
    const channel = { "x-splunk-request-channel": "FE0ECFAD-13D5-401B-847D-77833BD77131" };
    expect(await send(splunk, '{"event":"a"}')).toMatchObject({ body: { code: 10 } });
    expect(await send(splunk, '{"event":"a"}', { "x-splunk-request-channel": "1" })).toMatchObject({
      body: { code: 11 },
    });
    expect(await send(splunk, '{"event":"a"}', channel)).toMatchObject({ body: { code: 0, ackId: 0 } });
  });

  it("says that it is well, and refuses a path that it does not know or a body that is too large", async () => {
    await using splunk = await startFakeSplunk({ largestBody: 100 });
    const health = await fetch(`${splunk.url}/services/collector/health`);
    expect(await health.json()).toEqual({ text: "HEC is healthy", code: 17 });
    expect(await send(splunk, '{"event":"a"}', {}, "/services/collectors")).toMatchObject({ status: 400 });
    const large = await fetch(`${splunk.url}/services/collector`, { method: "POST", body: "a".repeat(101) });
    expect(large.status).toBe(413);
  });

  it.each(["tokenDisabled", "internalError", "busy", "unhealthy", "shuttingDown"] as const)(
    "refuses with %s when a test wants it",
    async (word) => {
      await using splunk = await startFakeSplunk();
      splunk.fault({ word });
      const [code, status, text] = HEC_ANSWERS[word];
      expect(await send(splunk, '{"event":"a"}')).toEqual({ status, body: { text, code } });
      expect(await send(splunk, '{"event":"a"}')).toMatchObject({ status: 200 });
    },
  );
});
