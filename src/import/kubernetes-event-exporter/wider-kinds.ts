import type { PatternSpec } from "../../expression/index.ts";
import { alternativesOf, matchesPattern } from "./rule-pattern.ts";

/** Kinds that Events are often about. */
const KINDS: readonly string[] = [
  "Pod",
  "PodDisruptionBudget",
  "HorizontalPodAutoscaler",
  "Deployment",
  "ReplicaSet",
  "ReplicationController",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "Node",
  "Namespace",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "Service",
  "ServiceAccount",
  "Endpoints",
  "Ingress",
  "Certificate",
  "CertificateRequest",
];

/** Reasons of Kubernetes that have another one as a part. */
const REASONS: readonly string[] = [
  "BackOff",
  "BackoffLimitExceeded",
  "Created",
  "Failed",
  "FailedAttachVolume",
  "FailedBinding",
  "FailedCreate",
  "FailedCreatePodSandBox",
  "FailedDaemonPod",
  "FailedDelete",
  "FailedDetachVolume",
  "FailedGetResourceMetric",
  "FailedKillPod",
  "FailedMapVolume",
  "FailedMount",
  "FailedPostStartHook",
  "FailedPreStopHook",
  "FailedPrepareDynamicResources",
  "FailedScheduling",
  "FailedSync",
  "FailedUpdate",
  "FreeDiskSpaceFailed",
  "ImageGCFailed",
  "Killing",
  "NodeNotReady",
  "NodeReady",
  "Pulled",
  "Pulling",
  "Scheduled",
  "Started",
  "SuccessfulAttachVolume",
  "SuccessfulCreate",
  "SuccessfulDelete",
  "SuccessfulMountVolume",
  "SuccessfulRescale",
  "SystemOOM",
  "OOMKilling",
  "Unhealthy",
  "VolumeResizeFailed",
  "FileSystemResizeFailed",
  "ProvisioningFailed",
];

/** Kinds that an expression matches although no word of it is one of them. */
export function widerKinds(text: string, spec: PatternSpec): readonly string[] {
  return wider(KINDS, text, spec);
}

/** Reasons that an expression matches although no word of it is one of them. */
export function widerReasons(text: string, spec: PatternSpec): readonly string[] {
  return wider(REASONS, text, spec);
}

function wider(names: readonly string[], text: string, spec: PatternSpec): readonly string[] {
  const words = new Set(alternativesOf(text).map((word) => word.replaceAll(/^\^|\$$|^\.\*|\.\*$/gu, "")));
  return names.filter((name) => !words.has(name) && matchesPattern(spec, name));
}
