import { conditionOf } from "../condition.ts";
import type { WorkloadState } from "../workload.ts";
import { type Health, UNHEALTHY, wellSince } from "./health.ts";

/**
 * The workload has all its pods, of its newest template. A rollout that a person holds (paused, OnDelete, a partition)
 * is no fault. So is a workload that was scaled to nothing: its problem is over, although nothing serves.
 */
export function availableHealth(workload: WorkloadState, now: number): Health {
  if (workload.observedGeneration < workload.generation) return UNHEALTHY;
  if (workload.ready < workload.desired) return UNHEALTHY;
  if (!isHeld(workload) && workload.updated < workload.desired) return UNHEALTHY;
  const available = conditionOf(workload, "Available");
  return available?.status === "False" ? UNHEALTHY : wellSince(available?.since, now);
}

/** Whether old pods may stay beside a new template for as long as a person wants. */
function isHeld({ isPaused, strategy, partition }: WorkloadState): boolean {
  return isPaused || strategy === "OnDelete" || partition > 0;
}
