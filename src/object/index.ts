export type { Condition } from "./condition.ts";
export type { ContainerState, Termination } from "./container.ts";
export type { HealthyCondition } from "./health/condition-health.ts";
export { type HealthQuestion, healthOf } from "./health/health-of.ts";
export { type Health, type Proof, PROOFS } from "./health/health.ts";
export type { InspectedKind } from "./inspected-kind.ts";
export { type ObjectState, readObjectState } from "./object-state.ts";
