import type { AutoscalerState } from "../autoscaler.ts";
import { type Condition, conditionOf } from "../condition.ts";
import type { InspectedState } from "../inspected.ts";
import type { NodeState } from "../node.ts";
import { type Health, laterOf, UNHEALTHY, UNKNOWN, wellSince } from "./health.ts";

/** The status that one condition has on an object that is well. */
export interface HealthyCondition {
  readonly type: string;
  readonly status: string;
}

/** The condition is as it is on a healthy object; an object without it says nothing. */
export function conditionHealth(
  object: { readonly conditions: readonly Condition[] },
  { type, status }: HealthyCondition,
  now: number,
): Health {
  const condition = conditionOf(object, type);
  if (condition === undefined) return UNKNOWN;
  return condition.status === status ? wellSince(condition.since, now) : UNHEALTHY;
}

/** As `conditionHealth`; conditions that speak of an older spec prove nothing. */
export function inspectedHealth(object: InspectedState, healthy: HealthyCondition, now: number): Health {
  const { generation, observedGeneration = generation, health } = object;
  if (observedGeneration < generation) return UNHEALTHY;
  if (healthy.type === "Healthy" && health !== "")
    return health === "Healthy" ? wellSince(undefined, now) : UNHEALTHY;
  return conditionHealth(object, healthy, now);
}

/** Pressures of a node, https://kubernetes.io/docs/reference/node/node-status/#condition */
const PRESSURES = ["MemoryPressure", "DiskPressure", "PIDPressure"] as const;

/** The node has enough memory, disk and process ids; one that does not say so of each says nothing. */
export function pressureHealth(node: NodeState, now: number): Health {
  return allOf(
    PRESSURES.map((type) => conditionHealth(node, { type, status: "False" }, now)),
    now,
  );
}

/**
 * The autoscaler finds its target and has metrics to go by. It also says that it does not scale while its target is
 * scaled to nothing, which is no fault.
 */
export function autoscalerHealth(autoscaler: AutoscalerState, now: number): Health {
  const active = conditionOf(autoscaler, "ScalingActive");
  const metrics =
    active?.reason === "ScalingDisabled"
      ? wellSince(active.since, now)
      : conditionHealth(autoscaler, { type: "ScalingActive", status: "True" }, now);
  return allOf([conditionHealth(autoscaler, { type: "AbleToScale", status: "True" }, now), metrics], now);
}

/** The health of an object that has to be well in several ways; well since the last of them. */
function allOf(healths: readonly Health[], now: number): Health {
  const worst = healths.find(({ verdict }) => verdict === "unhealthy" || verdict === "unknown");
  if (worst !== undefined) return worst;
  const since = healths.map((health) => ("since" in health ? health.since : undefined));
  return wellSince(since.reduce(laterOf, undefined), now);
}
