/** Kinds that people write in other ways. */
const KINDS = [
  "Pod",
  "Node",
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "Service",
  "Namespace",
  "Ingress",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "HorizontalPodAutoscaler",
  "PodDisruptionBudget",
  "ReplicationController",
  "Certificate",
];

/** kubectl's short names: https://kubernetes.io/docs/reference/kubectl/#resource-types */
const SHORT_KINDS: Readonly<Record<string, string>> = {
  po: "Pod",
  no: "Node",
  deploy: "Deployment",
  rs: "ReplicaSet",
  sts: "StatefulSet",
  ds: "DaemonSet",
  cj: "CronJob",
  svc: "Service",
  ns: "Namespace",
  ing: "Ingress",
  pv: "PersistentVolume",
  pvc: "PersistentVolumeClaim",
  hpa: "HorizontalPodAutoscaler",
  pdb: "PodDisruptionBudget",
  rc: "ReplicationController",
};

const KINDS_BY_WORD: ReadonlyMap<string, string> = new Map([
  ...Object.entries(SHORT_KINDS),
  ...KINDS.flatMap((kind) => {
    const word = kind.toLowerCase();
    return [
      [word, kind],
      [word.endsWith("s") ? `${word}es` : `${word}s`, kind],
    ] as const;
  }),
]);

/** Says that a kind is written in another way; undefined where it may be right. */
export function kindAdvice(value: string): string | undefined {
  if (/^[A-Z].*[^s]$/u.test(value) || KINDS.includes(value)) return undefined;
  const kind = KINDS_BY_WORD.get(value.toLowerCase());
  if (kind === undefined && !/^[a-z]/u.test(value)) return undefined;
  return `kinds are written as in manifests: ${kind === undefined ? "such as Pod" : `"${kind}"`}, not "${value}"`;
}
