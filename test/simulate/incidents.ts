import type { ClusterFacts } from "../support/cluster-model.ts";

const OOM = { exitCode: 137, reason: "OOMKilled", ranMs: 15_000 };
const DAY = "2026-11-30T";

function autoscaler(namespace: string, name: string): NonNullable<ClusterFacts["states"]>[number] {
  const conditions = [
    { type: "AbleToScale", status: "True", lastTransitionTime: `${DAY}07:21:42Z` },
    {
      type: "ScalingActive",
      status: "False",
      reason: "FailedGetResourceMetric",
      lastTransitionTime: `${DAY}07:21:42Z`,
    },
  ];
  return {
    at: `${DAY}07:21:42Z`,
    object: { kind: "HorizontalPodAutoscaler", metadata: { name, namespace }, status: { conditions } },
  };
}

/** Recorded incidents, with the facts about them that no Event says. */
export const INCIDENTS: Readonly<Record<string, ClusterFacts>> = {
  "containerd-killed-rollout-meanwhile": {
    desired: { "Deployment/thumbs": 2 },
    unseen: { "Deployment/thumbs": 2 },
  },
  "control-plane-killed-20s": {},
  "disk-pressure-evicts-all": {},
  "drain-and-uncordon": {},
  "hpa-without-metrics-then-deleted": {
    states: [autoscaler("shop", "api")],
    deleted: [{ at: `${DAY}07:40:55Z`, object: "shop/HorizontalPodAutoscaler/api" }],
  },
  "image-unauthorized-then-fixed": { desired: { "Deployment/thumbs": 2 } },
  "injection-fails-then-recovers": { desired: { "Deployment/web": 3 } },
  "jobs-fail-then-succeed": {},
  "namespace-deleted-while-crashing": {
    desired: { "Deployment/app": 2 },
    deleted: [{ at: `${DAY}07:33:01Z`, object: "preview-42" }],
  },
  "oom-killed-then-raised": { crashes: { "renderer-5745": OOM }, desired: { "Deployment/renderer": 2 } },
  "rollout-crash-then-fixed": { desired: { "Deployment/api": 3 } },
  "rollout-typo-undone-after-56s": {
    desired: { "Deployment/thumbs": 2 },
    unseen: { "Deployment/thumbs": 2 },
  },
  "seed-report-eventsk8sio": {},
};
