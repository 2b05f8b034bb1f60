import { describe, expect, it } from "vitest";

import { otlp } from "../../src/sinks/otlp/otlp.ts";
import { noDeadline } from "../support/deadline.ts";
import { makeSink } from "../support/describe-sink.ts";
import { HOSTILE_TEXTS } from "../support/hostile-texts.ts";
import { makeRecord } from "../support/notifications.ts";
import { COLLECTOR, startCollector } from "./collector-server.ts";

const TEXTS = Object.values(HOSTILE_TEXTS);
const RECORDS = TEXTS.map((text, index) =>
  makeRecord(`r${index}`, { message: text, reason: text, count: index + 1 }),
);

describe.skipIf(COLLECTOR === undefined)("an OpenTelemetry Collector", () => {
  it.each(["http/protobuf", "http/json"])("understands every text, by %s", async (protocol) => {
    await using collector = await startCollector(COLLECTOR ?? "");
    const { sink } = makeSink(otlp, { url: collector.url, protocol, resource: { "service.name": "events" } });
    const outcomes = await sink.write?.(RECORDS, noDeadline());
    await sink.close();
    expect(outcomes).toEqual(RECORDS.map(() => ({ ok: true })));
    const [request] = collector.requests();
    const [resourceLogs, ...rest] = request?.resourceLogs ?? [];
    expect(rest).toEqual([]);
    const resource = resourceLogs?.resource.attributes.map(({ key, value }) => [key, value.stringValue]);
    expect(resource).toEqual(
      expect.arrayContaining([
        ["service.name", "events"],
        ["k8s.cluster.name", "prod-eu1"],
        ["k8s.object.name", "web-1"],
      ]),
    );
    const logs = resourceLogs?.scopeLogs[0]?.logRecords ?? [];
    expect(logs.map(({ body }) => body.stringValue)).toEqual(TEXTS.map((text) => text.toWellFormed()));
    for (const [index, { attributes }] of logs.entries())
      expect(attributes).toContainEqual({ key: "k8s.event.count", value: { intValue: String(index + 1) } });
    expect(logs[0]).toMatchObject({
      timeUnixNano: `${Date.parse("2026-06-01T10:04:00Z")}000000`,
      severityNumber: 9,
      severityText: "Normal",
    });
  });

  it("refuses what is no OTLP for good, and has no other path", async () => {
    await using collector = await startCollector(COLLECTOR ?? "");
    const headers = { "content-type": "application/x-protobuf" };
    const answer = await fetch(`${collector.url}/v1/logs`, { method: "POST", headers, body: "\u00ff" });
    expect(answer.status).toBe(400);
    const { sink } = makeSink(otlp, { url: `${collector.url}/logs` });
    const thrown: unknown = await sink
      .write?.([makeRecord("a")], noDeadline())
      .catch((error: unknown) => error);
    await sink.close();
    expect(thrown).toMatchObject({ class: "broken", failure: "not-found" });
  });
});
