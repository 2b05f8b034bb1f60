import { describe, expect, it } from "vitest";

import {
  type HealthQuestion,
  healthOf,
  type ObjectState,
  readObjectState,
} from "../../../src/object/index.ts";
import { podState, RECORDED_AT } from "../recorded-pods.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const QUESTION: Omit<HealthQuestion, "proof"> = {
  now: RECORDED_AT,
  container: "",
  longestRunMs: 0,
  failedAt: 0,
  healthy: undefined,
};

function iso(at: number): string {
  return new Date(at).toISOString();
}

function read(kind: string, body: object): ObjectState {
  const state = readObjectState(kind, { metadata: {}, ...body });
  if (state === undefined) throw new Error("no state");
  return state;
}

describe("a recorded pod", () => {
  it("is not stable while it was killed 21 s ago, although it is ready", () => {
    const renderer = podState("reports", "renderer-5745d9d49-24d2r");
    expect(healthOf(renderer, { ...QUESTION, proof: "stable" })).toEqual({
      verdict: "waiting",
      since: Date.parse("2026-11-30T07:26:39Z"),
      until: Date.parse("2026-11-30T07:27:39Z"),
    });
    expect(
      healthOf(podState("reports", "renderer-5745d9d49-4pv7x"), { ...QUESTION, proof: "stable" }),
    ).toEqual({ verdict: "unhealthy" });
  });

  it("is not started while its image is missing, and is when all containers run", () => {
    const missing = podState("shop", "frontend-7b64c4bbfb-ftq2w");
    expect(healthOf(missing, { ...QUESTION, proof: "started" })).toEqual({ verdict: "unhealthy" });
    expect(healthOf(podState("shop", "db-0"), { ...QUESTION, proof: "started" })).toMatchObject({
      verdict: "healthy",
    });
  });

  it("is not ready while its probe fails, and is ready since its condition says so", () => {
    const failing = podState("search", "gateway-c465f8f47-8hvxt");
    expect(healthOf(failing, { ...QUESTION, proof: "ready" })).toEqual({ verdict: "unhealthy" });
    expect(healthOf(podState("shop", "db-0"), { ...QUESTION, proof: "ready" })).toEqual({
      verdict: "healthy",
      since: Date.parse("2026-11-30T07:25:04Z"),
    });
  });

  it("is not scheduled without a node", () => {
    expect(healthOf(podState("data", "cache-0"), { ...QUESTION, proof: "scheduled" })).toEqual({
      verdict: "unhealthy",
    });
    expect(healthOf(podState("shop", "db-0"), { ...QUESTION, proof: "scheduled" })).toMatchObject({
      verdict: "healthy",
    });
  });
});

