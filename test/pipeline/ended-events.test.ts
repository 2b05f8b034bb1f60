import { describe, expect, it } from "vitest";

import { type Batch, observe, type RawEvent } from "../../src/event/index.ts";
import { inquiriesAboutEnded } from "../../src/pipeline/ended-events.ts";

const NOW = Date.parse("2026-06-01T10:00:00Z");
const MINUTE = 60_000;
const TTL = 60 * MINUTE;

/** An Event about a pod of the namespace shop that was last heard of so many minutes ago. */
function raw(pod: string, minutesAgo: number, fields: Partial<RawEvent> = {}): RawEvent {
  const at = new Date(NOW - minutesAgo * MINUTE).toISOString();
  return {
    metadata: { name: `${pod}.1`, namespace: "shop", uid: "u", resourceVersion: "7", creationTimestamp: at },
    involvedObject: { kind: "Pod", namespace: "shop", name: pod, apiVersion: "v1" },
    reason: "BackOff",
    type: "Warning",
    lastTimestamp: at,
    ...fields,
  };
}

/** The objects that are asked for after these Events have ended, where alerts are about these pods. */
function askedFor(ended: readonly RawEvent[], pods: readonly string[]): readonly unknown[] {
  const batch: Batch = {
    cluster: "test",
    observations: [],
    ended: ended.map((event) => observe(event, "test")),
    via: "watch",
    position: undefined,
    scope: "core/",
    epoch: 0,
    coverageStartAt: 0,
    historyBefore: undefined,
    listEnds: false,
    receivedAt: NOW,
  };
  const objects = new Set(pods.map((pod) => `test/Pod/shop/${pod}`));
  const engine = { isOfAlert: (object: string) => objects.has(object) };
  return inquiriesAboutEnded(batch, { engine, eventTtlMs: TTL });
}

const asked = (pod: string) => ({ object: `test/Pod/shop/${pod}`, apiVersion: "v1", purpose: "hint" });

describe("an Event that the server has deleted", () => {
  it("lets its object be looked at when it did not expire, as in a namespace that is deleted", () => {
    expect(askedFor([raw("a", 5), raw("a", 3), raw("b", 50)], ["a", "b"])).toEqual([asked("a"), asked("b")]);
  });

  it("says nothing when it was old", () => {
    expect(askedFor([raw("a", 54), raw("a", 60), raw("a", 500)], ["a"])).toEqual([]);
    expect(askedFor([raw("a", 500), raw("a", 1)], ["a"])).toEqual([asked("a")]);
  });

  it("says nothing where no alert is about its object, and where it is no Event", () => {
    expect(askedFor([raw("a", 5)], ["b"])).toEqual([]);
    expect(askedFor([raw("a", 5, { metadata: {} })], ["a"])).toEqual([]);
  });
});
