import { describe, expect, it } from "vitest";

import { normalise, ObjectKey, type RawEvent } from "../../src/event/index.ts";
import { RecentChanges } from "../../src/pipeline/recent-changes.ts";
import { type EventSketch, START, toRawEvent } from "../support/event-sketch.ts";

const HOUR = 3_600_000;
const POD = ObjectKey.format({ cluster: "test", kind: "Pod", namespace: "shop", name: "web-1" });
const REFUSED = 'Liveness probe failed: Get "http://10.1.0.7:9999/healthz": connection refused';

function raw(sketch: Partial<EventSketch>): RawEvent {
  const event = {
    reason: "Unhealthy",
    object: "shop/Pod/web-1",
    container: "app",
    component: "kubelet",
    ...sketch,
  };
  return toRawEvent(event, { now: START, version: 1, before: () => undefined });
}

function probesAfter(...events: readonly RawEvent[]): RecentChanges["probes"] {
  const changes = new RecentChanges();
  for (const event of events) {
    expect(RecentChanges.mayTell({ reason: "Unhealthy" })).toBe(true);
    changes.record(normalise(event, "test"));
  }
  return changes.probes;
}

describe("recent probes", () => {
  it("are the last failed liveness or startup probe of each container", () => {
    const probes = probesAfter(
      raw({ message: "Liveness probe failed: HTTP probe failed with statuscode: 500" }),
      raw({ message: REFUSED, lastSeen: 9 }),
      raw({ message: "Startup probe errored: rpc error", container: "proxy" }),
      raw({ message: "Readiness probe failed: HTTP probe failed with statuscode: 503", container: "other" }),
    );
    expect(probes.of(POD, START)).toEqual([
      { container: "app", at: START + 9000, message: REFUSED },
      { container: "proxy", at: START, message: "Startup probe errored: rpc error" },
    ]);
  });

  it("are forgotten after an hour", () => {
    expect(probesAfter(raw({ message: REFUSED })).of(POD, START + HOUR)).toEqual([]);
  });

  it("are believed of the kubelet alone, and of the namespace of the Event alone", () => {
    const event = raw({ message: REFUSED });
    const foreign = { ...event, metadata: { ...event.metadata, namespace: "evil" } };
    expect(probesAfter(raw({ message: REFUSED, component: "somebody" }), foreign).of(POD, START)).toEqual([]);
  });

  it("keep a page that a probe answered with short, and on one line", () => {
    const [probe] = probesAfter(raw({ message: `Liveness probe failed: ${"<p>\n".repeat(1000)}` })).of(
      POD,
      START,
    );
    expect(probe?.message.length).toBeLessThanOrEqual(300);
    expect(probe?.message).not.toContain("\n");
  });
});
