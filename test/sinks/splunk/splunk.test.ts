import { describe, expect, it } from "vitest";

import type { RecordOutcome } from "../../../src/sink/index.ts";
import { splunk } from "../../../src/sinks/splunk/splunk.ts";
import { noDeadline } from "../../support/deadline.ts";
import { describeSink, failureOfSending, makeSink } from "../../support/describe-sink.ts";
import { type FakeReceiver, startReceiver } from "../../support/fake-receiver.ts";
import { makeRecord } from "../../support/notifications.ts";
import { startFakeSplunk } from "../../vendors/splunk.ts";

const SUCCESS = { status: 200, body: '{"text":"Success","code":0}' };

describeSink(splunk, {
  receiver: () => startFakeSplunk({ anyPath: true }),
  options: ({ url }, secret) => ({ url: `${url}/${secret}`, token: secret }),
  authorization: (secret) => `Splunk ${secret}`,
  checkRecord: (body, text) => {
    const message = text.toWellFormed();
    expect(JSON.parse(body)).toMatchObject({
      time: Date.parse("2026-06-01T10:04:00Z") / 1000,
      host: "node-1",
      source: "tocsin",
      sourcetype: "kube:events",
      fields: { cluster: "prod-eu1", namespace: "shop", kind: "Pod", type: "Normal" },
      event: { id: "record-1", event: { message } },
    });
  },
});

async function writeTo(
  answer: { readonly status: number; readonly body: string },
  options: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly result: unknown; readonly requests: FakeReceiver["requests"] }> {
  await using receiver = await startReceiver(answer);
  const { sink } = makeSink(splunk, { url: receiver.url, token: "t-1", ...options });
  const records = ["a", "b", "c"].map((id) => makeRecord(id));
  const write = async (): Promise<readonly RecordOutcome[] | undefined> =>
    sink.write?.(records, noDeadline());
  const result: unknown = await write().catch((error: unknown) => error);
  await sink.close();
  return { result, requests: receiver.requests };
}

describe("the splunk sink", () => {
  it("writes events one after the other, with the token", async () => {
    const { result, requests } = await writeTo(SUCCESS, { index: "k8s_events" });
    expect(result).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(requests[0]).toMatchObject({ method: "POST", path: "/services/collector/event" });
    expect(requests[0]?.headers).toMatchObject({ authorization: "Splunk t-1", "content-encoding": "gzip" });
    const events = requests[0]?.body.trimEnd().split("\n") ?? [];
    expect(events.map((line): unknown => JSON.parse(line))).toMatchObject([
      { index: "k8s_events", event: { id: "a" } },
      { event: { id: "b" } },
      { event: { id: "c" } },
    ]);
  });

  it("leaves out what is empty, and names the cluster as host where there is no node", async () => {
    await using receiver = await startReceiver(SUCCESS);
    const { sink } = makeSink(splunk, { url: receiver.url, token: "t-1" });
    const nowhere = {
      kind: "Node",
      apiVersion: "v1",
      namespace: "",
      name: "n",
      uid: "",
      fieldPath: "",
      container: "",
    };
    await sink.write?.(
      [makeRecord("a", { source: { component: "x", host: "" }, involvedObject: nowhere })],
      noDeadline(),
    );
    await sink.close();
    const { host, fields } = JSON.parse(receiver.requests[0]?.body ?? "");
    expect({ host, fields }).toEqual({
      host: "prod-eu1",
      fields: { cluster: "prod-eu1", kind: "Node", reason: "BackOff", type: "Normal" },
    });
  });

  it("gives up the event that Splunk names, and writes the others again", async () => {
    const body = '{"text":"Invalid data format","code":6,"invalid-event-number":1}';
    const { result } = await writeTo({ status: 400, body });
    expect(result).toMatchObject([
      { ok: false, error: { class: "transient" } },
      {
        ok: false,
        error: { class: "poison", message: "Splunk answered 400 with code 6: Invalid data format" },
      },
      { ok: false, error: { class: "transient" } },
    ]);
  });

  it.each([
    [400, 5, "No data", "poison"],
    [400, 6, "Invalid data format", "poison"],
    [400, 7, "Incorrect index", "broken"],
    [400, 10, "Data channel is missing", "broken"],
    [403, 4, "Invalid token", "broken"],
    [401, 2, "Token is required", "broken"],
    [429, 26, "Queue is at capacity", "transient"],
    [500, 8, "Internal server error", "transient"],
    [503, 9, "Server is busy", "transient"],
    [200, 9, "Server is busy", "transient"],
  ])("takes %d with code %d, %s, as %s", async (status, code, text, expected) => {
    const { result } = await writeTo({ status, body: JSON.stringify({ text, code }) });
    expect(result).toMatchObject({ class: expected, message: expect.stringContaining(text) });
  });

  it("takes a success while the queue fills", async () => {
    const { result } = await writeTo({
      status: 200,
      body: '{"text":"Queue is approaching capacity","code":24}',
    });
    expect(result).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
  });

  it("tries again when a page answers", async () => {
    await using receiver = await startReceiver({ status: 200, body: "<html><title>Log in</title>" });
    const { sink } = makeSink(splunk, { url: receiver.url, token: "t-1" });
    const failure = await failureOfSending(sink);
    await sink.close();
    expect(failure).toMatchObject({
      class: "transient",
      message: expect.stringContaining("a page answered"),
    });
  });

  it.each([
    [{ url: "http://x" }, "expected a secret"],
    [{ url: "http://x", token: { env: "T" }, index: "A B" }, "small letters"],
  ])("refuses %j at load", (options, message) => {
    expect(() => makeSink(splunk, options)).toThrow(message);
  });
});
