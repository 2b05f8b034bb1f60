/** A word that people take for the reason of an Event. */
interface Mistaken {
  /** Its true nature. */
  readonly is: string;
  /** The way to hear of the same. */
  readonly instead: string;
  /** Whether other programs may write an Event of this reason, so that it is wrong only where a kubelet is meant. */
  readonly isCommon?: true;
}

const PULL =
  "an image that cannot be pulled is BackOff with message: { contains: Back-off pulling }, or Failed; builtin rule image-pull-failing";
const START = "what keeps a container from starting is Failed, with the cause in its message";
const CONDITION = "a condition of a Node";
const NOT_READY = "a Node that stops answering is NodeNotReady";
const PHASE = {
  is: "a phase of a Pod",
  instead: "no Event says it; set it by state: { phase: … }",
  isCommon: true,
} as const;

/**
 * States of containers, pods, nodes and Deployments that no Event has as its reason, as `kubectl get` shows them
 * (k8s.io/kubernetes v1.36.3: pkg/kubelet/kuberuntime, pkg/kubelet/images/types.go, pkg/printers/internalversion).
 */
const MISTAKEN: ReadonlyMap<string, Mistaken> = new Map<string, Mistaken>([
  [
    "CrashLoopBackOff",
    {
      is: "a state of a container",
      instead:
        "a crash loop is BackOff with message: { contains: Back-off restarting }; builtin rule crash-loop",
    },
  ],
  ...["ImagePullBackOff", "ErrImagePull", "RegistryUnavailable"].map(
    (word) => [word, { is: "a state of a container", instead: PULL }] as const,
  ),
  ...["InvalidImageName", "ImageInspectError"].map(
    (word) =>
      [
        word,
        { is: "a state of a container", instead: "write InspectFailed; builtin rule image-pull-failing" },
      ] as const,
  ),
  [
    "CreateContainerConfigError",
    {
      is: "a state of a container",
      instead:
        "a missing Secret or ConfigMap is Failed with the cause in its message; builtin rule container-config-error",
    },
  ],
  ...["CreateContainerError", "RunContainerError", "StartError", "ContainerCannotRun"].map(
    (word) =>
      [
        word,
        { is: "a state of a container", instead: `${START}; builtin rule container-start-failing` },
      ] as const,
  ),
  ...["PreStartHookError", "PostStartHookError"].map(
    (word) => [word, { is: "a state of a container", instead: "write FailedPostStartHook" }] as const,
  ),
  [
    "OOMKilled",
    {
      is: "the end of a container",
      instead:
        "no Event says so; ask by state: { container: { lastTerminated: { reason: OOMKilled } } }, as the builtin rule container-oom-killed does",
    },
  ],
  [
    "ContainerStatusUnknown",
    { is: "the end of a container", instead: "no Event says so; ask by state: { container: … }" },
  ],
  [
    "Error",
    {
      is: "the end of a container",
      instead:
        "no Event says that one ended with an error; repeated ends are BackOff, builtin rule crash-loop, or each of them container-restarted",
      isCommon: true,
    },
  ],
  ...["Pending", "Running", "Succeeded", "Unknown"].map((word) => [word, PHASE] as const),
  ...["ContainerCreating", "PodInitializing", "Terminating"].map(
    (word) =>
      [word, { is: "a state that kubectl shows", instead: "no Event says so", isCommon: true }] as const,
  ),
  [
    "Unschedulable",
    {
      is: "a condition of a Pod",
      instead: "write FailedScheduling; builtin rule pod-unschedulable",
      isCommon: true,
    },
  ],
  [
    "NotReady",
    {
      is: "a condition",
      instead: `${NOT_READY}, a pod that its probe finds unready is Unhealthy`,
      isCommon: true,
    },
  ],
  ...["NodeStatusUnknown", "KubeletNotReady", "NodeLost"].map(
    (word) => [word, { is: CONDITION, instead: NOT_READY }] as const,
  ),
  ["MemoryPressure", { is: CONDITION, instead: "write NodeHasInsufficientMemory" }],
  ["DiskPressure", { is: CONDITION, instead: "write NodeHasDiskPressure" }],
  ["PIDPressure", { is: CONDITION, instead: "write NodeHasInsufficientPID" }],
  ...["ProgressDeadlineExceeded", "MinimumReplicasUnavailable"].map(
    (word) =>
      [
        word,
        {
          is: "a condition of a Deployment",
          instead:
            "no Event says so; match what stops its pods, such as FailedCreate, FailedScheduling or BackOff",
        },
      ] as const,
  ),
  ["ReplicaFailure", { is: "a condition of a Deployment", instead: "write FailedCreate, of its ReplicaSet" }],
  [
    "DeploymentRollback",
    {
      is: "written only for an annotation of old clients",
      instead:
        "no Event says that kubectl rollout undo or helm rolled back: for them it is ScalingReplicaSet, as for every rollout",
    },
  ],
  [
    "Rollback",
    {
      is: "no reason of Kubernetes",
      instead: "no Event says that a Deployment was rolled back",
      isCommon: true,
    },
  ],
]);

/** Components that could be meant where a state is taken for a reason. */
const KUBERNETES = new Set(["kubelet", "deployment-controller", "replicaset-controller", "node-controller"]);

/** The kinds and components that a pattern names beside the reason, as far as it gives plain values. */
export interface ReasonContext {
  readonly kinds?: ReadonlySet<string> | undefined;
  readonly components?: ReadonlySet<string> | undefined;
}

/** Says in words that no Event has this reason, and what to write instead; undefined for any other reason. */
export function noSuchReason(reason: string, { kinds, components }: ReasonContext = {}): string | undefined {
  const found = MISTAKEN.get(reason);
  if (found === undefined) return undefined;
  if (components !== undefined && KUBERNETES.isDisjointFrom(components)) return undefined;
  const isMeant = kinds?.has("Pod") === true || kinds?.has("Node") === true;
  if (found.isCommon === true && !isMeant) return undefined;
  return `${reason} is ${found.is}, not the reason of an Event: ${found.instead}`;
}
