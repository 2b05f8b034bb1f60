import { describe, expect, it } from "vitest";

import { ObjectKey } from "../../src/event/index.ts";
import { check } from "../../src/lib/schema.ts";
import { type HealthQuestion, healthOf, type ObjectState, type Proof } from "../../src/object/index.ts";
import { objectsOf } from "../../src/simulate/story.ts";
import { TestFileSpec } from "../../src/simulate/test-spec.ts";

const START = Date.parse("2026-06-01T10:00:00Z");
const SECOND = 1000;
const MINUTE = 60 * SECOND;

function fileOf(objects: readonly object[]): object {
  return { rules: ["x"], tests: [{ name: "x", events: [], objects }] };
}

/** The answer of a look-up some time after the start of a story with these states. */
function findIn(objects: readonly object[], object: string, after: number): ObjectState | "gone" | "unknown" {
  const { value, faults } = check(TestFileSpec, fileOf(objects));
  expect(faults).toEqual([]);
  const [namespace = "", kind = "", name = ""] = object.split("/");
  const key = ObjectKey.format({ cluster: "test", kind, namespace, name });
  return objectsOf(value?.tests[0]?.objects ?? [], "test", START).find(key, START + after);
}

/** The state of one object as written in short. */
function stateOf(object: string, state: object): ObjectState {
  const found = findIn([{ object, state }], object, 0);
  if (typeof found === "string") throw new Error(found);
  return found;
}

function verdictOf(state: ObjectState, proof: Proof, question: Partial<HealthQuestion> = {}): string {
  const asked = { now: START + 5 * MINUTE, container: "", longestRunMs: 0, failedAt: 0, healthy: undefined };
  return healthOf(state, { ...asked, ...question, proof }).verdict;
}

