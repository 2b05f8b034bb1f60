import { readdirSync, readFileSync } from "node:fs";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { observe, type RawEvent, type WatchLine, WatchLineReader } from "../../src/event/index.ts";

const RECORDINGS = new URL("../fixtures/recordings/", import.meta.url);

const recorded = readdirSync(RECORDINGS)
  .filter((name) => name.endsWith(".jsonl"))
  .flatMap((name) => readFileSync(new URL(name, RECORDINGS), "utf8").trimEnd().split("\n"));

const METADATA = { name: "web.1", namespace: "shop", resourceVersion: "7" };

function read(line: string, reader = new WatchLineReader("prod")): WatchLine | undefined {
  // It lies in the middle of other bytes, as in a chunk.
  const bytes = Buffer.from(`\n${line}\n`);
  return reader.read(bytes, 1, bytes.length - 1);
}

function lineOf(object: object, type = "ADDED"): string {
  return JSON.stringify({ type, object });
}

/** Compares with what is read of the Event when its JSON is parsed. */
function expectSame(line: WatchLine | undefined, object: RawEvent): void {
  const parsed = observe(object, "prod");
  expect(line?.observation.head).toEqual(parsed.head);
  expect(line?.observation.object).toBe(parsed.object);
  expect(line?.observation.message).toBe(parsed.message);
  expect(line?.observation.count).toBe(parsed.count);
  expect(line?.observation.raw).toEqual(object);
}

describe("WatchLineReader", () => {
  it("reads every recorded line as if it were parsed", () => {
    const reader = new WatchLineReader("prod");
    expect(recorded.length).toBeGreaterThan(7000);
    for (const text of recorded) {
      const { type, object } = JSON.parse(text) as { readonly type: string; readonly object: RawEvent };
      const line = read(text, reader);
      expect(line).toMatchObject({ type, resourceVersion: object.metadata?.resourceVersion });
      expectSame(line, object);
    }
  });

  it.each<[string, RawEvent]>([
    [
      "regarding, where there is no involvedObject",
      { regarding: { kind: "Pod", namespace: "shop", name: "a" } },
    ],
    ["involvedObject before regarding", { involvedObject: { kind: "Pod" }, regarding: { kind: "Node" } }],
    ["an object of another namespace", { involvedObject: { namespace: "bank" } }],
    ["an object without a namespace", { involvedObject: { kind: "Node", name: "n" } }],
    ["a component of its source", { source: { component: "kubelet" }, reportingComponent: "x" }],
    ["a reporting component beside an empty source", { source: {}, reportingComponent: "x" }],
    ["a reporting controller", { deprecatedSource: { component: "" }, reportingController: "x" }],
    [
      "no reporting controller beside an empty component",
      { reportingComponent: "", reportingController: "x" },
    ],
    ["a note", { note: "(combined from similar events): Created pod: a" }],
    ["an empty message before a note", { message: "", note: "x" }],
    ["escapes", { reason: 'A"\\', message: "line 1\nline 2 “é”", involvedObject: { name: "\u2028" } }],
    ["names without end", { reason: "r".repeat(2000), involvedObject: { name: "n".repeat(2000) } }],
    ["a message without end", { message: "m".repeat(100_000) }],
    ["a count", { count: 12, deprecatedCount: 3 }],
    ["a deprecated count, where there is no other", { count: null, deprecatedCount: 3 }],
    ["the count of a series before the other", { count: 12, series: { count: 4 } }],
    ["a series without a count", { count: 12, series: {} }],
    ["a series that is null", { count: 12, series: null }],
    ["a count of nothing", { count: 0 }],
    ["nothing", {}],
  ])("reads %s", (_, raw) => {
    const object = { metadata: METADATA, ...raw };
    expectSame(read(lineOf(object)), object);
  });

  it("reads a bookmark", () => {
    const object = {
      kind: "Event",
      metadata: { resourceVersion: "12", creationTimestamp: null },
      source: {},
    };
    expect(read(lineOf(object, "BOOKMARK"))).toMatchObject({ type: "BOOKMARK", resourceVersion: "12" });
  });

  it.each([
    ["a field of another type", lineOf({ metadata: METADATA, reason: 5 })],
    ["a count that is a text", lineOf({ metadata: METADATA, count: "5" })],
    ["a count without end", lineOf({ metadata: METADATA, count: 2 ** 60 })],
    ["a field that comes twice", '{"type":"ADDED","object":{"reason":"A","reason":"B"}}'],
    ["no object", '{"type":"ADDED"}'],
    ["half a line", lineOf({ metadata: METADATA }).slice(0, 40)],
    ["two lines in one", lineOf({ metadata: METADATA }).repeat(2)],
  ])("leaves %s to be parsed", (_, line) => {
    expect(read(line)).toBeUndefined();
  });

  it("reads any Event as if it were parsed, or leaves it to be parsed", () => {
    const reader = new WatchLineReader("prod");
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.constant(null), fc.constant(""));
    const ref = fc.option(fc.record({ kind: text, namespace: text, name: text }, { requiredKeys: [] }));
    const any = fc.anything({ values: [fc.string(), fc.nat(), fc.constant(null)], maxDepth: 2 });
    const source = fc.option(fc.record({ component: text, host: any }, { requiredKeys: [] }));
    const fields = {
      metadata: fc.record({ namespace: text, resourceVersion: text, labels: any }, { requiredKeys: [] }),
      involvedObject: ref,
      regarding: ref,
      source,
      deprecatedSource: source,
      reason: text,
      message: text,
      note: text,
      type: text,
      reportingComponent: text,
      reportingController: fc.oneof(text, text, text, any),
      count: fc.oneof(fc.nat(), fc.constant(null), any),
      deprecatedCount: fc.oneof(fc.nat(), fc.constant(null)),
      series: fc.option(fc.record({ count: fc.oneof(fc.nat(), any) }, { requiredKeys: [] })),
      related: any,
    };
    let read = 0;
    fc.assert(
      fc.property(fc.record(fields, { requiredKeys: [] }), (made) => {
        const text = lineOf(made);
        const bytes = Buffer.from(text);
        const line = reader.read(bytes, 0, bytes.length);
        if (line === undefined) return;
        read += 1;
        expectSame(line, (JSON.parse(text) as { readonly object: RawEvent }).object);
      }),
      { numRuns: 500 },
    );
    expect(read).toBeGreaterThan(100);
  });
});
