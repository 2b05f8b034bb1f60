import { describe, expect, it } from "vitest";

import { observe } from "../../src/event/index.ts";
import { EngineBed, type EventSketch, START } from "../support/engine-bed.ts";
import { toRawEvent } from "../support/event-sketch.ts";
import { deploymentBody, podBody } from "../support/object-bodies.ts";
import { ObjectStates } from "../support/object-states.ts";

const RULES = `
rules:
  - { name: image, match: { reason: Failed }, severity: warning, resolve: { when: started, quiet: 10m } }
  - { name: crash, match: { reason: BackOff }, severity: warning, resolve: { when: stable, quiet: 10m } }
  - { name: cron, match: { reason: BackoffLimitExceeded }, severity: warning, lifecycle: point, resolve: { when: complete } }
`;

const ROUTE = "{ sinks: [ops], groupWait: 10s }";
const WEB = "shop/Pod/web-7f-a";
const JOB = "shop/Job/report-1";
const OWNERS = { owners: ["ReplicaSet/web-7f", "Deployment/web"] };

/** Three told alerts: an image of a Deployment, a crash loop of a bare pod, a failed Job of a CronJob. */
function makeBed(): EngineBed {
  const states = new ObjectStates();
  states.set(0, WEB, podBody()).set(0, "shop/Deployment/web", deploymentBody({ ready: 0 }));
  states.set(0, "shop/Pod/lone", podBody()).set(0, "shop/CronJob/report", { metadata: {}, status: {} });
  const bed = new EngineBed({ rules: RULES, route: ROUTE, states });
  bed.at(
    0,
    { reason: "Failed", object: WEB, objectUid: "uid-1", ...OWNERS },
    { reason: "BackOff", object: "shop/Pod/lone", container: "app" },
    { reason: "BackoffLimitExceeded", object: JOB, component: "job-controller", owners: ["CronJob/report"] },
  );
  return bed.until(45);
}

const HINTS: readonly (readonly [what: string, event: EventSketch, asked: readonly string[]])[] = [
  [
    "a ReplicaSet that deletes a pod",
    { reason: "SuccessfulDelete", object: "shop/ReplicaSet/web-7f", message: "Deleted pod: web-7f-a" },
    ["Pod/shop/web-7f-a", "Deployment/shop/web"],
  ],
  [
    "a StatefulSet that deletes a pod",
    {
      reason: "SuccessfulDelete",
      object: "shop/StatefulSet/web-7f",
      message: "delete Pod web-7f-a in StatefulSet web-7f successful",
    },
    ["Pod/shop/web-7f-a", "Deployment/shop/web"],
  ],
  [
    "a StatefulSet of Kubernetes 1.36 that deletes a pod",
    {
      reason: "SuccessfulDelete",
      object: "shop/StatefulSet/web-7f",
      message: "Delete Pod web-7f-a in StatefulSet web-7f successful",
    },
    ["Pod/shop/web-7f-a", "Deployment/shop/web"],
  ],
  [
    "a set that is scaled to nothing",
    {
      reason: "ScalingReplicaSet",
      object: "shop/Deployment/web",
      message: "Scaled down replica set web-7f from 1 to 0",
    },
    ["Deployment/shop/web", "Pod/shop/web-7f-a"],
  ],
  [
    "a container that is stopped",
    { reason: "Killing", object: WEB, message: "Stopping container app" },
    ["Pod/shop/web-7f-a", "Deployment/shop/web"],
  ],
  [
    "a container that begins to run",
    { reason: "Started", object: WEB, container: "app" },
    ["Pod/shop/web-7f-a", "Deployment/shop/web"],
  ],
  [
    "another pod of the workload",
    { reason: "Scheduled", object: "shop/Pod/web-9c-x" },
    ["Deployment/shop/web", "Pod/shop/web-7f-a"],
  ],
  [
    "a CronJob whose Job is complete",
    { reason: "SawCompletedJob", object: "shop/CronJob/report" },
    ["CronJob/shop/report", "Job/shop/report-1"],
  ],
];

const NO_HINTS: readonly (readonly [what: string, event: EventSketch])[] = [
  [
    "a container that its probe kills",
    { reason: "Killing", object: WEB, message: "Container app failed liveness probe, will be restarted" },
  ],
  ["a container of a crash loop that begins to run", { reason: "Started", object: "shop/Pod/lone" }],
  ["a pod of another workload", { reason: "Scheduled", object: "shop/Pod/webserver-9c-x" }],
  ["a pod of another namespace", { reason: "Started", object: "pay/Pod/web-7f-a" }],
  [
    "a set that is scaled down, not to nothing",
    {
      reason: "ScalingReplicaSet",
      object: "shop/Deployment/web",
      message: "Scaled down replica set web-7f from 20 to 10",
    },
  ],
  [
    "a deletion of another pod",
    { reason: "SuccessfulDelete", object: "shop/ReplicaSet/web-7f", message: "Deleted pod: web-7f-b" },
  ],
];

/** Whether the pipeline would give the event to the engine. */
function isAwaited(bed: EngineBed, sketch: EventSketch): boolean {
  const raw = toRawEvent(
    { component: "someone", ...sketch },
    { now: START, version: 9, before: () => undefined },
  );
  return bed.engine.awaits(observe(raw, "test"), false);
}

describe("a hint", () => {
  it.each(HINTS)("is %s: its objects are asked for at once", (_what, sketch, asked) => {
    const bed = makeBed();
    expect(isAwaited(bed, sketch)).toBe(true);
    bed.inquiries.splice(0);
    bed.at(45, { component: "someone", ...sketch });
    expect(new Set(bed.inquiries.map(({ object }) => object))).toEqual(
      new Set(asked.map((object) => `test/${object}`)),
    );
    expect(new Set(bed.inquiries.map(({ purpose }) => purpose))).toEqual(new Set(["hint"]));
  });

  it.each(NO_HINTS)("is not %s", (_what, sketch) => {
    const bed = makeBed();
    bed.inquiries.splice(0);
    bed.at(45, { component: "someone", ...sketch });
    expect(bed.inquiries).toEqual([]);
  });

  it.each(HINTS)("is nothing without an alert: %s", (_what, sketch) => {
    const bed = new EngineBed({ rules: RULES, states: new ObjectStates() });
    expect(isAwaited(bed, sketch)).toBe(false);
  });

  it("brings a second look, since the status follows the Event", () => {
    const bed = makeBed();
    bed.at(45, { reason: "Killing", object: WEB, message: "Stopping container app" });
    bed.inquiries.splice(0);
    bed.until(55);
    expect(bed.inquiries.map(({ object }) => object)).toContain("test/Pod/shop/web-7f-a");
  });

  it("of a deletion dates the end", () => {
    const states = new ObjectStates().set(0, "shop/Pod/db-0", podBody()).set(48, "shop/Pod/db-0", "gone");
    const bed = new EngineBed({ rules: RULES, route: ROUTE, states });
    bed.at(0, { reason: "Failed", object: "shop/Pod/db-0", objectUid: "uid-1" });
    const message = "delete Pod db-0 in StatefulSet db successful";
    bed.at(47, { reason: "SuccessfulDelete", object: "shop/StatefulSet/db", component: "someone", message });
    bed.until(60);
    expect([...bed.engine.alerts()].map(({ well }) => well)).toMatchObject([
      { by: { how: "deleted" }, since: START + 47_000 },
    ]);
  });
});
