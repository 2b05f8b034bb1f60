import type { KubernetesObject } from "@kubernetes/client-node";

import type { Incident } from "../incident.ts";
import type { Stage } from "../stage.ts";
import { isTroubled, isUnplaced } from "../well.ts";

const SERVES = async (stage: Stage): Promise<void> => stage.deploy("serve");

/** A claim `data`, and a Deployment whose pods mount it. */
async function deployWithClaim(stage: Stage, storageClassName: string): Promise<void> {
  await stage.apply({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data" },
    spec: { storageClassName, accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  } as object);
  await stage.deploy("serve", {
    container: { volumeMounts: [{ name: "data", mountPath: "/data" }] },
    pod: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] },
  });
}

/** A volume of a class that nobody else has. */
function volume(stage: Stage, storageClassName: string, more: object = {}): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `${stage.namespace}-data` },
    spec: {
      storageClassName,
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      hostPath: { path: stage.node.shared(`${stage.namespace}-data`) },
      ...more,
    },
  } as object;
}

const onNode = (name: string) => ({
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [name] }] },
      ],
    },
  },
});

/** Volumes that pods cannot have, or that they fill. */
export const volumes: readonly Incident[] = [
  {
    name: "claim-without-volume",
    cause: async (stage) => deployWithClaim(stage, ""),
    repair: async (stage) => stage.cluster.apply(volume(stage, "")),
    isSo: isUnplaced,
    rules: /volume-claim-not-binding|pod-unschedulable/u,
    names: [/\bdata\b/u, /volume/iu],
  },
  {
    name: "claim-of-no-class",
    cause: async (stage) => deployWithClaim(stage, "fast"),
    repair: async (stage) => stage.cluster.apply(volume(stage, "fast")),
    isSo: isUnplaced,
    rules: /volume-provisioning-failing|volume-claim-not-binding|pod-unschedulable/u,
    names: [/\bdata\b/u, /\bfast\b/u],
  },
  {
    name: "volume-on-other-node",
    prepare: SERVES,
    cause: async (stage) => {
      await stage.cluster.apply(volume(stage, "local", onNode("node-9")));
      await deployWithClaim(stage, "local");
    },
    repair: SERVES,
    isSo: isUnplaced,
    rules: /pod-unschedulable/u,
    names: [/\bdata\b/u, /affinity/iu],
  },
  {
    name: "host-path-missing",
    prepare: SERVES,
    cause: async (stage) =>
      stage.deploy("serve", {
        container: { volumeMounts: [{ name: "licence", mountPath: "/licence" }] },
        pod: { volumes: [{ name: "licence", hostPath: { path: "/opt/licence", type: "Directory" } }] },
      }),
    repair: SERVES,
    isSo: isTroubled,
    rules: /volume-mount-failing/u,
    names: [/\/opt\/licence/u, /not a directory/iu],
  },
  {
    name: "storage-limit",
    prepare: SERVES,
    cause: async (stage) =>
      stage.deploy("fill 40 /tmp/cache", {
        container: { resources: { limits: { "ephemeral-storage": "10Mi" } } },
      }),
    repair: SERVES,
    isSo: isTroubled,
    rules: /pod-over-storage-limit/u,
    names: [/ephemeral/iu, /10\s?Mi/u],
    isPoint: true,
  },
];
