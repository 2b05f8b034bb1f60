import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";

/** A problem of the scene: Events of one reason on some objects. */
interface Trouble {
  readonly reason: string;
  readonly component: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly names: readonly string[];
  readonly container?: string;
  readonly message: (name: string) => string;
  /** Since how many minutes. */
  readonly minutes: number;
  readonly count: number;
  readonly type?: "Normal" | "Warning";
  readonly host?: string;
}

/** Text that must stay text, and must give no command. */
export const HOSTILE_MESSAGE =
  '<img src=x onerror="document.title=1"><script>document.title=2</script> $(reboot) `reboot` {{ .Secret }} ' +
  `${HOSTILE_TEXTS["right-to-left override"]} ${HOSTILE_TEXTS["five scripts"]}`;

const backOff = (name: string): string =>
  `Back-off restarting failed container api in pod ${name}_checkout(de201976-95ab-4fdd-8d6a-3741055ec380)`;

/** One night: 21 alerts of ten kinds, one of them a critical cause, one with hostile texts. */
const NIGHT: readonly Trouble[] = [
  {
    reason: "NodeNotReady",
    component: "node-controller",
    kind: "Node",
    names: ["node-3"],
    minutes: 13,
    count: 1,
    type: "Normal",
    message: (name) => `Node ${name} status is now: NodeNotReady`,
  },
  {
    reason: "BackOff",
    component: "kubelet",
    kind: "Pod",
    namespace: "checkout",
    container: "api",
    minutes: 40,
    count: 255,
    host: "node-1",
    names: [
      "checkout-api-6d7f8c9b54-c559x",
      "checkout-api-6d7f8c9b54-c659x",
      "checkout-api-6d7f8c9b54-c759x",
      "checkout-api-6d7f8c9b54-c859x",
      "checkout-api-6d7f8c9b54-c5899",
    ],
    message: backOff,
  },
  {
    reason: "BackOff",
    component: "kubelet",
    kind: "Pod",
    namespace: "payments",
    container: "worker",
    minutes: 56,
    count: 234,
    host: "node-2",
    names: ["payments-worker-7b9d8c6f5d-x2x9k", "payments-worker-7b9d8c6f5d-p4v7q"],
    message: (name) => backOff(name).replace("checkout", "payments"),
  },
  {
    reason: "BackOff",
    component: "kubelet",
    kind: "Pod",
    namespace: "platform",
    container: "controller",
    minutes: 21,
    count: 246,
    host: "node-3",
    names: ["ingress-nginx-controller-5f6d7c8b9-zk2tj"],
    message: (name) => backOff(name).replace("checkout", "platform"),
  },
  {
    reason: "FailedScheduling",
    component: "default-scheduler",
    kind: "Pod",
    namespace: "batch",
    minutes: 5,
    count: 72,
    names: [
      "nightly-report-28980-x8d2c",
      "nightly-report-28981-x8c2c",
      "nightly-report-28982-x8f2c",
      "nightly-report-28983-x8e2c",
    ],
    message: () =>
      "0/12 nodes are available: 4 node(s) had untolerated taint {node.kubernetes.io/unreachable: }, 8 Insufficient memory. preemption: 0/12 nodes are available.",
  },
  {
    reason: "FailedGetResourceMetric",
    component: "horizontal-pod-autoscaler",
    kind: "HorizontalPodAutoscaler",
    namespace: "shop",
    minutes: 70,
    count: 592,
    names: ["search", "web", "cart"],
    message: () =>
      "failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API",
  },
  {
    reason: "FailedMount",
    component: "kubelet",
    kind: "Pod",
    namespace: "data",
    minutes: 14,
    count: 216,
    host: "node-2",
    names: ["postgres-0", "postgres-1"],
    message: () =>
      'MountVolume.MountDevice failed for volume "pvc-1d9f" : rpc error: code = DeadlineExceeded desc = context deadline exceeded',
  },
  {
    reason: "ProvisioningFailed",
    component: "persistentvolume-controller",
    kind: "PersistentVolumeClaim",
    namespace: "data",
    minutes: 33,
    count: 23,
    names: ["export-scratch"],
    message: () => 'storageclass.storage.k8s.io "premium" not found',
  },
  {
    reason: "Failed",
    component: "kubelet",
    kind: "Pod",
    namespace: "catalogue",
    container: "web",
    minutes: 31,
    count: 1038,
    host: "node-1",
    names: ["catalog-web-d2958f6b9c-d9d78"],
    message: () => "Error: ImagePullBackOff",
  },
  {
    reason: "BackoffLimitExceeded",
    component: "job-controller",
    kind: "Job",
    namespace: "batch",
    minutes: 36,
    count: 1,
    names: ["invoice-export-28977", "ledger-close-28977"],
    message: () => "Job has reached the specified backoff limit",
  },
  {
    reason: "FailedCreate",
    component: "replicaset-controller",
    kind: "ReplicaSet",
    namespace: "payments",
    minutes: 48,
    count: 406,
    names: ["payments-api-584c468845"],
    message: (name) =>
      `Error creating: pods "${name}-cdzqb" is forbidden: exceeded quota: team-quota, requested: pods=1, used: pods=3, limited: pods=3`,
  },
  {
    reason: "FailedDaemonPod",
    component: "daemonset-controller",
    kind: "DaemonSet",
    namespace: "shop",
    minutes: 9,
    count: 3,
    names: ["log-shipper"],
    message: () => `Found failed daemon pod shop/log-shipper-649m2 on node node-2, will try to kill it`,
  },
  {
    reason: "SyncLoadBalancerFailed",
    component: "service-controller",
    kind: "Service",
    namespace: "shop",
    minutes: 26,
    count: 9,
    names: ["storefront"],
    message: () => HOSTILE_MESSAGE,
  },
  {
    reason: "Rebooted",
    component: "kubelet",
    kind: "Node",
    names: ["node-7"],
    minutes: 25,
    count: 1,
    message: () => "Node node-7 has been rebooted, boot id: 7d3c1f0e-5a52-4b0e-9f0f-3c6f4f2c9b11",
  },
];

