import type { Proof } from "./health.ts";

/**
 * The kinds whose objects can show a proof, or whose workload can. `condition` can also be shown by the kinds that
 * `kubernetes.inspect` names.
 */
export const PROOF_KINDS: Readonly<Record<Proof, readonly string[]>> = {
  available: ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"],
  bound: ["PersistentVolumeClaim", "PersistentVolume"],
  complete: ["Job", "CronJob"],
  condition: ["HorizontalPodAutoscaler"],
  noPressure: ["Node"],
  nodeReady: ["Node"],
  ready: ["Pod"],
  scheduled: ["Pod"],
  stable: ["Pod"],
  started: ["Pod"],
};
