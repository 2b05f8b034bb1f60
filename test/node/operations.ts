import { cronJob, job } from "./incidents/runs.ts";
import { NEXT_IMAGE } from "./objects.ts";
import type { Stage } from "./stage.ts";

/** Everyday work on a cluster, of which nobody wants to hear. */
export interface Operation {
  /** Also the namespace, and the lane of messages that must not come. */
  readonly name: string;
  readonly isShort?: true;
  readonly node?: string;
  readonly prepare?: (stage: Stage) => Promise<void>;
  /** @param turn 1 or 2. */
  readonly act: (stage: Stage, turn: number) => Promise<void>;
}

const replicas = (count: number) => ({ spec: { replicas: count } });

/** Those of one node come one after another. */
export const operations: readonly Operation[] = [
  {
    name: "rollout",
    isShort: true,
    prepare: async (stage) => stage.deploy("serve", replicas(3)),
    act: async (stage, turn) =>
      stage.deploy("serve", { ...replicas(3), container: turn === 1 ? { image: NEXT_IMAGE } : {} }),
  },
  {
    name: "scale",
    isShort: true,
    prepare: async (stage) => stage.deploy("serve", replicas(1)),
    act: async (stage, turn) => stage.deploy("serve", replicas(turn === 1 ? 4 : 0)),
  },
  {
    name: "job-succeeds",
    isShort: true,
    act: async (stage) => {
      await stage.cluster.remove(job(stage, "")).catch(() => undefined);
      await stage.untilNoJob();
      await stage.apply(job(stage, "exit 0 1s"));
    },
  },
  { name: "cron-job-succeeds", act: async (stage) => stage.apply(cronJob(stage, "exit 0 1s")) },
  {
    name: "pod-deleted",
    prepare: async (stage) => stage.deploy("serve", replicas(2)),
    act: async (stage) => {
      await stage.cluster.core.deleteCollectionNamespacedPod({ namespace: stage.namespace });
    },
  },
  {
    name: "restart-rule",
    // By its own rule all containers of the pod start anew each time that its work is done: that is no crash.
    act: async (stage) => {
      await stage.deploy("exit 88 8s", {
        container: {
          restartPolicy: "Always",
          restartPolicyRules: [
            { action: "RestartAllContainers", exitCodes: { operator: "In", values: [88] } },
          ],
        },
      });
    },
  },
  {
    name: "drain-with-room",
    node: "node-2",
    prepare: async (stage) => stage.deploy("serve", { ...replicas(2), pod: anywhereBut(stage.node.name) }),
    act: async (stage) => {
      await stage.drain();
      await stage.untilWell();
      await stage.uncordon();
    },
  },
  {
    name: "kubelet-restarts",
    node: "node-2",
    prepare: async (stage) => stage.deploy("serve", replicas(2)),
    act: async ({ node }) => node.restartKubelet(),
  },
  {
    name: "planned-reboot",
    node: "node-3",
    prepare: async (stage) => stage.deploy("serve", { ...replicas(2), pod: anywhereBut(stage.node.name) }),
    act: async (stage) => {
      await stage.drain();
      await stage.untilWell();
      await stage.node.reboot();
      await stage.untilReady();
      await stage.uncordon();
    },
  },
];

/** On a node as long as it takes pods, else on another one. */
function anywhereBut(preferred: string): object {
  return {
    nodeSelector: {},
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            preference: {
              matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [preferred] }],
            },
          },
        ],
      },
    },
  };
}
