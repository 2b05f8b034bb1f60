import { type Condition, conditions } from "./condition.ts";
import { count, part } from "./lenient.ts";
import { type Metadata, metadata } from "./metadata.ts";

/** The kept state of a HorizontalPodAutoscaler. */
export interface AutoscalerState extends Metadata {
  readonly kind: "HorizontalPodAutoscaler";
  /** Pods. */
  readonly current: number;
  readonly desired: number;
  readonly most: number;
  /** `AbleToScale`, `ScalingActive`, `ScalingLimited`. */
  readonly conditions: readonly Condition[];
}

/**
 * Reads a HorizontalPodAutoscaler of autoscaling/v2,
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
 */
export const autoscaler = part({
  metadata,
  spec: part({ maxReplicas: count }),
  status: part({ currentReplicas: count, desiredReplicas: count, conditions }),
}).transform(({ metadata: common, spec, status }): AutoscalerState => ({
  kind: "HorizontalPodAutoscaler",
  ...common,
  current: status.currentReplicas,
  desired: status.desiredReplicas,
  most: spec.maxReplicas,
  conditions: status.conditions,
}));
