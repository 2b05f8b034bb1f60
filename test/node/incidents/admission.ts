import type { KubernetesObject } from "@kubernetes/client-node";

import { until } from "../../support/until.ts";
import type { Incident } from "../incident.ts";
import type { Stage } from "../stage.ts";
import { isUnplaced } from "../well.ts";

const serves = (replicas: number) => async (stage: Stage) => stage.deploy("serve", { spec: { replicas } });

const ADMISSION = "admissionregistration.k8s.io/v1";

/** A policy that asks a label of each pod of a namespace, and the binding by which it is in force. */
function teamPolicy({ namespace: name }: Stage): readonly [KubernetesObject, KubernetesObject] {
  const policy = {
    apiVersion: ADMISSION,
    kind: "ValidatingAdmissionPolicy",
    metadata: { name },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: {
        resourceRules: [
          { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"] },
        ],
      },
      validations: [
        { expression: "has(object.metadata.labels.team)", message: "each pod needs the label team" },
      ],
    },
  };
  const binding = {
    apiVersion: ADMISSION,
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ["Deny"],
      matchResources: { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } },
    },
  };
  return [policy, binding];
}

/** Waits until the API server refuses a pod as it comes from the template. */
async function untilRefused(stage: Stage): Promise<void> {
  const { namespace } = stage;
  const { spec } = stage.template("serve");
  const body = { metadata: { name: "probe" }, ...(spec === undefined ? {} : { spec }) };
  const isRefused = async (): Promise<boolean> =>
    stage.cluster.core.createNamespacedPod({ namespace, body, dryRun: "All" }).then(
      () => false,
      () => true,
    );
  await until(isRefused);
}

async function enforce({ cluster, namespace }: Stage, level: string | null): Promise<void> {
  // Null takes the label away.
  const labels = { "pod-security.kubernetes.io/enforce": level };
  await cluster.merge({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace, labels },
  } as object);
}

const quota = (hard: Readonly<Record<string, string>>) =>
  ({ apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "budget" }, spec: { hard } }) as object;

/** Pods that the API server refuses. A controller waits ever longer after each refusal, so a repair asks it anew. */
export const admission: readonly Incident[] = [
  {
    name: "policy-refuses",
    prepare: serves(1),
    cause: async (stage) => {
      await stage.cluster.apply(...teamPolicy(stage));
      await untilRefused(stage);
      await serves(3)(stage);
    },
    repair: async (stage) => {
      for (const object of teamPolicy(stage)) await stage.cluster.remove(object);
      await serves(2)(stage);
    },
    isSo: isUnplaced,
    rules: /workload-cannot-create-pods/u,
    names: [/policy-refuses/u, /label team/u],
  },
  {
    name: "pod-security",
    prepare: serves(1),
    cause: async (stage) => {
      await enforce(stage, "restricted");
      await untilRefused(stage);
      await serves(3)(stage);
    },
    repair: async (stage) => {
      await enforce(stage, null);
      await serves(2)(stage);
    },
    isSo: isUnplaced,
    rules: /workload-cannot-create-pods/u,
    names: [/PodSecurity/u, /restricted/u],
  },
  {
    name: "account-missing",
    prepare: serves(1),
    cause: async (stage) =>
      stage.deploy("serve", { pod: { serviceAccountName: "robot" }, spec: { replicas: 1 } }),
    repair: async (stage) => {
      await stage.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "robot" } });
      await stage.deploy("serve", { pod: { serviceAccountName: "robot" }, spec: { replicas: 2 } });
    },
    isSo: isUnplaced,
    rules: /workload-cannot-create-pods/u,
    names: [/robot/u, /serviceaccount/iu],
  },
  {
    name: "requests-missing",
    prepare: serves(1),
    cause: async (stage) => {
      await stage.apply(quota({ "requests.cpu": "2" }));
      await untilRefused(stage);
      await serves(3)(stage);
    },
    repair: async (stage) => {
      await stage.cluster.remove({
        ...quota({}),
        metadata: { name: "budget", namespace: stage.namespace },
      });
      await serves(2)(stage);
    },
    isSo: isUnplaced,
    rules: /quota-exceeded|workload-cannot-create-pods/u,
    names: [/budget/u, /must specify requests\.cpu/u],
  },
];
