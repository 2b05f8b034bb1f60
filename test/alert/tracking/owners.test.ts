import { describe, expect, it } from "vitest";

import { canTeachOwner, learnOwner } from "../../../src/alert/tracking/owners.ts";
import { observe, type RawEvent } from "../../../src/event/index.ts";

const DAY = 86_400_000;

function lesson(component: string, kind: string, reason: string, message: string): RawEvent {
  const involvedObject = { kind, namespace: "shop", name: "it" };
  return { metadata: { namespace: "shop" }, source: { component }, reason, message, involvedObject };
}

describe("an owner", () => {
  it.each([
    [
      "replicaset-controller",
      "ReplicaSet",
      "SuccessfulCreate",
      "Created pod: web-7f-abcde",
      "test/Pod/shop/web-7f-abcde",
    ],
    [
      "replication-controller",
      "ReplicationController",
      "SuccessfulCreate",
      "Created pod: old-abcde",
      "test/Pod/shop/old-abcde",
    ],
    [
      "daemonset-controller",
      "DaemonSet",
      "SuccessfulCreate",
      "Created pod: agent-x2",
      "test/Pod/shop/agent-x2",
    ],
    [
      "job-controller",
      "Job",
      "SuccessfulCreate",
      "Created pod: nightly-29-5x",
      "test/Pod/shop/nightly-29-5x",
    ],
    [
      "statefulset-controller",
      "StatefulSet",
      "SuccessfulCreate",
      "create Pod db-0 in StatefulSet db successful",
      "test/Pod/shop/db-0",
    ],
    [
      "statefulset-controller",
      "StatefulSet",
      "SuccessfulCreate",
      "Create Pod db-0 in StatefulSet db successful",
      "test/Pod/shop/db-0",
    ],
    [
      "cronjob-controller",
      "CronJob",
      "SuccessfulCreate",
      "Created job nightly-29",
      "test/Job/shop/nightly-29",
    ],
    [
      "deployment-controller",
      "Deployment",
      "ScalingReplicaSet",
      "Scaled up replica set web-7f from 0 to 3",
      "test/ReplicaSet/shop/web-7f",
    ],
    [
      "deployment-controller",
      "Deployment",
      "ScalingReplicaSet",
      "Scaled down replica set web-6d from 3 to 0",
      "test/ReplicaSet/shop/web-6d",
    ],
    [
      "deployment-controller",
      "Deployment",
      "ScalingReplicaSet",
      "Scaled up replica set web-7f to 3",
      "test/ReplicaSet/shop/web-7f",
    ],
  ])("is learnt from %s: %s %s %s", (component, kind, reason, message, object) => {
    expect(learnOwner(observe(lesson(component, kind, reason, message), "test"), 5)).toEqual({
      object,
      owner: `${kind}/it`,
      node: "",
      expiresAt: 5 + 30 * DAY,
    });
    expect(canTeachOwner(reason, kind)).toBe(true);
  });

  it("is the node's name for a Scheduled Pod, whichever scheduler says so", () => {
    const scheduled = lesson(
      "my-scheduler",
      "Pod",
      "Scheduled",
      "Successfully assigned shop/it to node-1 \n",
    );
    expect(learnOwner(observe(scheduled, "test"), 5)).toMatchObject({
      object: "test/Pod/shop/it",
      owner: "",
      node: "node-1",
    });
    expect(canTeachOwner("Scheduled", "Pod")).toBe(true);
  });

  it.each([
    ["another component", lesson("evil", "ReplicaSet", "SuccessfulCreate", "Created pod: victim")],
    ["no component", lesson("", "ReplicaSet", "SuccessfulCreate", "Created pod: victim")],
    ["another reason", lesson("replicaset-controller", "ReplicaSet", "SuccessfulDelete", "Created pod: a")],
    ["another kind", lesson("replicaset-controller", "Widget", "SuccessfulCreate", "Created pod: a")],
    [
      "a reason of another kind",
      lesson("default-scheduler", "Deployment", "Scheduled", "Successfully assigned shop/it to n"),
    ],
    ["more words", lesson("replicaset-controller", "ReplicaSet", "SuccessfulCreate", "Created pod: a b")],
    [
      "words before it",
      lesson("replicaset-controller", "ReplicaSet", "SuccessfulCreate", "not Created pod: a"),
    ],
    [
      "another line",
      lesson("replicaset-controller", "ReplicaSet", "SuccessfulCreate", "x\nCreated pod: a\ny"),
    ],
    [
      "words after the node",
      lesson("default-scheduler", "Pod", "Scheduled", "Successfully assigned shop/it to n really"),
    ],
    ["no name", lesson("replicaset-controller", "ReplicaSet", "SuccessfulCreate", "Created pod: ")],
    [
      "a name no object can have",
      lesson("replicaset-controller", "ReplicaSet", "SuccessfulCreate", `Created pod: ${"a".repeat(254)}`),
    ],
    [
      "an object of another namespace than the Event's",
      {
        ...lesson("replicaset-controller", "ReplicaSet", "SuccessfulCreate", "Created pod: a"),
        involvedObject: { kind: "ReplicaSet", namespace: "bank", name: "it" },
      },
    ],
  ])("is not learnt from %s", (_, raw) => {
    expect(learnOwner(observe(raw, "test"), 5)).toBeUndefined();
  });

  it("may have the longest name", () => {
    const raw = lesson(
      "replicaset-controller",
      "ReplicaSet",
      "SuccessfulCreate",
      `Created pod: ${"a".repeat(253)}`,
    );
    expect(learnOwner(observe(raw, "test"), 5)).toBeDefined();
  });

  it.each([
    ["SuccessfulCreate", "Pod"],
    ["Scheduled", "Node"],
    ["ScalingReplicaSet", "ReplicaSet"],
    ["BackOff", "Pod"],
    ["SuccessfulDelete", "ReplicaSet"],
  ])("needs no second look for %s of %s", (reason, kind) => {
    expect(canTeachOwner(reason, kind)).toBe(false);
  });
});
