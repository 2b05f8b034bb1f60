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

/** Kinds that an expression matches although no word of it is one of them. */
export function widerKinds(text: string, spec: PatternSpec): readonly string[] {
  const words = new Set(alternativesOf(text).map((word) => word.replaceAll(/^\^|\$$|^\.\*|\.\*$/gu, "")));
  return KINDS.filter((kind) => !words.has(kind) && matchesPattern(spec, kind));
}
