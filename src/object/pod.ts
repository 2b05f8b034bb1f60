import { type Condition, conditions } from "./condition.ts";
import {
  type ContainerState,
  containerSpecs,
  containerStatuses,
  containersOf,
  keptContainers,
} from "./container.ts";
import { listOf, part, sentence, word } from "./lenient.ts";
import { type Metadata, metadata } from "./metadata.ts";

/** Most volumes of a pod that are read, and most Secrets for its images. */
const MOST_VOLUMES = 256;
const MOST_PULL_SECRETS = 32;

/** All pods without any share one empty list, which saves memory. */
const NONE: readonly string[] = Object.freeze([]);

/** The kept state of a Pod. */
export interface PodState extends Metadata {
  readonly kind: "Pod";
  /** The name of its node; "" before it is scheduled. */
  readonly node: string;
  /** `Always`, `OnFailure`, `Never`: whether a container that ended is started again; "" where unknown. */
  readonly restartPolicy: string;
  /** `Pending`, `Running`, `Succeeded`, `Failed`. */
  readonly phase: string;
  /** `Evicted`, `NodeLost`; nearly always "". */
  readonly reason: string;
  readonly message: string;
  readonly conditions: readonly Condition[];
  /** The names of the volume claims that it mounts. */
  readonly claims: readonly string[];
  /** The names of the Secrets that its images are pulled with. */
  readonly pullSecrets: readonly string[];
  /** Init containers first. Of very many only some, and those that are not well are among them. */
  readonly containers: readonly ContainerState[];
}

/** Reads a Pod, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
export const pod = part({
  metadata,
  spec: part({
    nodeName: word,
    restartPolicy: word,
    containers: containerSpecs,
    initContainers: containerSpecs,
    volumes: listOf(part({ persistentVolumeClaim: part({ claimName: word }) }), MOST_VOLUMES),
    imagePullSecrets: listOf(part({ name: word }), MOST_PULL_SECRETS),
  }),
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
  restartPolicy: spec.restartPolicy,
  phase: status.phase,
  reason: status.reason,
  message: status.message,
  conditions: status.conditions,
  claims: namesOf(spec.volumes.map(({ persistentVolumeClaim }) => persistentVolumeClaim.claimName)),
  pullSecrets: namesOf(spec.imagePullSecrets.map(({ name }) => name)),
  containers: keptContainers([
    ...containersOf(spec.initContainers, status.initContainerStatuses, true),
    ...containersOf(spec.containers, status.containerStatuses, false),
  ]),
}));

function namesOf(names: readonly string[]): readonly string[] {
  const given = names.filter((name) => name !== "");
  return given.length === 0 ? NONE : given;
}
