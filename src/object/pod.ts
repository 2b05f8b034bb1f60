import { type Condition, conditions } from "./condition.ts";
import {
  type ContainerState,
  containerSpecs,
  containerStatuses,
  containersOf,
  keptContainers,
} from "./container.ts";
import { part, sentence, word } from "./lenient.ts";
import { type Metadata, metadata } from "./metadata.ts";

/** The kept state of a Pod. */
export interface PodState extends Metadata {
  readonly kind: "Pod";
  /** The name of its node; "" before it is scheduled. */
  readonly node: string;
  /** `Pending`, `Running`, `Succeeded`, `Failed`. */
  readonly phase: string;
  /** `Evicted`, `NodeLost`; nearly always "". */
  readonly reason: string;
  readonly message: string;
  readonly conditions: readonly Condition[];
  /** Init containers first. Of very many only some, and those that are not well are among them. */
  readonly containers: readonly ContainerState[];
}

/** Reads a Pod, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
export const pod = part({
  metadata,
  spec: part({ nodeName: word, containers: containerSpecs, initContainers: containerSpecs }),
  status: part({
    phase: word,
    reason: word,
    message: sentence,
    conditions,
    containerStatuses,
    initContainerStatuses: containerStatuses,
  }),
}).transform(({ metadata: common, spec, status }): PodState => ({
  kind: "Pod",
  ...common,
  node: spec.nodeName,
  phase: status.phase,
  reason: status.reason,
  message: status.message,
  conditions: status.conditions,
  containers: keptContainers([
    ...containersOf(spec.initContainers, status.initContainerStatuses, true),
    ...containersOf(spec.containers, status.containerStatuses, false),
  ]),
}));