describe("a container that crashed", () => {
  function pod(state: object, lastRun?: number, isReady = true, restartPolicy = "OnFailure"): ObjectState {
    const startedAt = RECORDED_AT - 10 * MINUTE;
    const terminated = {
      exitCode: 1,
      startedAt: iso(startedAt),
      finishedAt: iso(startedAt + (lastRun ?? 0)),
    };
    const lastState = lastRun === undefined ? {} : { terminated };
    return read("Pod", {
      spec: { restartPolicy, containers: [{ name: "app" }, { name: "sidecar" }] },
      status: {
        containerStatuses: [
          { name: "app", ready: isReady, state, lastState },
          { name: "sidecar", ready: false, state: { waiting: { reason: "CrashLoopBackOff" } } },
        ],
      },
    });
  }
  const stable = { ...QUESTION, proof: "stable", container: "app" } as const;
  const running = (agoMs: number): object => ({ running: { startedAt: iso(RECORDED_AT - agoMs) } });

  it("is stable when it runs twice as long as before, whatever its neighbour does", () => {
    expect(healthOf(pod(running(3 * MINUTE), 2 * MINUTE), stable)).toMatchObject({
      verdict: "waiting",
      until: RECORDED_AT + MINUTE,
    });
    expect(healthOf(pod(running(4 * MINUTE), 2 * MINUTE), stable)).toMatchObject({ verdict: "healthy" });
  });

  it("takes a command that could not be run for no run, although its time is that of 1970", () => {
    const lastState = {
      terminated: {
        exitCode: 128,
        reason: "StartError",
        startedAt: "1970-01-01T00:00:00Z",
        finishedAt: iso(RECORDED_AT - MINUTE),
      },
    };
    const status = { containerStatuses: [{ name: "app", ready: true, state: running(MINUTE), lastState }] };
    const state = read("Pod", { spec: { containers: [{ name: "app" }] }, status });
    expect(healthOf(state, stable)).toMatchObject({ verdict: "healthy" });
  });

  it("counts the longest run that was seen", () => {
    const question = { ...stable, longestRunMs: 4 * MINUTE };
    expect(healthOf(pod(running(5 * MINUTE), 2 * MINUTE), question)).toMatchObject({
      until: RECORDED_AT + 3 * MINUTE,
    });
  });

  it("needs a minute at least, and ten at most", () => {
    expect(healthOf(pod(running(59 * SECOND), SECOND), stable)).toMatchObject({ verdict: "waiting" });
    expect(healthOf(pod(running(MINUTE), SECOND), stable)).toMatchObject({ verdict: "healthy" });
    expect(healthOf(pod(running(10 * MINUTE), 60 * MINUTE), stable)).toMatchObject({ verdict: "healthy" });
  });

  it("is not stable while it waits, or while it is not ready", () => {
    expect(healthOf(pod({ waiting: { reason: "CrashLoopBackOff" } }, SECOND), stable)).toEqual({
      verdict: "unhealthy",
    });
    expect(healthOf(pod(running(20 * MINUTE), SECOND, false), stable)).toEqual({ verdict: "unhealthy" });
  });

  it("is over when it ended in order", () => {
    const ended = { terminated: { exitCode: 0, finishedAt: iso(RECORDED_AT - SECOND) } };
    expect(healthOf(pod(ended, SECOND, false), stable)).toEqual({
      verdict: "healthy",
      since: RECORDED_AT - SECOND,
    });
    const failed = { terminated: { exitCode: 3, finishedAt: iso(RECORDED_AT - SECOND) } };
    expect(healthOf(pod(failed, SECOND, false), stable)).toEqual({ verdict: "unhealthy" });
    // It is started again, and again ends in order.
    expect(healthOf(pod(ended, SECOND, false, "Always"), stable)).toEqual({ verdict: "unhealthy" });
  });

  it("that the pod does not have any more proves nothing", () => {
    expect(healthOf(pod(running(MINUTE)), { ...stable, container: "gone" })).toEqual({
      verdict: "unhealthy",
    });
  });
});

describe("a workload", () => {
  const available = { ...QUESTION, proof: "available" } as const;
  function deployment(spec: object, status: object, generation = 2): ObjectState {
    return read("Deployment", {
      metadata: { generation },
      spec: { replicas: 3, ...spec },
      status: { observedGeneration: 2, updatedReplicas: 3, readyReplicas: 3, ...status },
    });
  }

  it("is available when all its pods are ready and of the newest template", () => {
    const since = RECORDED_AT - MINUTE;
    const conditions = [{ type: "Available", status: "True", lastTransitionTime: iso(since) }];
    expect(healthOf(deployment({}, { conditions }), available)).toEqual({ verdict: "healthy", since });
    expect(healthOf(deployment({}, { readyReplicas: 2 }), available)).toEqual({ verdict: "unhealthy" });
    expect(healthOf(deployment({}, { updatedReplicas: 1 }), available)).toEqual({ verdict: "unhealthy" });
  });

  it("is available since its rollout was complete, when old pods served all the time", () => {
    const [begun, since] = [RECORDED_AT - 60 * MINUTE, RECORDED_AT - MINUTE];
    const progressing = (reason: string) => ({
      type: "Progressing",
      status: "True",
      reason,
      lastTransitionTime: iso(begun),
      lastUpdateTime: iso(since),
    });
    const served = { type: "Available", status: "True", lastTransitionTime: iso(begun) };
    const done = { conditions: [served, progressing("NewReplicaSetAvailable")] };
    expect(healthOf(deployment({}, done), available)).toEqual({ verdict: "healthy", since });
    const going = { conditions: [served, progressing("ReplicaSetUpdated")] };
    expect(healthOf(deployment({}, going), available)).toEqual({ verdict: "healthy", since: begun });
  });

  it("is not available while a new pod fails beside old ones that serve", () => {
    const surge = { replicas: 2, readyReplicas: 1, updatedReplicas: 1 };
    expect(healthOf(deployment({ replicas: 1 }, surge), available)).toEqual({ verdict: "unhealthy" });
    const held = { replicas: 1, paused: true };
    expect(healthOf(deployment(held, surge), available)).toEqual({ verdict: "unhealthy" });
    const both = { ...surge, readyReplicas: 2 };
    expect(healthOf(deployment(held, both), available)).toMatchObject({ verdict: "healthy" });
  });

  it("is not judged by a status that is older than its spec", () => {
    expect(healthOf(deployment({}, {}, 3), available)).toEqual({ verdict: "unhealthy" });
  });

  it("may keep old pods while a person holds the rollout", () => {
    const old = { updatedReplicas: 1 };
    expect(healthOf(deployment({ paused: true }, old), available)).toMatchObject({ verdict: "healthy" });
    const held = [
      { updateStrategy: { type: "OnDelete" } },
      { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } },
    ];
    for (const spec of held) {
      const body = { spec: { replicas: 3, ...spec }, status: { readyReplicas: 3, updatedReplicas: 1 } };
      expect(healthOf(read("StatefulSet", body), available)).toMatchObject({ verdict: "healthy" });
    }
  });

  it("that was scaled to nothing has no problem", () => {
    const status = { updatedReplicas: 0, readyReplicas: 0 };
    expect(healthOf(deployment({ replicas: 0 }, status), available)).toMatchObject({ verdict: "healthy" });
  });
});

