import { describe, expect, it } from "vitest";

import { objectEvidence, type ObjectState, readObjectState } from "../../../src/object/index.ts";
import { podState } from "../recorded-pods.ts";

function texts(namespace: string, name: string): readonly string[] {
  const { facts, containers } = objectEvidence(podState(namespace, name), { container: "" });
  return [...facts, ...containers.map(({ text }) => text)];
}

function read(kind: string, body: object): ObjectState {
  const state = readObjectState(kind, { metadata: {}, ...body });
  if (state === undefined) throw new Error("no state");
  return state;
}

describe("the things that a pod needs", () => {
  const needsOf = (spec: object, status: object): readonly string[] =>
    objectEvidence(read("Pod", { spec, status }), { container: "" }).needs;
  const unscheduled = (message: string) => ({
    conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }],
  });
  const volumes = [
    { name: "data", persistentVolumeClaim: { claimName: "data" } },
    { name: "tmp", emptyDir: {} },
  ];

  it.each([
    ["0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims."],
    ["0/3 nodes are available: 3 node(s) had volume node affinity conflict."],
    ["0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind."],
  ])("are its claims when the scheduler says: %s", (message) => {
    expect(needsOf({ volumes }, unscheduled(message))).toEqual(["claim data"]);
  });

  it("are no claims when it lacks something else", () => {
    expect(needsOf({ volumes }, unscheduled("0/3 nodes are available: 3 Insufficient cpu."))).toEqual([]);
    expect(needsOf({ volumes }, {})).toEqual([]);
  });

  const waiting = (message: string) => ({
    containerStatuses: [{ name: "app", state: { waiting: { reason: "ImagePullBackOff", message } } }],
  });
  const spec = { containers: [{ name: "app", image: "r/app:1" }], imagePullSecrets: [{ name: "login" }] };

  it("are its pull secrets when the registry refuses it", () => {
    expect(needsOf(spec, waiting("failed with status code [manifests 1]: 401 Unauthorized"))).toEqual([
      "pull secret login",
    ]);
    expect(needsOf(spec, waiting("r/app:1: not found"))).toEqual([]);
  });
});

describe("a container that is started anew by a restart rule of its pod", () => {
  // As a kubelet of v1.36.3 wrote it.
  const reason = "RestartingAllContainers";
  const message = "The container is removed because RestartAllContainers in place";
  const lastState = {
    terminated: { exitCode: 137, reason, message, startedAt: null, finishedAt: null },
  };
  const pod = (state: object): ObjectState =>
    read("Pod", {
      spec: { containers: [{ name: "app", image: "r/app:1" }] },
      status: { containerStatuses: [{ name: "app", restartCount: 3, state, lastState }] },
    });

  it.each([
    ["waits", { waiting: { reason, message } }],
    ["runs again", { running: { startedAt: "2026-11-30T20:26:15Z" } }],
  ])("has not crashed while it %s", (_what, state) => {
    expect(objectEvidence(pod(state), { container: "" }).containers).toEqual([]);
    expect(pod(state)).toMatchObject({ containers: [{ restarts: 3, lastTerminated: undefined }] });
  });
});

describe("the evidence of a recorded pod", () => {
  it("names the kill for memory, with the limit", () => {
    expect(texts("reports", "renderer-5745d9d49-4pv7x")).toEqual([
      "exit 137 OOMKilled after 16 s, limit 40Mi, 3 restarts",
    ]);
    expect(texts("reports", "renderer-5745d9d49-24d2r")).toEqual([
      "exit 137 OOMKilled after 15 s, limit 40Mi, 3 restarts",
    ]);
  });

  it("names the exit behind a back-off", () => {
    expect(texts("shop", "api-84dc6978bd-ptcbj")).toEqual(["exit 1 after < 1 s, 3 restarts"]);
  });

  it("has the registry's answer about an image", () => {
    expect(texts("shop", "frontend-7b64c4bbfb-ftq2w").join()).toMatch(
      /^ImagePullBackOff: Back-off pulling image .*not found/u,
    );
  });

  it("says that an end in order was followed by a restart", () => {
    expect(texts("search", "index-6c97b4d958-2zbvq")).toEqual(["exit 0 after 9 s, 4 restarts"]);
  });

  it("says why a pod has no node", () => {
    expect(texts("data", "cache-0").join()).toMatch(/^PodScheduled is False: Unschedulable, 0\/\d nodes/u);
  });

  it("is empty for a healthy pod", () => {
    expect(texts("shop", "db-0")).toEqual([]);
    expect(texts("inj", "web-5569856fd4-k5hpn")).toEqual([]);
  });

  it("is about one container when one is asked for", () => {
    const pod = podState("inj", "web-5f85748c55-59r7k");
    expect(objectEvidence(pod, { container: "injected-wait" }).containers).toMatchObject([
      { name: "injected-wait", waiting: "ErrImagePull", exit: undefined },
    ]);
    expect(objectEvidence(pod, { container: "app" }).containers).toEqual([]);
  });

  it("keeps a text from the cluster on one line", () => {
    const waiting = { reason: "CreateContainerError", message: "a\n```\n<!channel>" };
    const pod = read("Pod", {
      spec: { containers: [{ name: "c" }] },
      status: { containerStatuses: [{ name: "c", state: { waiting } }] },
    });
    const [container] = objectEvidence(pod, { container: "" }).containers;
    expect(container?.text).not.toContain("\n");
  });
});

