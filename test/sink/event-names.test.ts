import { describe, expect, it } from "vitest";

import type { EventRecord } from "../../src/alert/index.ts";
import { parseSink } from "../../src/sink/index.ts";
import {
  recordScope,
  createRecordEnvironment,
  createTextEnvironment,
  textScope,
} from "../../src/sink/texts.ts";
import { stdout } from "../../src/sinks/stdout/stdout.ts";
import { makeAlert, makeNotification, makeRecord, makeWireEvent } from "../support/notifications.ts";

const EVENT = makeWireEvent({
  name: "web-1.18a3f",
  namespace: "default",
  involvedObject: {
    kind: "Node",
    apiVersion: "v1",
    namespace: "",
    name: "node-1",
    uid: "",
    fieldPath: "",
    container: "",
  },
});

function ofRecord(source: string): unknown {
  // The fixture makes records of this shape.
  const record = JSON.parse(makeRecord("1", EVENT).body) as EventRecord;
  return createRecordEnvironment().template(source).value?.value(recordScope(record, 0));
}

function ofAlert(source: string): unknown {
  const notification = makeNotification({ alerts: [makeAlert({ event: EVENT })] });
  return createTextEnvironment().template(source).value?.value(textScope(notification, 0));
}

describe.each([
  ["a record", ofRecord],
  ["an alert", ofAlert],
])("in a text about %s", (_, value) => {
  it.each([
    ["event.name", "node-1"],
    ["event.namespace", ""],
    ["event.kind", "Node"],
    ["event.metadata.name", "web-1.18a3f"],
    ["event.metadata.namespace", "default"],
    ["event.component", EVENT.source.component],
    ["event.note", EVENT.message],
  ])("%s means the same as in rules", (path, expected) => {
    expect(value(`{{ ${path} }}`)).toBe(expected);
  });

  it("a whole Event is that of the body", () => {
    expect(value("{{ event }}")).toEqual(JSON.parse(JSON.stringify(EVENT)));
    expect(value("{{ event.metadata }}")).toEqual(EVENT.metadata);
  });
});

describe("a text of a sink with a short name", () => {
  it.each([
    [{ title: "{{ event.name }}" }, "title"],
    [{ text: "{{ alert.event.namespace }}" }, "text"],
    [{ template: { a: [{ b: "{{ event.namespace + event.reason }}" }] } }, "template"],
  ])("%j gets a warning that names the long ones", (options, key) => {
    const { faults, sink } = parseSink({ name: "out", type: "stdout", ...options }, [stdout]);
    expect(sink).toBeDefined();
    expect(faults).toEqual([
      { level: "warning", path: [key], message: expect.stringContaining("event.metadata.name") as string },
    ]);
  });

  it("gets none for the long ones, nor for words outside of holes", () => {
    const title = "event.name {{ event.metadata.name + event.involvedObject.namespace }} event.namespace";
    expect(parseSink({ name: "out", type: "stdout", title }, [stdout]).faults).toEqual([]);
  });
});