describe("the states in a test", () => {
  const WEB = "shop/Pod/web-1";

  it("hold from their time on, and nothing is known before the first", () => {
    const objects = [
      { at: "3m", object: WEB, state: { ready: true, since: "2m" } },
      { at: "1m", object: WEB, state: { waiting: "ImagePullBackOff" } },
      { at: "5m", object: WEB, state: "gone" },
    ];
    expect(findIn(objects, WEB, MINUTE - 1)).toBe("unknown");
    expect(findIn(objects, WEB, MINUTE)).toMatchObject({
      containers: [{ waiting: { reason: "ImagePullBackOff" }, isReady: false }],
    });
    expect(findIn(objects, WEB, 3 * MINUTE)).toMatchObject({
      conditions: [{ type: "Ready", status: "True", since: START + 2 * MINUTE }, { type: "PodScheduled" }],
    });
    expect(findIn(objects, WEB, 9 * MINUTE)).toBe("gone");
    expect(findIn(objects, "shop/Pod/web-2", 9 * MINUTE)).toBe("unknown");
  });

  it("are given to many objects at once, and the last of one moment holds", () => {
    const objects = [
      { object: "shop/Pod/web-{1..3}", state: { ready: false } },
      { object: "shop/Pod/web-2", state: "gone" },
    ];
    expect(findIn(objects, "shop/Pod/web-3", 0)).toMatchObject({ kind: "Pod" });
    expect(findIn(objects, "shop/Pod/web-2", 0)).toBe("gone");
  });

  it("are those of another object under the same name by another uid", () => {
    const objects = [
      { object: WEB, state: { ready: true } },
      { at: "1m", object: WEB, uid: "second", state: { ready: true, created: "50s" } },
    ];
    const [first, second] = [findIn(objects, WEB, 0), findIn(objects, WEB, MINUTE)];
    expect(first).toMatchObject({ uid: "web-1-uid", createdAt: START });
    expect(second).toMatchObject({ uid: "second", createdAt: START + 50 * SECOND });
  });

  it("say of a container how it ended", () => {
    const lastTerminated = { reason: "OOMKilled", exitCode: 137, ran: "15s" };
    const state = { since: "2m", restarts: 4, lastTerminated, container: "worker", memoryLimit: "40Mi" };
    expect(stateOf(WEB, state)).toMatchObject({
      node: "node-1",
      containers: [
        {
          name: "worker",
          restarts: 4,
          memoryLimit: "40Mi",
          running: { since: START + 2 * MINUTE },
          lastTerminated: {
            reason: "OOMKilled",
            exitCode: 137,
            startedAt: START + 105 * SECOND,
            finishedAt: START + 2 * MINUTE,
          },
        },
      ],
    });
  });

  it.each<readonly [string, Proof, object, string]>([
    [WEB, "ready", { ready: true }, "healthy"],
    [WEB, "ready", { ready: false }, "unhealthy"],
    [WEB, "ready", { ready: true, since: "4m50s" }, "waiting"],
    [WEB, "started", { waiting: "CrashLoopBackOff" }, "unhealthy"],
    [WEB, "started", { terminated: { exitCode: 0 } }, "healthy"],
    [WEB, "started", { terminated: {} }, "unhealthy"],
    [WEB, "scheduled", { node: "" }, "unhealthy"],
    [WEB, "scheduled", {}, "healthy"],
    [WEB, "stable", { running: "4m30s" }, "waiting"],
    [WEB, "stable", { lastTerminated: { ran: "4m" } }, "waiting"],
    [WEB, "stable", { running: "1m" }, "healthy"],
    ["shop/Deployment/web", "available", { desired: 3 }, "healthy"],
    ["shop/Deployment/web", "available", { desired: 3, ready: 2 }, "unhealthy"],
    ["shop/Deployment/web", "available", { desired: 3, updated: 1 }, "unhealthy"],
    ["shop/Deployment/web", "available", { desired: 3, updated: 1, paused: true }, "healthy"],
    ["shop/StatefulSet/db", "available", { desired: 0 }, "healthy"],
    ["shop/ReplicaSet/web-5", "available", { desired: 2, ready: 1 }, "unhealthy"],
    ["shop/DaemonSet/log", "available", { desired: 4, ready: 4 }, "healthy"],
    ["shop/DaemonSet/log", "available", { desired: 4, ready: 3 }, "unhealthy"],
    ["/Node/n1", "nodeReady", { ready: false }, "unhealthy"],
    ["/Node/n1", "nodeReady", { pressure: ["disk"] }, "healthy"],
    ["/Node/n1", "noPressure", { pressure: ["disk"] }, "unhealthy"],
    ["/Node/n1", "noPressure", {}, "healthy"],
    ["shop/Job/nightly", "complete", { complete: true }, "healthy"],
    ["shop/Job/nightly", "complete", { failed: true }, "unhealthy"],
    ["shop/CronJob/nightly", "complete", { succeeded: "1m" }, "healthy"],
    ["shop/CronJob/nightly", "complete", {}, "unhealthy"],
    ["shop/PersistentVolumeClaim/data", "bound", { bound: false }, "unhealthy"],
    ["/PersistentVolume/data", "bound", {}, "healthy"],
    ["shop/HorizontalPodAutoscaler/web", "condition", { active: false }, "unhealthy"],
    ["shop/HorizontalPodAutoscaler/web", "condition", {}, "healthy"],
    ["shop/Widget/w", "condition", { conditions: { Fine: true } }, "healthy"],
    ["shop/Widget/w", "condition", { conditions: { Fine: "Unknown" } }, "unhealthy"],
  ])("make %s give the proof %s: %o → %s", (object, proof, state, verdict) => {
    const failedAt = object.includes("CronJob") ? START : 0;
    const healthy = { type: "Fine", status: "True" };
    expect(verdictOf(stateOf(object, state), proof, { failedAt, healthy })).toBe(verdict);
  });

  it("may be the object as the API server gives it", () => {
    const whole = {
      metadata: { uid: "u", labels: { "pod-template-hash": "abc" } },
      spec: { nodeName: "node-7", containers: [{ name: "a", image: "web:2" }] },
      status: { phase: "Running", containerStatuses: [{ name: "a", ready: true, state: { running: {} } }] },
    };
    expect(stateOf(WEB, whole)).toMatchObject({
      uid: "u",
      node: "node-7",
      containers: [{ name: "a", image: "web:2", isReady: true }],
    });
  });

  it.each([
    [{ object: WEB, state: { desired: 3 } }, "the state of a Pod has no desired; it has ready, container"],
    [{ object: WEB, state: { redy: true } }, 'unknown key "redy"; did you mean "ready"?'],
    [{ object: WEB, state: "running" }, "expected a mapping such as { ready: true, since: 2m }, or gone"],
    [{ object: "web-1", state: {} }, "expected namespace/Kind/name"],
    [{ object: WEB }, "expected a mapping such as"],
  ])("are refused where they are wrong: %o", (object, message) => {
    const { faults } = check(TestFileSpec, fileOf([object]));
    expect(faults.map((fault) => fault.message)).toEqual([expect.stringContaining(message)]);
  });
});