/** Pods of ReplicaSets of Deployments, as their names say. */
const REPLICA = /^(?<deployment>.+)-(?<hash>[0-9a-z]{8,10})-[0-9a-z]{5}$/u;

/** By these Events the bridge knows the owners of pods without asking for them. */
function ownerEvents(now: number): readonly object[] {
  const pods = NIGHT.filter(({ kind }) => kind === "Pod").flatMap(({ namespace = "", names }) =>
    names.map((pod) => ({ pod, namespace, ...REPLICA.exec(pod)?.groups })),
  );
  const owned = pods.filter(
    (pod): pod is typeof pod & { deployment: string; hash: string } => "deployment" in pod && "hash" in pod,
  );
  const base = { minutes: 75, count: 1, type: "Normal" } as const;
  return owned.flatMap(({ pod, namespace, deployment, hash }, place) => {
    const set = `${deployment}-${hash}`;
    const scaled: Trouble = {
      ...base,
      reason: "ScalingReplicaSet",
      component: "deployment-controller",
      kind: "Deployment",
      namespace,
      names: [],
      message: () => `Scaled up replica set ${set} from 0 to 5`,
    };
    const created: Trouble = {
      ...base,
      reason: "SuccessfulCreate",
      component: "replicaset-controller",
      kind: "ReplicaSet",
      namespace,
      names: [],
      message: () => `Created pod: ${pod}`,
    };
    return [
      {
        ...toEvent(scaled, { name: deployment, place, now }),
        metadata: { name: `${set}.${place}`, namespace },
      },
      { ...toEvent(created, { name: set, place, now }), metadata: { name: `${pod}.created`, namespace } },
    ];
  });
}

/** The Events of the night as core/v1 has them. @param now Epoch milliseconds. */
export function nightEvents(now: number): readonly object[] {
  const troubles = NIGHT.flatMap((trouble) =>
    trouble.names.map((name, place) => toEvent(trouble, { name, place, now })),
  );
  return [...ownerEvents(now), ...troubles];
}

/** One failed Job each, in forty namespaces. */
export function manyEvents(count: number, now: number): readonly object[] {
  return Array.from({ length: count }, (_, place) => {
    const trouble: Trouble = {
      reason: "BackoffLimitExceeded",
      component: "job-controller",
      kind: "Job",
      namespace: `team-${place % 40}`,
      minutes: place % 50,
      count: 1,
      names: [],
      message: (name) => `Job ${name} has reached the specified backoff limit`,
    };
    return toEvent(trouble, { name: `job-${String(place).padStart(5, "0")}`, place: 0, now });
  });
}

/** A further Event, which a rule takes for a new alert. */
export function newcomer(now: number): object {
  const trouble: Trouble = {
    reason: "BackoffLimitExceeded",
    component: "job-controller",
    kind: "Job",
    namespace: "batch",
    minutes: 0,
    count: 1,
    names: [],
    message: () => "Job has reached the specified backoff limit",
  };
  return toEvent(trouble, { name: "late-export-28999", place: 0, now });
}

/** The image of `catalog-web` is there at last. */
export function imageWasPulled(now: number): object {
  const trouble: Trouble = {
    reason: "Pulled",
    component: "kubelet",
    kind: "Pod",
    namespace: "catalogue",
    container: "web",
    type: "Normal",
    minutes: 0,
    count: 1,
    names: [],
    message: () => "Successfully pulled image",
  };
  return toEvent(trouble, { name: "catalog-web-d2958f6b9c-d9d78", place: 0, now });
}

function toEvent(
  {
    reason,
    component,
    kind,
    namespace = "",
    container,
    minutes,
    count,
    message,
    type = "Warning",
    host = "",
  }: Trouble,
  { name, place, now }: { readonly name: string; readonly place: number; readonly now: number },
): object {
  const at = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000", "");
  const first = now - minutes * 60_000 + place * 9000;
  const last = Math.max(first, count === 1 ? first : now - 4000 - place * 9000);
  const uid = `3b0f0564-0000-4000-8000-${Buffer.from(name).toString("hex").padEnd(12, "0").slice(-12)}`;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${reason.toLowerCase()}`, namespace: namespace || "default" },
    involvedObject: {
      kind,
      apiVersion: "v1",
      name,
      uid,
      ...(namespace !== "" && { namespace }),
      ...(container !== undefined && { fieldPath: `spec.containers{${container}}` }),
    },
    reason,
    message: message(name).slice(0, 1000),
    type,
    count,
    firstTimestamp: at(first),
    lastTimestamp: at(last),
    source: { component, ...(host !== "" && { host }) },
  };
}
