import { SECOND, START } from "./event-sketch.ts";
import type { Found } from "./object-states.ts";

type Body = Exclude<Found, string>;

/** A time of the API, from seconds after the start. */
export function timeAt(second: number): string {
  return new Date(START + second * SECOND).toISOString();
}

/** The part of a pod that a test gives; seconds from the start. */
export interface PodSketch {
  readonly uid?: string;
  readonly created?: number;
  readonly deleted?: number;
  readonly owner?: string;
  readonly node?: string;
  readonly mirrorOf?: string;
  /** Since when its container runs; undefined while it waits. */
  readonly running?: number;
  /** Since when it is ready. */
  readonly ready?: number;
  readonly restarts?: number;
  /** The reason for which its container waits. */
  readonly waiting?: string;
  readonly container?: string;
}

/** A Pod with one container. */
export function podBody(sketch: PodSketch = {}): Body {
  const { container = "app", running, ready, waiting = "CrashLoopBackOff" } = sketch;
  const state =
    running === undefined ? { waiting: { reason: waiting } } : { running: { startedAt: timeAt(running) } };
  return {
    metadata: {
      ...metadataOf(sketch),
      ...(sketch.mirrorOf === undefined
        ? {}
        : { annotations: { "kubernetes.io/config.mirror": sketch.mirrorOf } }),
    },
    spec: { nodeName: sketch.node ?? "node-1", containers: [{ name: container, image: "registry/app:1" }] },
    status: {
      phase: running === undefined ? "Pending" : "Running",
      conditions: [
        {
          type: "Ready",
          status: ready === undefined ? "False" : "True",
          lastTransitionTime: timeAt(ready ?? 0),
        },
      ],
      containerStatuses: [
        { name: container, ready: ready !== undefined, restartCount: sketch.restarts ?? 0, state },
      ],
    },
  };
}

/** The part of a workload that a test gives. */
export interface WorkloadSketch {
  readonly uid?: string;
  readonly created?: number;
  readonly desired?: number;
  readonly ready?: number;
  readonly updated?: number;
  /** Since when it is available. */
  readonly available?: number;
}

/** A Deployment. */
export function deploymentBody(sketch: WorkloadSketch = {}): Body {
  const { desired = 1, ready = desired, updated = desired, available } = sketch;
  return {
    metadata: { ...metadataOf(sketch), generation: 1 },
    spec: { replicas: desired },
    status: {
      observedGeneration: 1,
      readyReplicas: ready,
      updatedReplicas: updated,
      availableReplicas: ready,
      conditions:
        available === undefined
          ? []
          : [{ type: "Available", status: "True", lastTransitionTime: timeAt(available) }],
    },
  };
}

/** A Node that is ready since a second; not ready when that is undefined. */
export function nodeBody(ready: number | undefined, uid = "uid-node"): Body {
  const condition = {
    type: "Ready",
    status: ready === undefined ? "Unknown" : "True",
    lastTransitionTime: timeAt(ready ?? 0),
  };
  return { metadata: metadataOf({ uid }), status: { conditions: [condition] } };
}

/** A Job that is complete since a second; still running when that is undefined. */
export function jobBody(complete: number | undefined, uid = "uid-job"): Body {
  const conditions =
    complete === undefined
      ? []
      : [{ type: "Complete", status: "True", lastTransitionTime: timeAt(complete) }];
  return { metadata: metadataOf({ uid }), status: { succeeded: conditions.length, conditions } };
}

function metadataOf(sketch: {
  readonly uid?: string;
  readonly created?: number;
  readonly deleted?: number;
  readonly owner?: string;
}): object {
  const { uid = "uid-1", created = -3600, deleted, owner } = sketch;
  const [kind, name] = owner?.split("/") ?? [];
  return {
    uid,
    creationTimestamp: timeAt(created),
    ...(deleted === undefined ? {} : { deletionTimestamp: timeAt(deleted) }),
    ...(owner === undefined ? {} : { ownerReferences: [{ controller: true, kind, name }] }),
  };
}
