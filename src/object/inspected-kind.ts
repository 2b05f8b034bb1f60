import type { HealthyCondition } from "./health/condition-health.ts";

/** A kind whose conditions say whether its objects are well: one entry of `kubernetes.inspect`. */
export interface InspectedKind {
  /** `longhorn.io`. */
  readonly group: string;
  /** Its name in paths, in the plural: `nodes`. */
  readonly resource: string;
  readonly kind: string;
  readonly healthy: HealthyCondition;
}
