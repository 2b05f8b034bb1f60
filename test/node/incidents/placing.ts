import type { KubernetesObject } from "@kubernetes/client-node";

import type { Incident } from "../incident.ts";
import type { Stage } from "../stage.ts";
import { isUnplaced } from "../well.ts";

const SERVES = async (stage: Stage): Promise<void> => stage.deploy("serve");

const HOST_PORT = { container: { ports: [{ containerPort: 8080, hostPort: 9876 }] } };

const quota = (pods: number) =>
  ({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "few" },
    spec: { hard: { pods: String(pods) } },
  }) as object;

/** A webhook that nobody answers, asked for each pod of a namespace. */
function deadWebhook(namespace: string): KubernetesObject {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: namespace },
    webhooks: [
      {
        name: "policy.shop.example",
        clientConfig: { url: "https://127.0.0.1:1/" },
        rules: [{ apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"] }],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        failurePolicy: "Fail",
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
      },
    ],
  } as KubernetesObject;
}

/** Pods that are not let in, or find no place. */
export const placing: readonly Incident[] = [
  {
    name: "no-such-node",
    prepare: SERVES,
    cause: async (stage) => stage.deploy("serve", { pod: { nodeSelector: { disk: "ssd" } } }),
    repair: SERVES,
    isSo: isUnplaced,
    rules: /pod-unschedulable/u,
    names: [/affinity|selector/iu],
  },
  {
    name: "too-many-processors",
    prepare: SERVES,
    cause: async (stage) => stage.deploy("serve", { container: { resources: { requests: { cpu: "500" } } } }),
    repair: SERVES,
    isSo: isUnplaced,
    rules: /pod-unschedulable/u,
    names: [/insufficient cpu/iu],
  },
  {
    name: "no-such-device",
    prepare: SERVES,
    cause: async (stage) =>
      stage.deploy("serve", { container: { resources: { limits: { "example.com/gpu": "1" } } } }),
    repair: SERVES,
    isSo: isUnplaced,
    rules: /pod-unschedulable/u,
    names: [/example\.com\/gpu/u],
  },
  {
    name: "port-taken",
    prepare: async (stage) => stage.deploy("serve", HOST_PORT),
    cause: async (stage) => stage.deploy("serve", { ...HOST_PORT, spec: { replicas: 2 } }),
    repair: async (stage) => stage.deploy("serve", { ...HOST_PORT, spec: { replicas: 1 } }),
    isSo: isUnplaced,
    rules: /pod-unschedulable/u,
    names: [/free ports/iu],
  },
  {
    name: "quota",
    isShort: true,
    prepare: async (stage) => {
      await stage.apply(quota(1));
      await stage.deploy("serve");
    },
    cause: async (stage) => stage.deploy("serve", { spec: { replicas: 3 } }),
    // The controller's back-off is long by now, so its next try is asked for.
    repair: async (stage) => {
      await stage.apply(quota(5));
      await stage.deploy("serve", { spec: { replicas: 2 } });
    },
    isSo: isUnplaced,
    rules: /quota-exceeded|workload-cannot-create-pods/u,
    names: [/exceeded quota: few|quota "?few/iu],
  },
  {
    name: "admission-webhook",
    prepare: SERVES,
    cause: async (stage) => {
      await stage.cluster.apply(deadWebhook(stage.namespace));
      await stage.deploy("serve", { spec: { replicas: 3 } });
    },
    repair: async (stage) => {
      await stage.cluster.remove(deadWebhook(stage.namespace));
      await stage.deploy("serve", { spec: { replicas: 2 } });
    },
    isSo: isUnplaced,
    rules: /admission-webhook-failing|workload-cannot-create-pods/u,
    names: [/policy\.shop\.example/u],
  },
];
