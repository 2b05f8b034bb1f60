import type { z } from "zod";

import { type AutoscalerState, autoscaler } from "./autoscaler.ts";
import { type InspectedState, inspected } from "./inspected.ts";
import { type CronJobState, cronJob, type JobState, job } from "./job.ts";
import { type NamespaceState, namespace } from "./namespace.ts";
import { type NodeState, node } from "./node.ts";
import { type PodState, pod } from "./pod.ts";
import { type ClaimState, claim, type VolumeState, volume } from "./storage.ts";
import {
  daemonSet,
  deployment,
  replicaSet,
  type ReplicaSetState,
  statefulSet,
  type WorkloadState,
} from "./workload.ts";

/** The kept state of an object that the API server has. */
export type ObjectState =
  | AutoscalerState
  | ClaimState
  | CronJobState
  | InspectedState
  | JobState
  | NamespaceState
  | NodeState
  | PodState
  | ReplicaSetState
  | VolumeState
  | WorkloadState;

/** The schema of each kind. Fields that it does not name are dropped with the answer: `env`, `args`, annotations. */
const SCHEMAS: ReadonlyMap<string, z.ZodType<ObjectState>> = new Map<string, z.ZodType<ObjectState>>([
  ["CronJob", cronJob],
  ["DaemonSet", daemonSet],
  ["Deployment", deployment],
  ["HorizontalPodAutoscaler", autoscaler],
  ["Job", job],
  ["Namespace", namespace],
  ["Node", node],
  ["PersistentVolume", volume],
  ["PersistentVolumeClaim", claim],
  ["Pod", pod],
  ["ReplicaSet", replicaSet],
  ["StatefulSet", statefulSet],
]);

/**
 * Reads an answer of the API server. A field that is missing, or of another type, reads as empty, for a status is
 * written by others.
 *
 * @param kind Of the object that was asked for; a kind without a schema is read by its conditions.
 * @returns Undefined when the answer is not one object.
 */
export function readObjectState(kind: string, body: unknown): ObjectState | undefined {
  if (typeof body !== "object" || body === null || !("metadata" in body)) return undefined;
  return (SCHEMAS.get(kind) ?? inspected).parse(body);
}
