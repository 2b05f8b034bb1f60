import { type EventHead, ObjectKey } from "../../event/index.ts";
import type { WorkloadNames } from "./workload-names.ts";

/** An Event that says that the state of objects may have changed: somebody should look. */
export interface Hint {
  /** Keys of the objects themselves. */
  readonly objects: readonly string[];
  /** Keys of workloads; those that the name of a pod fits are guesses, of which one is right at most. */
  readonly workloads: readonly string[];
  /** Whether it says that the objects are being deleted. */
  readonly isDeletion: boolean;
  /** Whether it only says that a container began to run, which is no end of a crash loop. */
  readonly isStart: boolean;
}

/** The parts of an event that a hint is read from. */
export interface HintSource {
  readonly head: Pick<
    EventHead,
    "cluster" | "kind" | "name" | "reason" | "objectNamespace" | "eventNamespace"
  >;
  /** The key of the involved object. */
  readonly object: string;
  readonly message: string;
}

/** Kinds of workloads, whose pods begin with their name. */
const OWNERS = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"] as const;

/** Names of pods are cut to this length, and then do not begin with the whole name of their owner. */
const LONGEST_POD_NAME = 63;

/** Finds the beginnings of a pod's name that may be the name of its workload. */
type Beginnings = Pick<WorkloadNames, "beginningsOf">;

type Reader = (place: Place, source: HintSource, names: Beginnings) => Partial<Hint>;

type Place = Pick<ObjectKey, "cluster" | "namespace">;

/** Texts of Kubernetes 1.19 to 1.36. */
const DELETED = /^(?:Deleted pod: |[Dd]elete Pod |Deleted job )(\S+)/u;
const SCALED_TO_0 = /^Scaled down replica set \S+ (?:from \d+ )?to 0\b/u;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["SuccessfulDelete", deletion],
  [
    "ScalingReplicaSet",
    (_, { object, message }) => (SCALED_TO_0.test(message) ? { workloads: [object] } : {}),
  ],
  // A probe kills a container because it is not well.
  ["Killing", (_, { object, message }) => (message.includes("probe") ? {} : { objects: [object] })],
  ["Completed", (_, { object }) => ({ objects: [object] })],
  ["SawCompletedJob", (_, { object }) => ({ objects: [object], workloads: [object] })],
  [
    "Started",
    (place, { head, object }, names) => ({
      objects: [object],
      workloads: ownersFor(place, head, names),
      isStart: true,
    }),
  ],
  ["Pulled", (place, { head }, names) => ({ workloads: ownersFor(place, head, names), isStart: true })],
  ["Scheduled", (place, { head }, names) => ({ workloads: ownersFor(place, head, names), isStart: true })],
]);

/** Whether an event of this reason may be a hint. Cheap, because every event is asked. */
export function canHint(reason: string): boolean {
  return READERS.has(reason);
}

/** The hint that an event gives; undefined for none. An Event speaks only of objects in its own namespace. */
export function hintIn(source: HintSource, names: Beginnings): Hint | undefined {
  const { cluster, reason, objectNamespace: namespace, eventNamespace } = source.head;
  const read = namespace === eventNamespace ? READERS.get(reason) : undefined;
  if (read === undefined) return undefined;
  const hint = { objects: [], workloads: [], isDeletion: false, isStart: false };
  return { ...hint, ...read({ cluster, namespace }, source, names) };
}

function deletion(place: Place, { message }: HintSource): Partial<Hint> {
  const [text = "", name] = DELETED.exec(message) ?? [];
  if (name === undefined) return {};
  const kind = text.startsWith("Deleted job") ? "Job" : "Pod";
  return { objects: [ObjectKey.format({ ...place, kind, name })], isDeletion: true };
}

/** The workloads of alerts that a pod of this name may belong to: `web-7d9f-x4x9z` to `web-7d9f` or `web`. */
function ownersFor(place: Place, { kind, name }: HintSource["head"], names: Beginnings): readonly string[] {
  if (kind !== "Pod" || name.length > LONGEST_POD_NAME) return [];
  return names
    .beginningsOf(place, name)
    .flatMap((beginning) =>
      OWNERS.map((owner) => ObjectKey.format({ ...place, kind: owner, name: beginning })),
    );
}