describe("the evidence of a workload", () => {
  const deployment = (status: object, replicas = 3): ObjectState =>
    read("Deployment", {
      metadata: { annotations: { "deployment.kubernetes.io/revision": "12" } },
      spec: { replicas },
      status,
    });
  const set = (revision: string, replicas: number, ready: number): ObjectState =>
    read("ReplicaSet", {
      metadata: { annotations: { "deployment.kubernetes.io/revision": revision } },
      spec: { replicas },
      status: { readyReplicas: ready },
    });
  const textOf = (state: ObjectState, sets: readonly ObjectState[] = []): string | undefined =>
    objectEvidence(state, {
      container: "",
      replicaSets: sets.flatMap((each) => (each.kind === "ReplicaSet" ? [each] : [])),
    }).workload?.text;

  it("says what the new pods do, and what serves meanwhile", () => {
    const state = deployment({ readyReplicas: 3, updatedReplicas: 1 });
    expect(textOf(state, [set("12", 1, 0), set("11", 3, 3)])).toBe(
      "1 of 1 new pods fails, 3 of 3 of revision 11 serve",
    );
    expect(textOf(state, [set("12", 2, 0), set("11", 2, 1)])).toBe(
      "2 of 2 new pods fail, 1 of 2 of revision 11 serves",
    );
  });

  it("leaves a rollout out that it does not know whole", () => {
    const state = deployment({ readyReplicas: 3 });
    expect(textOf(state)).toBe("3 of 3 ready");
    expect(textOf(state, [set("12", 1, 0)])).toBe("3 of 3 ready");
    expect(textOf(state, [set("12", 1, 0), set("11", 2, 2), set("10", 1, 1)])).toBe("3 of 3 ready");
    expect(textOf(state, [set("12", 3, 3), set("11", 1, 1)])).toBe("3 of 3 ready");
  });

  it("says when nothing serves, which is no fault at 0", () => {
    expect(textOf(deployment({}, 2))).toBe("0 of 2 ready: nothing serves");
    expect(textOf(deployment({}, 0))).toBe("scaled to 0");
    expect(objectEvidence(deployment({}, 0), { container: "" }).workload?.isDown).toBe(false);
    expect(objectEvidence(deployment({}, 2), { container: "" }).workload?.isDown).toBe(true);
  });

  it("has the conditions that tell a fault", () => {
    const conditions = [
      { type: "Available", status: "False", reason: "MinimumReplicasUnavailable", message: "too few" },
      { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota: q" },
    ];
    expect(objectEvidence(deployment({ conditions }), { container: "" }).facts).toEqual([
      "ReplicaFailure is True: FailedCreate, exceeded quota: q",
    ]);
  });
});

describe("the evidence of other objects", () => {
  it("says why a node is not ready, and that it is cordoned", () => {
    const node = read("Node", {
      spec: { unschedulable: true },
      status: {
        conditions: [
          { type: "MemoryPressure", status: "False", reason: "KubeletHasSufficientMemory" },
          { type: "Ready", status: "False", reason: "KubeletNotReady", message: "container runtime is down" },
        ],
      },
    });
    expect(objectEvidence(node, { container: "" }).facts).toEqual([
      "Ready is False: KubeletNotReady, container runtime is down",
      "is cordoned",
    ]);
  });

  it("says that a claim waits, why a Job failed, and nothing of an object without trouble", () => {
    const claim = read("PersistentVolumeClaim", { status: { phase: "Pending" } });
    expect(objectEvidence(claim, { container: "" }).facts).toEqual(["is Pending"]);
    const job = read("Job", {
      status: { conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] },
    });
    expect(objectEvidence(job, { container: "" }).facts).toEqual(["Failed is True: BackoffLimitExceeded"]);
    expect(objectEvidence(read("Namespace", {}), { container: "" }).facts).toEqual([]);
  });
});
