import { z } from "zod";

import { type Condition, conditions } from "./condition.ts";
import { count, flag, listOf, optionalCount, part, word } from "./lenient.ts";
import { type Metadata, metadata } from "./metadata.ts";

/** Most images kept of one template. */
const MOST_IMAGES = 16;

/** The kept state of a Deployment, StatefulSet or DaemonSet: workloads whose pods run for ever. */
export interface WorkloadState extends Metadata {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
  readonly isPaused: boolean;
  /** `RollingUpdate`, `Recreate`, `OnDelete`; "" where none is written. */
  readonly strategy: string;
  /** The ordinal below which a StatefulSet's pods keep the old template; 0 for none, and for other kinds. */
  readonly partition: number;
  /** Pods as they should be. */
  readonly desired: number;
  /** Pods that are there, of any template: more than desired while a rollout goes on. */
  readonly pods: number;
  /** Pods of the newest template. */
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  /** The generation of the spec that the controller has acted on. */
  readonly observedGeneration: number;
  readonly images: readonly string[];
  readonly conditions: readonly Condition[];
}

/** The kept state of a ReplicaSet. */
export interface ReplicaSetState extends Metadata {
  readonly kind: "ReplicaSet";
  readonly images: readonly string[];
  readonly replicas: number;
  readonly ready: number;
  /** The generation of the spec that its controller has acted on. */
  readonly observedGeneration: number;
}

const template = part({ spec: part({ containers: listOf(z.object({ image: word }), MOST_IMAGES) }) });
const strategy = part({ type: word, rollingUpdate: part({ partition: count }) });

const replicated = part({
  metadata,
  spec: part({ replicas: optionalCount, paused: flag, strategy, updateStrategy: strategy, template }),
  status: part({
    observedGeneration: count,
    replicas: count,
    updatedReplicas: count,
    readyReplicas: count,
    availableReplicas: count,
    conditions,
  }),
});

function readReplicated(
  kind: "Deployment" | "StatefulSet",
  { metadata: common, spec, status }: z.output<typeof replicated>,
): WorkloadState {
  return {
    kind,
    ...common,
    isPaused: spec.paused,
    strategy: spec.strategy.type === "" ? spec.updateStrategy.type : spec.strategy.type,
    partition: spec.updateStrategy.rollingUpdate.partition,
    desired: spec.replicas ?? 1,
    pods: status.replicas,
    updated: status.updatedReplicas,
    ready: status.readyReplicas,
    available: status.availableReplicas,
    observedGeneration: status.observedGeneration,
    images: imagesIn(spec.template),
    conditions: status.conditions,
  };
}

/** Reads a Deployment, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/ */
export const deployment = replicated.transform((read) => readReplicated("Deployment", read));

/** Reads a StatefulSet, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/ */
export const statefulSet = replicated.transform((read) => readReplicated("StatefulSet", read));

/** Reads a DaemonSet, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/daemon-set-v1/ */
export const daemonSet = part({
  metadata,
  spec: part({ updateStrategy: strategy, template }),
  status: part({
    observedGeneration: count,
    desiredNumberScheduled: count,
    updatedNumberScheduled: count,
    numberReady: count,
    numberAvailable: count,
    conditions,
  }),
}).transform(({ metadata: common, spec, status }): WorkloadState => ({
  kind: "DaemonSet",
  ...common,
  isPaused: false,
  strategy: spec.updateStrategy.type,
  partition: 0,
  desired: status.desiredNumberScheduled,
  // Its status counts nodes, and so no pod beside another one.
  pods: status.desiredNumberScheduled,
  updated: status.updatedNumberScheduled,
  ready: status.numberReady,
  available: status.numberAvailable,
  observedGeneration: status.observedGeneration,
  images: imagesIn(spec.template),
  conditions: status.conditions,
}));

/** Reads a ReplicaSet, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/replica-set-v1/ */
export const replicaSet = part({
  metadata,
  spec: part({ replicas: optionalCount, template }),
  status: part({ readyReplicas: count, observedGeneration: count }),
}).transform(({ metadata: common, spec, status }): ReplicaSetState => ({
  kind: "ReplicaSet",
  ...common,
  images: imagesIn(spec.template),
  replicas: spec.replicas ?? 1,
  ready: status.readyReplicas,
  observedGeneration: status.observedGeneration,
}));

function imagesIn({ spec }: z.output<typeof template>): readonly string[] {
  return spec.containers.map(({ image }) => image);
}
