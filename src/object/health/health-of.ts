import type { ObjectState } from "../object-state.ts";
import type { PodState } from "../pod.ts";
import { availableHealth, replicasHealth } from "./available-health.ts";
import {
  autoscalerHealth,
  conditionHealth,
  type HealthyCondition,
  inspectedHealth,
  pressureHealth,
} from "./condition-health.ts";
import { type Health, type Proof, UNHEALTHY, UNKNOWN, wellSince } from "./health.ts";
import { cronJobHealth, jobHealth } from "./job-health.ts";
import {
  readyHealth,
  scheduledHealth,
  stableHealth,
  startedHealth,
  type StableQuestion,
} from "./pod-health.ts";

/** A question about the state of an object. */
export interface HealthQuestion extends StableQuestion {
  readonly proof: Proof;
  /** The newest failure, for a CronJob: only a success after it counts. */
  readonly failedAt: number;
  /** Of a kind that `kubernetes.inspect` names; undefined for others. */
  readonly healthy: HealthyCondition | undefined;
}

/** Whether the state of an object proves that a problem is over. */
export function healthOf(state: ObjectState, question: HealthQuestion): Health {
  return JUDGES[question.proof](state, question);
}

type Judge = (state: ObjectState, question: HealthQuestion) => Health;

const JUDGES: Readonly<Record<Proof, Judge>> = {
  started: ofPod((pod, { now }) => startedHealth(pod, now)),
  scheduled: ofPod((pod, { now }) => scheduledHealth(pod, now)),
  ready: ofPod((pod, { now }) => readyHealth(pod, now)),
  stable: ofPod(stableHealth),
  available: (state, { now }) => {
    if (state.kind === "ReplicaSet") return replicasHealth(state);
    return "desired" in state && "ready" in state ? availableHealth(state, now) : UNKNOWN;
  },
  complete: (state, { now, failedAt }) => {
    if (state.kind === "Job") return jobHealth(state, now);
    return state.kind === "CronJob" ? cronJobHealth(state, failedAt, now) : UNKNOWN;
  },
  bound: (state, { now }) => {
    if (state.kind !== "PersistentVolumeClaim" && state.kind !== "PersistentVolume") return UNKNOWN;
    return state.phase === "Bound" ? wellSince(undefined, now) : UNHEALTHY;
  },
  nodeReady: (state, { now }) =>
    state.kind === "Node" ? conditionHealth(state, { type: "Ready", status: "True" }, now) : UNKNOWN,
  noPressure: (state, { now }) => (state.kind === "Node" ? pressureHealth(state, now) : UNKNOWN),
  condition: (state, { now, healthy }) => {
    if (state.kind === "HorizontalPodAutoscaler") return autoscalerHealth(state, now);
    return state.kind === "inspected" && healthy !== undefined
      ? inspectedHealth(state, healthy, now)
      : UNKNOWN;
  },
};

/** A judge of pods; other objects do not have its proof. */
function ofPod(judge: (pod: PodState, question: HealthQuestion) => Health): Judge {
  return (state, question) => (state.kind === "Pod" ? judge(state, question) : UNKNOWN);
}
