import type { KubernetesObject } from "@kubernetes/client-node";

import type { Incident } from "../incident.ts";
import type { Stage } from "../stage.ts";
import { isTroubled } from "../well.ts";

const SERVES = async (stage: Stage): Promise<void> => stage.deploy("serve");

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
    isSo: isTroubled,
    rules: /pod-unschedulable/u,
    names: [/affinity|selector/iu],
  },
  {
    name: "too-many-processors",
    prepare: SERVES,
    cause: async (stage) => stage.deploy("serve", { container: { resources: { requests: { cpu: "500" } } } }),
    repair: SERVES,
    isSo: isTroubled,
    rules: /pod-unschedulable/u,
    names: [/insufficient cpu/iu],
  },
  {
    name: "claim-without-volume",
    prepare: async () => undefined,
    cause: async (stage) => {
      await stage.apply({
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data" },
        spec: {
          storageClassName: "",
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "1Gi" } },
        },
      } as object);
      await stage.deploy("serve", {
        container: { volumeMounts: [{ name: "data", mountPath: "/data" }] },
        pod: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] },
      });
    },
    repair: async (stage) =>
      stage.cluster.apply({
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name: `${stage.namespace}-data` },
        spec: {
          capacity: { storage: "1Gi" },
          accessModes: ["ReadWriteOnce"],
          hostPath: { path: stage.node.shared(`${stage.namespace}-data`) },
        },
      } as object),
    isSo: isTroubled,
    rules: /volume-claim-not-binding|pod-unschedulable/u,
    names: [/\bdata\b/u, /volume/iu],
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
    isSo: isTroubled,
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
    isSo: isTroubled,
    rules: /admission-webhook-failing|workload-cannot-create-pods/u,
    names: [/policy\.shop\.example/u],
  },
];
