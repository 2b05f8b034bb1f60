import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readObjectState } from "../../src/object/index.ts";
import { rounds } from "../support/rounds.ts";
import { podState, rawPods } from "./recorded-pods.ts";

const KINDS = [
  "CronJob",
  "DaemonSet",
  "Deployment",
  "HorizontalPodAutoscaler",
  "Job",
  "Namespace",
  "Node",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Pod",
  "ReplicaSet",
  "StatefulSet",
  "VirtualMachine",
] as const;

describe("the state that is kept of a recorded pod", () => {
  it("says that a container was killed for its memory, and its limit", () => {
    const { containers, owner, node } = podState("reports", "renderer-5745d9d49-24d2r");
    expect({ owner, node }).toEqual({ owner: "ReplicaSet/renderer-5745d9d49", node: "node-1" });
    expect(containers).toMatchObject([
      {
        name: "renderer",
        memoryLimit: "40Mi",
        restarts: 3,
        isReady: true,
        running: { since: Date.parse("2026-11-30T07:26:39Z") },
        lastTerminated: { exitCode: 137, reason: "OOMKilled", startedAt: Date.parse("2026-11-30T07:25:55Z") },
      },
    ]);
  });

  it("says what the registry answered", () => {
    const [web] = podState("shop", "frontend-7b64c4bbfb-ftq2w").containers;
    expect(web?.waiting?.reason).toMatch(/^(?:ErrImagePull|ImagePullBackOff)$/u);
    expect(web?.waiting?.message).toContain("registry.example.com/shop/frontend");
  });

  it("has the containers of a pod that was not scheduled yet", () => {
    const { containers, phase, conditions } = podState("data", "cache-0");
    expect(phase).toBe("Pending");
    expect(conditions).toMatchObject([{ type: "PodScheduled", status: "False", reason: "Unschedulable" }]);
    expect(containers).toMatchObject([{ isReady: false, restarts: 0 }]);
    expect(containers[0]?.running).toBeUndefined();
  });
});

describe("what is read of an answer", () => {
  it("has nothing of environment, arguments, commands, volumes and annotations", () => {
    const [raw] = rawPods("inj").values();
    const secret = "do-not-keep-me";
    const container = {
      name: "app",
      env: [{ name: "PASSWORD", value: secret }],
      envFrom: [{ secretRef: { name: secret } }],
      args: [secret],
      command: [secret],
      lifecycle: { preStop: { exec: { command: [secret] } } },
    };
    const body = {
      ...(raw as object), // a pod as the API server sent it
      metadata: { uid: "1", annotations: { note: secret }, labels: { app: secret } },
      spec: { containers: [container], initContainers: [container], volumes: [{ name: secret }] },
    };
    for (const kind of KINDS) {
      const template = { spec: body.spec, metadata: body.metadata };
      const state = readObjectState(kind, {
        ...body,
        spec: { ...body.spec, template, jobTemplate: template },
      });
      expect(JSON.stringify(state)).not.toContain(secret);
    }
  });

  it("is empty where a field is missing or has another type", () => {
    const state = readObjectState("Pod", {
      metadata: { uid: 7, deletionTimestamp: "soon", ownerReferences: { kind: "Job" }, annotations: [] },
      spec: { nodeName: null, containers: [null, 3, { name: "app", resources: "none" }] },
      status: { phase: {}, conditions: ["Ready", { type: "Ready", status: true }], containerStatuses: "x" },
    });
    expect(state).toMatchObject({
      uid: "",
      owner: "",
      node: "",
      phase: "",
      conditions: [{ type: "Ready", status: "" }],
      containers: [{ name: "app", memoryLimit: "", isReady: false }],
    });
    expect(state?.deletionAt).toBeUndefined();
  });

  it("is bounded", () => {
    const long = "x".repeat(100_000);
    const many = Array.from({ length: 500 }, (_, index) => ({
      name: `${index}${long}`,
      image: long,
      type: long,
      message: long,
      reason: long,
      state: { waiting: { reason: long, message: long } },
    }));
    const state = readObjectState("Pod", {
      metadata: { uid: long, ownerReferences: many },
      spec: { containers: many, initContainers: many },
      status: { phase: long, conditions: many, containerStatuses: many },
    });
    expect(JSON.stringify(state).length).toBeLessThan(600_000);
    expect(state).toMatchObject({ kind: "Pod" });
  });

  it("is undefined for what is no object of the API", () => {
    for (const body of [undefined, null, "", "<html>", 404, [], {}, { kind: "Status", status: "Failure" }])
      expect(readObjectState("Pod", body)).toBeUndefined();
  });

  it("never fails, whatever an answer holds", () => {
    const field = fc.constantFrom("metadata", "spec", "status", "conditions", "containers", "type", "uid");
    const body = fc.dictionary(field, fc.anything());
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), body, (kind, value) => {
        expect(readObjectState(kind, { metadata: {}, ...value })).toBeDefined();
      }),
      { numRuns: rounds(500) },
    );
  });
});