describe("other objects", () => {
  const since = RECORDED_AT - MINUTE;
  const condition = (type: string, status: string): object => ({
    status: { conditions: [{ type, status, lastTransitionTime: iso(since) }] },
  });

  it("prove the end by their conditions, times and phases", () => {
    const cases: readonly [string, HealthQuestion["proof"], object, object][] = [
      ["Job", "complete", condition("Complete", "True"), condition("Failed", "True")],
      ["Node", "nodeReady", condition("Ready", "True"), condition("Ready", "Unknown")],
      ["PersistentVolumeClaim", "bound", { status: { phase: "Bound" } }, { status: { phase: "Pending" } }],
    ];
    for (const [kind, proof, well, ill] of cases) {
      expect(healthOf(read(kind, well), { ...QUESTION, proof })).toMatchObject({ verdict: "healthy" });
      expect(healthOf(read(kind, ill), { ...QUESTION, proof })).toEqual({ verdict: "unhealthy" });
    }
  });

  it("a CronJob has recovered only by a success after the failure", () => {
    const cronJob = read("CronJob", { status: { lastSuccessfulTime: iso(since) } });
    const question = { ...QUESTION, proof: "complete" } as const;
    expect(healthOf(cronJob, { ...question, failedAt: since - 1 })).toEqual({ verdict: "healthy", since });
    expect(healthOf(cronJob, { ...question, failedAt: since })).toEqual({ verdict: "unhealthy" });
  });

  it("an inspected object is judged by the condition that was named, when it speaks of the newest spec", () => {
    const question = { ...QUESTION, proof: "condition", healthy: { type: "Ready", status: "True" } } as const;
    const ready = condition("Ready", "True");
    expect(healthOf(read("Certificate", ready), question)).toEqual({ verdict: "healthy", since });
    expect(healthOf(read("Certificate", condition("Ready", "False")), question)).toEqual({
      verdict: "unhealthy",
    });
    expect(healthOf(read("Certificate", condition("Issuing", "True")), question)).toEqual({
      verdict: "unknown",
    });
    const stale = { metadata: { generation: 2 }, status: { observedGeneration: 1 } };
    expect(healthOf(read("Certificate", stale), question)).toEqual({ verdict: "unhealthy" });
  });

  it("an Argo CD application is judged by its health", () => {
    const question = {
      ...QUESTION,
      proof: "condition",
      healthy: { type: "Healthy", status: "True" },
    } as const;
    const application = (health: string): ObjectState =>
      read("Application", { status: { health: { status: health } } });
    expect(healthOf(application("Healthy"), question)).toMatchObject({ verdict: "healthy" });
    expect(healthOf(application("Degraded"), question)).toEqual({ verdict: "unhealthy" });
  });

  it("does not answer what objects of its kind cannot prove", () => {
    const pods = { ...QUESTION, proof: "nodeReady" } as const;
    expect(healthOf(podState("shop", "db-0"), pods)).toEqual({ verdict: "unknown" });
    expect(healthOf(read("Namespace", {}), { ...QUESTION, proof: "ready" })).toEqual({ verdict: "unknown" });
  });
});

