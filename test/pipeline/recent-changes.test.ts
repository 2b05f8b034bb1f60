import { describe, expect, it } from "vitest";

import { normalise, ObjectKey, type RawEvent } from "../../src/event/index.ts";
import { RecentChanges } from "../../src/pipeline/recent-changes.ts";
import { type EventSketch, START, toRawEvent } from "../support/event-sketch.ts";

const HOUR = 3_600_000;

function raw(sketch: EventSketch): RawEvent {
  return toRawEvent(sketch, { now: START, version: 1, before: () => undefined });
}

function changesAfter(...sketches: readonly EventSketch[]): RecentChanges {
  const changes = new RecentChanges();
  for (const sketch of sketches) changes.record(normalise(raw(sketch), "test"));
  return changes;
}

function scaling(lastSeen: number, message: string, more: Partial<EventSketch> = {}): EventSketch {
  return {
    lastSeen,
    reason: "ScalingReplicaSet",
    type: "Normal",
    component: "deployment-controller",
    object: "shop/Deployment/web",
    message,
    ...more,
  };
}

const web = ObjectKey.format({ cluster: "test", kind: "Deployment", namespace: "shop", name: "web" });
const node = ObjectKey.format({ cluster: "test", kind: "Node", namespace: "", name: "n1" });

describe("recent changes", () => {
  it("tell a rollout once, whatever steps it takes", () => {
    const changes = changesAfter(
      scaling(0, "Scaled up replica set web-new from 0 to 1"),
      scaling(1, "Scaled down replica set web-old from 3 to 2"),
      scaling(2, "Scaled up replica set web-new from 1 to 2"),
      scaling(0, "Scaled up replica set web-new from 0 to 1"),
    );
    expect(changes.of(web, START)).toEqual([{ at: START, what: "rollout", replicaSet: "web-new" }]);
    expect(changes.replicaSetsOf(web, START)).toEqual(["web-new", "web-old"]);
  });

  it("tell that somebody scaled", () => {
    const changes = changesAfter(
      scaling(0, "Scaled up replica set web-a from 3 to 5"),
      scaling(9, "Scaled down replica set web-a to 1"),
    );
    expect(changes.of(web, START)).toEqual([
      { at: START, what: "scaled", from: 3, to: 5 },
      { at: START + 9000, what: "scaled", from: undefined, to: 1 },
    ]);
  });

  it("tell what happened to a node", () => {
    const about = { type: "Normal", component: "kubelet", object: "/Node/n1" };
    const changes = changesAfter(
      { ...about, reason: "NodeNotSchedulable" },
      { ...about, reason: "Rebooted" },
    );
    expect(changes.of(node, START).map(({ what }) => what)).toEqual(["cordoned", "rebooted"]);
  });

  it("are forgotten after an hour, and ReplicaSets after a day", () => {
    const changes = changesAfter(scaling(0, "Scaled up replica set web-a from 0 to 1"));
    expect(changes.of(web, START + HOUR)).toEqual([]);
    expect(changes.replicaSetsOf(web, START + 23 * HOUR)).toEqual(["web-a"]);
    expect(changes.replicaSetsOf(web, START + 24 * HOUR)).toEqual([]);
  });

  it("believe the controller of the object alone, in its namespace alone", () => {
    const message = "Scaled up replica set web-a from 0 to 1";
    expect(changesAfter(scaling(0, message, { component: "somebody" })).of(web, START)).toEqual([]);
    const event = raw(scaling(0, message));
    const foreign = new RecentChanges();
    foreign.record(normalise({ ...event, metadata: { ...event.metadata, namespace: "evil" } }, "test"));
    foreign.record(
      normalise(raw({ reason: "Rebooted", component: "kubelet", object: "evil/Node/n1" }), "test"),
    );
    expect([foreign.of(web, START), foreign.of(node, START)]).toEqual([[], []]);
    expect(foreign.replicaSetsOf(web, START)).toEqual([]);
  });

  it("make no more of a message than it says", () => {
    const changes = changesAfter(
      scaling(0, "Scaled up replica set ../../secrets from 0 to 1"),
      scaling(1, "Scaled up replica set a b from 0 to 1"),
      scaling(2, "something else"),
    );
    expect(changes.of(web, START)).toEqual([]);
    expect(changes.replicaSetsOf(web, START)).toEqual([]);
  });

  it("are bounded for each object", () => {
    const many = Array.from({ length: 20 }, (_, index) =>
      scaling(index, `Scaled up replica set web-${index} from 0 to 1`),
    );
    expect(changesAfter(...many).of(web, START)).toHaveLength(4);
    expect(changesAfter(...many).replicaSetsOf(web, START)).toEqual(["web-19", "web-18", "web-17", "web-16"]);
  });
});
