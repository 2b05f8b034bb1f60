import { type EventHead, ObjectKey } from "../../event/index.ts";
import type { OwnerRow } from "../state.ts";

/** Time that a row is kept after its last use; longer than most Pods live. */
const OWNER_TTL_MS = 30 * 86_400_000;

/** Events that name the child of an object (texts of Kubernetes 1.19 to 1.36), or the node of a Pod. */
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

/** Components whose Events are trusted about owners. */
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

/** The parts of an event that `learnOwner` reads. */
export interface Lesson {
  readonly head: Pick<
    EventHead,
    "cluster" | "kind" | "name" | "reason" | "component" | "objectNamespace" | "eventNamespace"
  >;
  readonly message: string;
}

/** Whether an event of this reason and kind may name an owner or a node. Cheap, because every event is asked. */
export function canTeachOwner(reason: string, kind: string): boolean {
  return (
    (reason === "SuccessfulCreate" || reason === "ScalingReplicaSet" || reason === "Scheduled") &&
    LESSONS.has(`${kind}/${reason}`)
  );
}

/**
 * The owner or node that an event names: SuccessfulCreate and ScalingReplicaSet name a child, Scheduled names the node.
 * Scheduled is trusted from any scheduler, because clusters have schedulers of their own.
 *
 * @param now Epoch milliseconds.
 */
export function learnOwner(event: Lesson, now: number): OwnerRow | undefined {
  const { head } = event;
  const { cluster, kind, objectNamespace: namespace, name, reason, component } = head;
  if (!canTeachOwner(reason, kind)) return undefined;
  const lesson = LESSONS.get(`${kind}/${reason}`);
  if (lesson === undefined) return undefined;
  // An Event counts only for objects of its own namespace: its writer may have no rights in others.
  if (namespace !== head.eventNamespace) return undefined;
  const word = lesson.text.exec(event.message.trimEnd())?.[1];
  if (word === undefined || word.length > 253) return undefined;
  const expiresAt = now + OWNER_TTL_MS;
  if (lesson.child === undefined)
    return { object: ObjectKey.format({ cluster, kind, namespace, name }), owner: "", node: word, expiresAt };
  if (!TEACHERS.has(component)) return undefined;
  const object = ObjectKey.format({ cluster, kind: lesson.child, namespace, name: word });
  return { object, owner: ObjectKey.formatName({ kind, name }), node: "", expiresAt };
}
