import { readFileSync } from "node:fs";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { EMPTY_REF } from "../../src/event/event.ts";
import {
  type ClusterEvent,
  type EventHead,
  namespaceOf,
  normalise,
  objectKey,
  observe,
  type RawEvent,
} from "../../src/event/index.ts";

interface Pair {
  readonly title: string;
  readonly core: RawEvent;
  readonly events: RawEvent;
}

const pairs = ["../fixtures/events/both-apis.jsonl", "../demo/fixtures/both-apis.jsonl"].flatMap((file) =>
  readFileSync(new URL(file, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    // One genuine Event in both forms per line.
    .map((line) => JSON.parse(line) as { readonly core: RawEvent; readonly events: RawEvent })
    .map((pair): Pair => ({
      ...pair,
      title: `${String(pair.core.metadata?.name)} ${String(pair.core.reason)}`,
    })),
);

const METADATA = {
  name: "web.1",
  namespace: "shop",
  uid: "u",
  resourceVersion: "7",
  creationTimestamp: "2026-06-01T09:00:00Z",
};

const CLUSTER = "prod";

function from(raw: RawEvent): ReturnType<typeof normalise> {
  return normalise({ metadata: METADATA, ...raw }, CLUSTER);
}

function headOf(event: ClusterEvent): EventHead {
  const { cluster, type, reason, involvedObject, source } = event;
  return {
    cluster,
    type,
    reason,
    namespace: namespaceOf(event),
    kind: involvedObject.kind,
    component: source.component,
    name: involvedObject.name,
    objectNamespace: involvedObject.namespace,
    eventNamespace: event.namespace,
  };
}

const at = (time: string): number => Date.parse(`2026-06-01T${time}Z`);

describe("normalise", () => {
  it("has pairs of both writers to compare", () => {
    expect(pairs.length).toBeGreaterThan(12);
    expect(pairs.some(({ core }) => core.eventTime !== null)).toBe(true);
    expect(pairs.some(({ core }) => core.firstTimestamp !== null)).toBe(true);
  });

  it.each(pairs)("gives both APIs' forms of $title the same form", ({ core, events }) => {
    expect(normalise(events, CLUSTER)).toEqual(normalise(core, CLUSTER));
    expect(observe(events, CLUSTER).head).toEqual(observe(core, CLUSTER).head);
  });

  it.each(pairs)("reads the same of $title whole or in passing", ({ core }) => {
    const event = normalise(core, CLUSTER);
    const { head, message, object } = observe(core, CLUSTER);
    expect(head).toEqual(headOf(event));
    expect(message).toBe(event.message);
    expect(object).toBe(objectKey(event));
  });

  it.each<[string, RawEvent, unknown]>([
    ["series before count", { series: { count: 5 }, count: 2 }, 5],
    ["count", { count: 2 }, 2],
    ["the old count", { deprecatedCount: 3 }, 3],
    ["1 for none", {}, 1],
    ["1 for 0", { count: 0 }, 1],
    ["1 for less than 0", { count: -4 }, 1],
    ["1 for half a count", { count: 2.5 }, 1],
    ["1 for more than can be counted", { count: 1e300 }, 1],
    ["1 for a text", { count: "7" }, 1],
    ["1 for a series without a count", { series: {} }, 1],
    ["the count beside a series that is null", { series: null, count: 4 }, 4],
  ])("counts %s", (_, raw, expected) => {
    expect(from(raw).count).toBe(expected);
  });

  it.each<[string, RawEvent, string, string]>([
    [
      "the legacy times",
      { firstTimestamp: "2026-06-01T10:00:00Z", lastTimestamp: "2026-06-01T10:05:00Z" },
      "10:00:00",
      "10:05:00",
    ],
    [
      "the deprecated times",
      { deprecatedFirstTimestamp: "2026-06-01T10:00:00Z", deprecatedLastTimestamp: "2026-06-01T10:05:00Z" },
      "10:00:00",
      "10:05:00",
    ],
    ["the time it happened", { eventTime: "2026-06-01T10:00:00.250000Z" }, "10:00:00.250", "10:00:00.250"],
    [
      "the series over the last time",
      {
        eventTime: "2026-06-01T10:00:00Z",
        lastTimestamp: "2026-06-01T10:01:00Z",
        series: { lastObservedTime: "2026-06-01T10:30:00Z" },
      },
      "10:00:00",
      "10:30:00",
    ],
    ["the server's clock for none", { firstTimestamp: null, eventTime: null }, "09:00:00", "09:00:00"],
    [
      "the server's clock for the zero time of Go",
      { firstTimestamp: "0001-01-01T00:00:00Z", lastTimestamp: "0001-01-01T00:00:00Z" },
      "09:00:00",
      "09:00:00",
    ],
    [
      "the server's clock for nonsense",
      { firstTimestamp: "yesterday", lastTimestamp: 5, eventTime: {} },
      "09:00:00",
      "09:00:00",
    ],
  ])("dates by %s", (_, raw, first, last) => {
    const { firstSeenAt, lastSeenAt } = from(raw);
    expect([firstSeenAt, lastSeenAt]).toEqual([at(first), at(last)]);
  });

  it("says which Events are series", () => {
    expect([from({}).series, from({ series: null }).series, from({ series: { count: 2 } }).series]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it.each<[string, RawEvent, string, string]>([
    [
      "source",
      { source: { component: "kubelet", host: "node-1" }, reportingComponent: "x", reportingInstance: "y" },
      "kubelet",
      "node-1",
    ],
    ["deprecatedSource", { deprecatedSource: { component: "kubelet", host: "node-1" } }, "kubelet", "node-1"],
    [
      "reportingComponent beside an empty source",
      { source: {}, reportingComponent: "x", reportingInstance: "y" },
      "x",
      "y",
    ],
    ["reportingController", { reportingController: "x", reportingInstance: "y" }, "x", "y"],
    ["reportingComponent beside a source that is null", { source: null, reportingComponent: "x" }, "x", ""],
  ])("takes the writer from %s", (_, raw, component, host) => {
    expect(from(raw).source).toEqual({ component, host });
    expect(observe(raw, CLUSTER).head.component).toBe(component);
  });

  it.each([
    ["spec.containers{app}", "app"],
    ["spec.initContainers{setup}", "setup"],
    ["spec.ephemeralContainers{debug}", "debug"],
    ["spec.containers{}", ""],
    ["spec.containers{a}{b}", ""],
    ["xspec.containers{app}", ""],
    ["spec.volumes{app}", ""],
    ["implicitly required container", ""],
    ["", ""],
  ])("reads the container of %j as %j", (fieldPath, container) => {
    expect(from({ involvedObject: { kind: "Pod", fieldPath } }).involvedObject).toMatchObject({
      fieldPath,
      container,
    });
  });

  it("takes off what the recorder puts before an aggregate, once and only in front", () => {
    const prefix = "(combined from similar events): ";
    expect(from({ message: `${prefix}x` }).message).toBe("x");
    expect(from({ note: `${prefix}${prefix}x` }).message).toBe(`${prefix}x`);
    expect(from({ message: `x ${prefix}` }).message).toBe(`x ${prefix}`);
  });

  it("keeps labels and annotations that are texts", () => {
    const metadata = { ...METADATA, labels: { a: "1", b: 2 }, annotations: "none" };
    const event = normalise({ metadata }, CLUSTER);
    expect([event.labels, event.annotations]).toEqual([{ a: "1" }, {}]);
  });

  it.each<[string, unknown]>([
    ["nothing", {}],
    ["no metadata", { metadata: null }],
    ["a text", { metadata: "x" }],
    ["no version", { metadata: { name: "a" } }],
    ["a version that is a number", { metadata: { resourceVersion: 7 } }],
  ])("says of %s that it is no Event", (_, raw) => {
    expect(() => normalise(raw as RawEvent, CLUSTER)).toThrow(
      "not an Event: metadata.resourceVersion is missing",
    );
  });

  it("makes something of anything that has a version", () => {
    const fields = Object.fromEntries(
      [
        "involvedObject",
        "regarding",
        "related",
        "source",
        "deprecatedSource",
        "series",
        "reason",
        "message",
        "note",
        "type",
        "count",
        "eventTime",
        "firstTimestamp",
        "lastTimestamp",
        "action",
        "reportingComponent",
        "reportingInstance",
      ].map((name) => [name, fc.anything()]),
    );
    fc.assert(
      fc.property(fc.record(fields, { requiredKeys: [] }), fc.anything(), (raw, labels) => {
        const hostile = { ...raw, metadata: { resourceVersion: "1", labels } } as RawEvent;
        const event = normalise(hostile, CLUSTER);
        expect(event.count).toBeGreaterThanOrEqual(1);
        expect([event.firstSeenAt, event.lastSeenAt].every(Number.isFinite)).toBe(true);
        expect(observe(hostile, CLUSTER).head).toEqual(headOf(event));
        expect(observe(hostile, CLUSTER).message).toBe(event.message);
      }),
      { numRuns: 500 },
    );
  });

  it("refers to nothing where there is nothing", () => {
    expect(from({}).involvedObject).toBe(EMPTY_REF);
    expect(from({ related: null }).related).toBe(EMPTY_REF);
  });
});

describe("the namespace of an object", () => {
  it.each([
    ["its own", "shop", "shop", "shop"],
    ["the Event's, since whoever writes there must not speak for another", "bank", "shop", "shop"],
    ["none for what has none", "", "default", ""],
  ])("is %s", (_, namespace, eventNamespace, expected) => {
    const raw: RawEvent = {
      metadata: { ...METADATA, namespace: eventNamespace },
      regarding: { kind: "Pod", namespace, name: "a" },
    };
    expect(namespaceOf(normalise(raw, CLUSTER))).toBe(expected);
    expect(objectKey(normalise(raw, CLUSTER))).toBe(`${CLUSTER}/Pod/${expected}/a`);
  });
});

describe("an Event of any size", () => {
  const long = "x".repeat(1_400_000);

  it("has names that are cut and stay different", () => {
    const of = (name: string): ReturnType<typeof normalise> =>
      from({ reason: name, involvedObject: { kind: name, name, namespace: name, fieldPath: name } });
    const [a, b] = [of(`${long}a`), of(`${long}b`)];
    for (const { reason, involvedObject } of [a, b]) {
      for (const text of [reason, involvedObject.kind, involvedObject.name, involvedObject.fieldPath])
        expect(text).toHaveLength(512);
    }
    expect(a.involvedObject.name).not.toBe(b.involvedObject.name);
    expect(a.involvedObject.name).toBe(of(`${long}a`).involvedObject.name);
  });

  it("is found under the same keys by what reads them without the whole", () => {
    const raw = {
      metadata: METADATA,
      type: long,
      reason: long,
      involvedObject: { kind: long, name: long, namespace: long },
    };
    const event = normalise(raw, CLUSTER);
    expect(observe(raw, CLUSTER).head).toEqual(headOf(event));
  });

  it("has a message of 32 KiB, cut between characters", () => {
    const { message } = from({ message: "😀".repeat(100_000) });
    expect(message).toHaveLength(32 * 1024 - 1);
    expect(message.split("…").map(({ length }) => length)).toEqual([16_384, 16_382]);
    expect(message.isWellFormed()).toBe(true);
  });

  it("has as many labels and annotations as there is room for, and among them what this program reads", () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, "v"]));
    const { annotations } = from({
      metadata: { ...METADATA, annotations: { big: long, ...many, "tocsin.dev/severity": "info" } },
    });
    expect(Object.keys(annotations)).toHaveLength(64);
    expect(annotations["tocsin.dev/severity"]).toBe("info");
    expect(annotations["big"]).toHaveLength(4096);
    expect(JSON.stringify(annotations).length).toBeLessThan(40_000);
  });

  it("has annotations of 32 KiB in all, and none with a key that cannot be", () => {
    const tooLong = "k".repeat(600);
    const large = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`k${index}`, "v".repeat(4000)]),
    );
    const { annotations } = from({ metadata: { ...METADATA, annotations: { [tooLong]: "v", ...large } } });
    expect(Object.keys(annotations)).not.toContain(tooLong);
    expect(JSON.stringify(annotations).length).toBeGreaterThan(20_000);
    expect(JSON.stringify(annotations).length).toBeLessThan(40_000);
  });
});
