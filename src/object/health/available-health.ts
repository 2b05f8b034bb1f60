import { conditionOf } from "../condition.ts";
import type { ReplicaSetState, WorkloadState } from "../workload.ts";
import { type Health, UNHEALTHY, wellSince } from "./health.ts";

/**
 * The workload has all its pods, of its newest template, and no other that is not ready. A rollout that a person holds (paused, OnDelete, a partition)
 * is no fault. So is a workload that was scaled to nothing: its problem is over, although nothing serves.
 */
export function availableHealth(workload: WorkloadState, now: number): Health {
  if (workload.observedGeneration < workload.generation) return UNHEALTHY;
  // A new pod that fails beside old ones which serve is one too many, and not ready.
  if (workload.ready < Math.max(workload.desired, workload.pods)) return UNHEALTHY;
  if (!isHeld(workload) && workload.updated < workload.desired) return UNHEALTHY;
  const available = conditionOf(workload, "Available");
  return available?.status === "False" ? UNHEALTHY : wellSince(available?.since, now);
}

/** The ReplicaSet has all its pods; since when, it does not say. */
export function replicasHealth({ generation, observedGeneration, ready, replicas }: ReplicaSetState): Health {
  return observedGeneration < generation || ready < replicas
    ? UNHEALTHY
    : { verdict: "healthy", since: undefined };
}

/** Whether old pods may stay beside a new template for as long as a person wants. */
function isHeld({ isPaused, strategy, partition }: WorkloadState): boolean {
  return isPaused || strategy === "OnDelete" || partition > 0;
}
