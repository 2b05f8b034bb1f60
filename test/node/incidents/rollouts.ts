import type { V1StatefulSet, V1StatefulSetSpec } from "@kubernetes/client-node";

import type { Incident } from "../incident.ts";
import { NEXT_IMAGE } from "../objects.ts";
import { FOLLOW, type Stage, type WorkloadChange } from "../stage.ts";
import { isTroubled, isUnplaced } from "../well.ts";

const CRASH = /crash-loop/u;

function statefulSet(
  stage: Stage,
  words: string,
  {
    spec = {},
    ...change
  }: Omit<WorkloadChange, "spec"> & { readonly spec?: Partial<V1StatefulSetSpec> } = {},
): V1StatefulSet {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "broker" },
    spec: {
      serviceName: "broker",
      replicas: 2,
      podManagementPolicy: "Parallel",
      selector: { matchLabels: { app: "web" } },
      template: stage.template(words, change),
      ...spec,
    },
  };
}

const partitioned = { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } } };

/** Workloads that are changed, half changed, or deleted while something is wrong. */
export const rollouts: readonly Incident[] = [
  {
    name: "crashing-again",
    prepare: async (stage) => stage.apply(statefulSet(stage, FOLLOW)),
    cause: async (stage) => stage.tell("exit 1 2s"),
    repair: async (stage) => stage.tell("serve"),
    again: async (stage) => stage.tell("exit 4 2s"),
    isSo: isTroubled,
    rules: CRASH,
    names: [/exit(?: code)? 1\b/iu],
  },
  {
    name: "partitioned-rollout",
    prepare: async (stage) => stage.apply(statefulSet(stage, "serve", { spec: partitioned })),
    cause: async (stage) =>
      stage.apply(
        statefulSet(stage, "serve", {
          spec: partitioned,
          container: { image: "registry.example.com/shop/broker:2" },
        }),
      ),
    repair: async (stage) => {
      await stage.apply(statefulSet(stage, "serve", { spec: partitioned }));
      await stage.cluster.core.deleteNamespacedPod({ name: "broker-1", namespace: stage.namespace });
    },
    isSo: isTroubled,
    rules: /image-pull-failing/u,
    names: [/shop\/broker:2/u, /not found/iu],
  },
  {
    name: "paused-rollout",
    prepare: async (stage) => stage.deploy("serve", { spec: { replicas: 2 } }),
    cause: async (stage) => {
      const change = { container: { image: NEXT_IMAGE } };
      await stage.deploy("exit 6 1s", { ...change, spec: { replicas: 2 } });
      await stage.untilPods(3);
      await stage.deploy("exit 6 1s", { ...change, spec: { replicas: 2, paused: true } });
    },
    repair: async (stage) => stage.deploy("serve", { spec: { replicas: 2 } }),
    isSo: isTroubled,
    rules: CRASH,
    names: [/exit(?: code)? 6\b/iu],
  },
  {
    name: "deleted-namespace",
    isShort: true,
    cause: async (stage) => stage.deploy("exit 1 1s", { spec: { replicas: 2 } }),
    repair: async (stage) => {
      await stage.cluster.core.deleteNamespace({ name: stage.namespace });
    },
    isSo: isTroubled,
    rules: CRASH,
    names: [/exit(?: code)? 1\b/iu],
  },
  {
    name: "daemon",
    prepare: async () => undefined,
    cause: async (stage) => stage.apply(daemonSet(stage, "exit 1 1s")),
    repair: async (stage) => stage.apply(daemonSet(stage, "serve")),
    isSo: isTroubled,
    rules: CRASH,
    names: [/exit(?: code)? 1\b/iu],
  },
  {
    name: "daemon-without-room",
    prepare: async (stage) => stage.apply(daemonSet(stage, "serve")),
    cause: async (stage) =>
      stage.apply(daemonSet(stage, "serve", { container: { resources: { requests: { cpu: "500" } } } })),
    repair: async (stage) => stage.apply(daemonSet(stage, "serve")),
    isSo: isUnplaced,
    rules: /pod-unschedulable/u,
    names: [/insufficient cpu/iu],
  },
  {
    name: "second-pod-stuck",
    prepare: async (stage) => stage.apply(statefulSet(stage, "serve", apart(1))),
    cause: async (stage) => stage.apply(statefulSet(stage, "serve", apart(2))),
    repair: async (stage) => stage.apply(statefulSet(stage, "serve", apart(1))),
    isSo: isUnplaced,
    rules: /pod-unschedulable/u,
    names: [/anti-affinity/iu],
  },
  {
    name: "autoscaler-without-metrics",
    prepare: async (stage) => stage.deploy("serve"),
    cause: async (stage) => stage.apply(autoscaler()),
    repair: async (stage) =>
      stage.cluster.remove({
        ...autoscaler(),
        metadata: { name: "web", namespace: stage.namespace },
      }),
    isSo: ({ autoscalers }) =>
      autoscalers.some(({ status }) =>
        status?.conditions?.some(({ type, status: is }) => type === "ScalingActive" && is === "False"),
      ),
    rules: /autoscaler-without-metrics/u,
    names: [/metrics/iu, /\bweb\b/u],
  },
];

function autoscaler(): object {
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "web" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 1,
      maxReplicas: 3,
      metrics: [
        {
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
        },
      ],
    },
  };
}

/** Pods that may not be on one node, one after another. */
function apart(replicas: number): Parameters<typeof statefulSet>[2] {
  const term = { labelSelector: { matchLabels: { app: "web" } }, topologyKey: "kubernetes.io/hostname" };
  return {
    spec: { replicas, podManagementPolicy: "OrderedReady" },
    pod: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } },
  };
}

function daemonSet(stage: Stage, words: string, change: WorkloadChange = {}): object {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "agent" },
    spec: { selector: { matchLabels: { app: "web" } }, template: stage.template(words, change) },
  };
}
