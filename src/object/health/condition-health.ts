import { type Condition, conditionOf } from "../condition.ts";
import type { InspectedState } from "../inspected.ts";
import { type Health, UNHEALTHY, UNKNOWN, wellSince } from "./health.ts";

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
