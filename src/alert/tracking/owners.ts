import type { EventHead } from "../../event/index.ts";
import type { OwnerRow } from "../state.ts";

/** How long a row is kept after its last use: longer than most Pods live. */
const OWNER_TTL_MS = 30 * 86_400_000;

/** What an event can teach: who made what (texts of Kubernetes 1.19 to 1.36), or where a Pod runs. */
const LESSONS: ReadonlyMap<string, { readonly text: RegExp; readonly child: string | undefined }> = new Map([
  ["ReplicaSet/SuccessfulCreate", { text: /^Created pod: (\S+)$/u, child: "Pod" }],
  ["ReplicationController/SuccessfulCreate", { text: /^Created pod: (\S+)$/u, child: "Pod" }],
  ["DaemonSet/SuccessfulCreate", { text: /^Created pod: (\S+)$/u, child: "Pod" }],
  ["Job/SuccessfulCreate", { text: /^Created pod: (\S+)$/u, child: "Pod" }],
  ["StatefulSet/SuccessfulCreate", { text: /^[Cc]reate Pod (\S+) in StatefulSet/u, child: "Pod" }],
  ["CronJob/SuccessfulCreate", { text: /^Created job (\S+)$/u, child: "Job" }],
  ["Deployment/ScalingReplicaSet", { text: /^Scaled (?:up|down) replica set (\S+) /u, child: "ReplicaSet" }],
  ["Pod/Scheduled", { text: /^Successfully assigned \S+ to (\S+)$/u, child: undefined }],
]);

/** Components that are believed; anyone may write Events, but not in the name of these without being asked to. */
const TEACHERS: ReadonlySet<string> = new Set([
  "replicaset-controller",
  "replication-controller",
  "daemonset-controller",
  "job-controller",
  "statefulset-controller",
  "cronjob-controller",
  "deployment-controller",
  "default-scheduler",
]);

/** What is read of an event that may teach. */
export interface Lesson {
  readonly head: Pick<
    EventHead,
    "kind" | "name" | "reason" | "component" | "objectNamespace" | "eventNamespace"
  >;
  readonly message: string;
}

/** Whether events with these keys can teach who owns what; three look-ups. */
export function canTeachOwner(reason: string, kind: string): boolean {
  return (
    (reason === "SuccessfulCreate" || reason === "ScalingReplicaSet" || reason === "Scheduled") &&
    LESSONS.has(`${kind}/${reason}`)
  );
}

/**
 * What an event says about owners and nodes: SuccessfulCreate and ScalingReplicaSet name the child, Scheduled the
 * node. Scheduled is believed from any scheduler, since clusters bring their own.
 *
 * @param now Epoch milliseconds.
 */
export function learnOwner({ head, message }: Lesson, now: number): OwnerRow | undefined {
  const { kind, objectNamespace: namespace, name, reason, component } = head;
  const lesson = LESSONS.get(`${kind}/${reason}`);
  if (lesson === undefined) return undefined;
  // Only about the namespace the Event lies in: whoever may write there may speak for nothing else.
  if (namespace !== head.eventNamespace) return undefined;
  const word = lesson.text.exec(message.trimEnd())?.[1];
  if (word === undefined || word.length > 253) return undefined;
  const expiresAt = now + OWNER_TTL_MS;
  if (lesson.child === undefined)
    return { object: `${kind}/${namespace}/${name}`, owner: "", node: word, expiresAt };
  if (!TEACHERS.has(component)) return undefined;
  return { object: `${lesson.child}/${namespace}/${word}`, owner: `${kind}/${name}`, node: "", expiresAt };
}