describe("a node", () => {
  const AT = "2026-11-30T07:22:01Z";
  function node(conditions: Readonly<Record<string, string>>): ObjectState {
    return read("Node", {
      status: {
        conditions: Object.entries(conditions).map(([type, status]) => ({
          type,
          status,
          lastTransitionTime: AT,
        })),
      },
    });
  }
  const FINE = { Ready: "True", MemoryPressure: "False", DiskPressure: "False", PIDPressure: "False" };

  it("is without pressure when it says so of memory, disk and process ids", () => {
    expect(healthOf(node(FINE), { ...QUESTION, proof: "noPressure" })).toEqual({
      verdict: "healthy",
      since: Date.parse(AT),
    });
    expect(
      healthOf(node({ ...FINE, DiskPressure: "True" }), { ...QUESTION, proof: "noPressure" }),
    ).toMatchObject({ verdict: "unhealthy" });
    // A node that is lost: what it said last counts no longer.
    expect(
      healthOf(node({ ...FINE, MemoryPressure: "Unknown" }), { ...QUESTION, proof: "noPressure" }),
    ).toMatchObject({ verdict: "unhealthy" });
    expect(healthOf(node({ Ready: "True" }), { ...QUESTION, proof: "noPressure" })).toMatchObject({
      verdict: "unknown",
    });
  });

  it("is ready although it is under pressure", () => {
    expect(
      healthOf(node({ ...FINE, DiskPressure: "True" }), { ...QUESTION, proof: "nodeReady" }),
    ).toMatchObject({ verdict: "healthy" });
  });
});

describe("an autoscaler", () => {
  function autoscaler(able: string, active: string, reason = "ValidMetricFound"): ObjectState {
    const conditions = [
      { type: "AbleToScale", status: able, lastTransitionTime: iso(RECORDED_AT - 2 * MINUTE) },
      { type: "ScalingActive", status: active, reason, lastTransitionTime: iso(RECORDED_AT - MINUTE) },
    ];
    return read("HorizontalPodAutoscaler", { status: { conditions } });
  }

  it("is well when it finds its target and has metrics, since it has both", () => {
    expect(healthOf(autoscaler("True", "True"), { ...QUESTION, proof: "condition" })).toEqual({
      verdict: "healthy",
      since: RECORDED_AT - MINUTE,
    });
  });

  it("is not well without metrics or target, and is when its target is scaled to nothing", () => {
    for (const [able, active, reason, verdict] of [
      ["True", "False", "FailedGetResourceMetric", "unhealthy"],
      ["False", "True", "ValidMetricFound", "unhealthy"],
      ["True", "False", "ScalingDisabled", "healthy"],
    ] as const)
      expect(healthOf(autoscaler(able, active, reason), { ...QUESTION, proof: "condition" })).toMatchObject({
        verdict,
      });
  });
});

describe("a ReplicaSet", () => {
  function replicaSet(ready: number, observedGeneration: number): ObjectState {
    return read("ReplicaSet", {
      metadata: { generation: 2 },
      spec: { replicas: 3 },
      status: { readyReplicas: ready, observedGeneration },
    });
  }

  it("is available when it has all pods of its newest size", () => {
    expect(healthOf(replicaSet(3, 2), { ...QUESTION, proof: "available" })).toEqual({
      verdict: "healthy",
      since: undefined,
    });
    expect(healthOf(replicaSet(2, 2), { ...QUESTION, proof: "available" })).toMatchObject({
      verdict: "unhealthy",
    });
    expect(healthOf(replicaSet(3, 1), { ...QUESTION, proof: "available" })).toMatchObject({
      verdict: "unhealthy",
    });
  });
});
