import { gunzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import type { RecordOutcome } from "../../../src/sink/index.ts";
import { otlp } from "../../../src/sinks/otlp/otlp.ts";
import { noDeadline } from "../../support/deadline.ts";
import { describeSink, type MadeSink, makeSink } from "../../support/describe-sink.ts";
import { type Answer, type FakeReceiver, startReceiver } from "../../support/fake-receiver.ts";
import { makeRecord } from "../../support/notifications.ts";
import { readLogs } from "./read-logs.ts";

describeSink(otlp, {
  receiver: () => startReceiver(),
  options: ({ url }, secret) => ({ url: `${url}/${secret}`, protocol: "http/json" }),
  checkRecord: (body, text) => {
    const [record] = JSON.parse(body).resourceLogs[0].scopeLogs[0].logRecords;
    const message = text.toWellFormed();
    expect(record.body).toEqual({ stringValue: message });
    const reasons = message === "" ? [] : [{ key: "k8s.event.reason", value: { stringValue: message } }];
    expect(record.attributes).toEqual(expect.arrayContaining(reasons));
  },
  // https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes
  statuses: { 408: "poison", 425: "poison", 500: "poison", 507: "poison", 520: "poison", 529: "poison" },
});

async function withOtlp(
  options: Readonly<Record<string, unknown>>,
  run: (made: MadeSink, receiver: FakeReceiver) => Promise<void>,
): Promise<void> {
  await using receiver = await startReceiver();
  const made = makeSink(otlp, { url: receiver.url, ...options });
  try {
    await run(made, receiver);
  } finally {
    await made.sink.close();
  }
}

const RECORDS = [
  makeRecord("a"),
  makeRecord("b", { type: "Warning", count: 4 }),
  makeRecord("c", { type: "Odd" }),
];

function write({ sink }: MadeSink): Promise<readonly RecordOutcome[] | undefined> | undefined {
  return sink.write?.(RECORDS, noDeadline());
}

const RESOURCE = {
  "service.name": "events",
  "k8s.cluster.name": "prod-eu1",
  "k8s.node.name": "node-1",
  "k8s.object.kind": "Pod",
  "k8s.object.name": "web-1",
  "k8s.object.uid": "6d1f6a52-5d8b-4a43-8df1-6c0c1a1f7f01",
  "k8s.object.fieldpath": "spec.containers{app}",
  "k8s.object.api_version": "v1",
};

const LOG = {
  scope: "tocsin",
  time: `${Date.parse("2026-06-01T10:04:00Z")}000000`,
  observedTime: `${Date.parse("2026-06-01T10:05:00Z")}000000`,
  severity: 9,
  severityText: "Normal",
  body: 'Back-off pulling image "registry.example/shop/web:1.4.2"',
  attributes: {
    "k8s.event.reason": "BackOff",
    "k8s.event.start_time": "2026-06-01T10:00:00.000Z",
    "k8s.event.name": "web-1.18a3f0c2d4e5b6a7",
    "k8s.event.uid": "0b6f4c1e-6f0e-4c6e-9a57-2f1f6f3b9d10",
    "k8s.event.count": 3,
    "k8s.event.source": "kubelet",
    "k8s.namespace.name": "shop",
    "k8s.container.name": "app",
    "tocsin.record.id": "a",
    "tocsin.record.delta": 1,
  },
};

describe("the otlp sink", () => {
  it("exports logs as protobuf, those about one object together", async () => {
    await withOtlp({ resource: { "service.name": "events" } }, async (made, receiver) => {
      expect(await write(made)).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
      const [request] = receiver.requests;
      expect(request).toMatchObject({ method: "POST", path: "/v1/logs" });
      expect(request?.headers).toMatchObject({
        "content-type": "application/x-protobuf",
        "content-encoding": "gzip",
      });
      const groups = readLogs(gunzipSync(request?.bytes ?? ""));
      expect(groups).toHaveLength(1);
      expect(groups[0]?.resource).toEqual(RESOURCE);
      expect(groups[0]?.logs).toMatchObject([
        LOG,
        {
          severity: 13,
          severityText: "Warning",
          attributes: { "k8s.event.count": 4, "tocsin.record.id": "b" },
        },
        { severity: 0, severityText: "", attributes: { "tocsin.record.id": "c" } },
      ]);
      expect(groups[0]?.logs[0]).toEqual(LOG);
    });
  });

  it("exports the same as JSON", async () => {
    await withOtlp({ protocol: "http/json" }, async (made, receiver) => {
      await write(made);
      expect(receiver.requests[0]?.headers["content-type"]).toBe("application/json");
      const { resourceLogs } = JSON.parse(receiver.requests[0]?.body ?? "");
      const [record] = resourceLogs[0].scopeLogs[0].logRecords;
      expect(record).toMatchObject({
        timeUnixNano: LOG.time,
        observedTimeUnixNano: LOG.observedTime,
        severityNumber: 9,
        severityText: "Normal",
        body: { stringValue: LOG.body },
      });
      expect(record.attributes).toContainEqual({ key: "k8s.event.count", value: { intValue: "3" } });
      expect(resourceLogs[0].resource.attributes).toContainEqual({
        key: "k8s.object.kind",
        value: { stringValue: "Pod" },
      });
    });
  });

  it("keeps objects and nodes apart", async () => {
    await withOtlp({}, async ({ sink }, receiver) => {
      const other = makeRecord("b", { source: { component: "kubelet", host: "node-2" } });
      await sink.write?.([makeRecord("a"), other, makeRecord("c")], noDeadline());
      const groups = readLogs(gunzipSync(receiver.requests[0]?.bytes ?? ""));
      const ids = groups.map(({ logs }) => logs.map(({ attributes }) => attributes["tocsin.record.id"]));
      expect(ids).toEqual([["a", "c"], ["b"]]);
    });
  });

  const PARTIAL = { partialSuccess: { rejectedLogRecords: "1", errorMessage: "too old" } };
  it.each<[string, Answer]>([
    ["JSON", { status: 200, body: JSON.stringify(PARTIAL) }],
    ["protobuf", { status: 200, body: "\u000a\u000b\u0008\u0001\u0012\u0007too old" }],
  ])("Q1: says how many records were refused, by %s, and does not send them again", async (_, answer) => {
    await withOtlp({}, async (made, receiver) => {
      receiver.answer(answer);
      expect(await write(made)).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
      expect(made.log.join("")).toContain('"rejected":1,"records":3,"error":"too old"');
      expect(receiver.requests).toHaveLength(1);
    });
  });

  it("makes dead letters of records that were all refused", async () => {
    await withOtlp({}, async (made, receiver) => {
      const partialSuccess = { rejectedLogRecords: 3, errorMessage: "no such tenant" };
      receiver.answer({ status: 200, body: JSON.stringify({ partialSuccess }) });
      const error = { class: "poison", message: "the receiver refused the record: no such tenant" };
      expect(await write(made)).toMatchObject([{ ok: false, error }, { error }, { error }]);
    });
  });

  it.each(["", "{}", '{"partialSuccess":{}}', "ok", "\u000a\u0000"])(
    "takes a 200 with %j for a success",
    async (body) => {
      await withOtlp({}, async (made, receiver) => {
        receiver.answer({ status: 200, body });
        expect(await write(made)).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
        expect(made.log).toEqual([]);
      });
    },
  );

  it.each([400, 500])("Q1: is told once and for all by %d, so that no half is tried", async (status) => {
    await withOtlp({}, async (made, receiver) => {
      receiver.answer({ status });
      const outcomes = await write(made);
      expect(outcomes).toMatchObject([
        { ok: false, error: { class: "poison" } },
        { ok: false },
        { ok: false },
      ]);
    });
  });

  it.each([
    [413, { class: "poison", failure: "too-large" }],
    [503, { class: "transient" }],
    [401, { class: "broken" }],
  ])("Q1: fails as a whole by %d", async (status, expected) => {
    await withOtlp({}, async (made, receiver) => {
      receiver.answer({ status, headers: { "retry-after": "7" } });
      const thrown: unknown = await write(made)?.catch((error: unknown) => error);
      expect(thrown).toMatchObject(expected);
    });
  });

  it.each([
    [{ url: "http://x", protocol: "grpc" }, "gRPC is not spoken"],
    [{ url: "http://x", resource: { a: 1 } }, "expected a text"],
  ])("refuses %j at load", (options, message) => {
    expect(() => makeSink(otlp, options)).toThrow(message);
  });
});
