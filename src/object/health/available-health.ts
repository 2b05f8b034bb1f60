import { conditionOf } from "../condition.ts";
import type { ReplicaSetState, WorkloadState } from "../workload.ts";
import { type Health, laterOf, UNHEALTHY, wellSince } from "./health.ts";

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
  if (available?.status === "False") return UNHEALTHY;
  return wellSince(laterOf(available?.since, rolledOutAt(workload)), now);
}

/**
 * When the newest rollout of a Deployment was complete. One that fails beside pods that serve leaves `Available` as it
 * is, so that this alone dates its end (kubernetes, pkg/controller/deployment/progress.go, syncRolloutStatus).
 */
function rolledOutAt(workload: WorkloadState): number | undefined {
  const progressing = conditionOf(workload, "Progressing");
  return progressing?.reason === "NewReplicaSetAvailable" ? progressing.updatedAt : undefined;
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
