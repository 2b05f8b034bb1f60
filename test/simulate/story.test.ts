import { describe, expect, it } from "vitest";

import { check } from "../../src/lib/schema.ts";
import { lengthOf, momentsOf, namesOf } from "../../src/simulate/story.ts";
import { TestFileSpec } from "../../src/simulate/test-spec.ts";

function story(...events: readonly object[]): Parameters<typeof momentsOf>[0] {
  const { value, faults } = check(TestFileSpec, { rules: ["x"], tests: [{ name: "x", events }] });
  expect(faults).toEqual([]);
  return value?.tests[0]?.events ?? [];
}

const START = Date.parse("2026-06-01T10:00:00Z");

describe("a story", () => {
  it("repeats an Event with a rising count, until the last time", () => {
    const events = story({ at: "1m", every: "30s", until: "2m", reason: "X", object: "shop/Pod/a" });
    expect(momentsOf(events, START).map(({ at, raw }) => [at, raw.count, raw.lastTimestamp])).toEqual([
      [60_000, 1, "2026-06-01T10:01:00.000Z"],
      [90_000, 2, "2026-06-01T10:01:30.000Z"],
      [120_000, 3, "2026-06-01T10:02:00.000Z"],
    ]);
  });

  it("has one Event for each number, in the order of time, each version newer than the one before", () => {
    const events = story(
      { at: "2s", reason: "B", object: "shop/Pod/b" },
      { at: "1s", reason: "A", object: "shop/Pod/a-{9..11}" },
    );
    const moments = momentsOf(events, START);
    expect(moments.map(({ raw }) => raw.involvedObject?.name)).toEqual(["a-9", "a-10", "a-11", "b"]);
    expect(moments.map(({ raw }) => raw.metadata?.resourceVersion)).toEqual(["1", "2", "3", "4"]);
    expect(lengthOf(events)).toBe(4);
    expect(namesOf("x/Pod/a-{3..1}")).toEqual([]);
  });

  it("says all that an Event can say", () => {
    const [moment] = momentsOf(
      story({
        reason: "X",
        type: "Normal",
        message: "m",
        action: "Act",
        source: { component: "kubelet", host: "n1" },
        object: "/Node/n1",
        owner: "Deployment/web",
        container: "app",
        count: 5,
        series: true,
        related: "shop/Pod/r",
        annotations: { a: "b" },
      }),
      START,
    );
    expect(moment?.ownership).toEqual({
      object: { kind: "Node", namespace: "", name: "n1" },
      owner: "Deployment/web",
    });
    expect(moment?.raw).toMatchObject({
      metadata: { namespace: "default", annotations: { a: "b" } },
      involvedObject: { kind: "Node", namespace: "", name: "n1", fieldPath: "spec.containers{app}" },
      related: { kind: "Pod", namespace: "shop", name: "r" },
      source: { component: "kubelet", host: "n1" },
      count: 5,
      series: { count: 5, lastObservedTime: "2026-06-01T10:00:00.000Z" },
    });
  });
});