describe("the state of workloads and their surroundings", () => {
  it("has the counts of a rollout", () => {
    const state = readObjectState("Deployment", {
      metadata: { uid: "d", generation: 3, annotations: { "deployment.kubernetes.io/revision": "12" } },
      spec: {
        replicas: 3,
        paused: true,
        strategy: { type: "RollingUpdate" },
        template: { spec: { containers: [{ image: "registry.example.com/api:2" }] } },
      },
      status: {
        observedGeneration: 3,
        replicas: 4,
        updatedReplicas: 1,
        readyReplicas: 3,
        availableReplicas: 3,
      },
    });
    expect(state).toMatchObject({
      kind: "Deployment",
      isPaused: true,
      strategy: "RollingUpdate",
      desired: 3,
      pods: 4,
      updated: 1,
      ready: 3,
      available: 3,
      revision: "12",
      images: ["registry.example.com/api:2"],
    });
  });

  it("wants one pod where the spec names no number, and none where it says 0", () => {
    expect(readObjectState("Deployment", { metadata: {} })).toMatchObject({ desired: 1 });
    expect(readObjectState("Deployment", { metadata: {}, spec: { replicas: 0 } })).toMatchObject({
      desired: 0,
    });
  });

  it("has the numbers of a DaemonSet under the same names", () => {
    const status = {
      desiredNumberScheduled: 5,
      updatedNumberScheduled: 4,
      numberReady: 3,
      numberAvailable: 2,
      observedGeneration: 1,
    };
    expect(
      readObjectState("DaemonSet", { metadata: {}, spec: { updateStrategy: { type: "OnDelete" } }, status }),
    ).toMatchObject({ desired: 5, updated: 4, ready: 3, available: 2, strategy: "OnDelete" });
  });

  it("has taints, conditions and place of a Node", () => {
    const state = readObjectState("Node", {
      metadata: { uid: "n", labels: { "topology.kubernetes.io/zone": "eu-1a", team: "x" } },
      spec: { unschedulable: true, taints: [{ key: "node.kubernetes.io/unreachable", effect: "NoExecute" }] },
      status: { conditions: [{ type: "Ready", status: "Unknown", reason: "NodeStatusUnknown" }] },
    });
    expect(state).toMatchObject({
      kind: "Node",
      uid: "n",
      isUnschedulable: true,
      taints: [{ key: "node.kubernetes.io/unreachable", value: "", effect: "NoExecute" }],
      conditions: [{ type: "Ready", status: "Unknown", reason: "NodeStatusUnknown" }],
      labels: { "topology.kubernetes.io/zone": "eu-1a" },
    });
    expect(state?.labels).not.toHaveProperty("team");
  });

  it("reads a static pod's hash, a Job's ends, a claim and an autoscaler", () => {
    const annotations = { "kubernetes.io/config.mirror": "abc" };
    expect(readObjectState("Pod", { metadata: { annotations } })).toMatchObject({ mirrorOf: "abc" });
    expect(readObjectState("Job", { metadata: {}, status: { failed: 2 } })).toMatchObject({ failed: 2 });
    const lastSuccessfulTime = "2026-11-30T01:00:07Z";
    expect(readObjectState("CronJob", { metadata: {}, status: { lastSuccessfulTime } })).toMatchObject({
      lastSuccessAt: Date.parse(lastSuccessfulTime),
    });
    expect(
      readObjectState("PersistentVolumeClaim", { metadata: {}, status: { phase: "Pending" } }),
    ).toMatchObject({ phase: "Pending", volume: "" });
    expect(
      readObjectState("HorizontalPodAutoscaler", { metadata: {}, spec: { maxReplicas: 9 } }),
    ).toMatchObject({ most: 9, current: 0 });
  });
});
