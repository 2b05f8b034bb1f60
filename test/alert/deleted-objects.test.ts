import { describe, expect, it } from "vitest";

import type { AlertState } from "../../src/alert/index.ts";
import { EngineBed, type EventSketch, START } from "../support/engine-bed.ts";
import { deploymentBody, podBody } from "../support/object-bodies.ts";
import { type Found, ObjectStates } from "../support/object-states.ts";

type Body = Exclude<Found, string>;

const RULES = `
rules:
  - { name: image, match: { reason: Failed }, severity: warning, resolve: { when: started, quiet: 10m } }
`;
const POD = "test/Pod/shop/web-1";
const DEPLOYMENT = "shop/Deployment/web";
const FAILED: EventSketch = {
  reason: "Failed",
  object: "shop/Pod/web-1",
  uid: "e1",
  objectUid: "uid-1",
  owners: ["ReplicaSet/web-7f", "Deployment/web"],
};
const DELETED: EventSketch = {
  reason: "SuccessfulDelete",
  type: "Normal",
  object: "shop/ReplicaSet/web-7f",
  component: "replicaset-controller",
  message: "Deleted pod: web-1",
};

/** An alert about a pod that fails, told, with the Deployment so since 85 s; a round of look-ups finds at 100 s that the pod is gone. */
function afterDeletion(deployment?: Body, before: readonly EventSketch[] = []): AlertState | undefined {
  const states = new ObjectStates().set(0, "shop/Pod/web-1", podBody()).set(85, "shop/Pod/web-1", "gone");
  const lacksOne = deploymentBody({ desired: 2, ready: 1 });
  if (deployment !== undefined) states.set(0, DEPLOYMENT, lacksOne).set(85, DEPLOYMENT, deployment);
  const bed = new EngineBed({ rules: RULES, route: "{ sinks: [ops], groupWait: 10s }", states });
  bed.at(0, FAILED).at(85, ...before);
  bed.until(100).step({ kind: "gone", objects: [POD] });
  return [...bed.engine.alerts()][0];
}

describe("an alert whose object is found deleted", () => {
  it("ended when the deletion was asked for, as far as an Event says it, and not when somebody noticed", () => {
    const noticed = afterDeletion();
    expect(noticed).toMatchObject({ phase: "resolved", resolvedBy: { how: "deleted" } });
    expect(noticed?.endedAt).toBe(START + 100_000);
    expect(afterDeletion(undefined, [DELETED])?.endedAt).toBe(START + 85_000);
  });

  it("is healthy when its workload has all its pods", () => {
    expect(afterDeletion(deploymentBody({ desired: 2 }), [DELETED])).toMatchObject({
      phase: "resolved",
      resolvedBy: { how: "healthy", reason: "", what: "2 of 2 pods ready" },
      endedAt: START + 85_000,
    });
  });

  it("goes on while its workload is not as it should be: other pods have the problem now", () => {
    expect(afterDeletion(deploymentBody({ desired: 2, ready: 1 }), [DELETED])?.phase).toBe("firing");
  });
});
