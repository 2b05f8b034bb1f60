import type { RecentChange } from "../alert/index.ts";
import { type ClusterEvent, type EventHead, objectKey } from "../event/index.ts";
import { BoundedMap } from "../lib/bounded-map.ts";
import { RecentProbes } from "./recent-probes.ts";

/** Objects whose changes are remembered. */
const MOST_OBJECTS = 5000;

/** Changes of one object, and ReplicaSets of one Deployment, that are remembered, the newest ones. */
const MOST_OF_ONE = 4;

/** How long a change may explain a problem. */
const CHANGE_MS = 3_600_000;

/** How long a ReplicaSet is worth asking for. */
const REPLICA_SET_MS = 24 * CHANGE_MS;

/** Reads the change that an Event tells; texts of Kubernetes 1.19 to 1.36. */
type Reading = (event: ClusterEvent) => RecentChange | undefined;

const SCALED =
  /^Scaled (?<way>up|down) replica set (?<set>[a-z\d.-]{1,253})(?: from (?<from>\d+))? to (?<to>\d+)$/u;

const RESCALED = /^New size: (?<to>\d+);/u;

/** By component, kind and reason: only the controller of an object is believed. */
const READINGS: ReadonlyMap<string, Reading> = new Map<string, Reading>([
  ["deployment-controller/Deployment/ScalingReplicaSet", scalingOf],
  ["horizontal-pod-autoscaler/HorizontalPodAutoscaler/SuccessfulRescale", rescalingOf],
  ["kubelet/Node/NodeNotSchedulable", ({ lastSeenAt: at }) => ({ at, what: "cordoned" })],
  ["kubelet/Node/NodeSchedulable", ({ lastSeenAt: at }) => ({ at, what: "uncordoned" })],
  ["kubelet/Node/Rebooted", ({ lastSeenAt: at }) => ({ at, what: "rebooted" })],
  ["kubelet/Node/Starting", ({ lastSeenAt: at }) => ({ at, what: "kubelet-started" })],
]);

const REASONS: ReadonlySet<string> = new Set([
  ...[...READINGS.keys()].map((key) => key.split("/")[2] ?? ""),
  "Unhealthy",
]);

/** A ReplicaSet of a Deployment, by name. */
interface KnownReplicaSet {
  readonly name: string;
  readonly at: number;
}

/** The changes of the last hour that Events told of: a problem often follows one. In memory only. */
export class RecentChanges {
  readonly probes = new RecentProbes();
  readonly #changes = new BoundedMap<string, readonly RecentChange[]>(MOST_OBJECTS);
  readonly #replicaSets = new BoundedMap<string, readonly KnownReplicaSet[]>(MOST_OBJECTS);

  /** Whether an Event may tell of a change, or of a probe. Cheap, because every Event is asked. */
  static mayTell({ reason }: Pick<EventHead, "reason">): boolean {
    return REASONS.has(reason);
  }

  /** Remembers the change or the failed probe that an Event tells of. The key of the object keeps namespaces apart: an Event speaks for its own. */
  record(event: ClusterEvent): void {
    const { involvedObject, source, reason } = event;
    this.probes.record(event);
    const reading = READINGS.get(`${source.component}/${involvedObject.kind}/${reason}`);
    if (reading === undefined) return;
    const object = objectKey(event);
    const name = SCALED.exec(event.message)?.groups?.["set"];
    if (name !== undefined) this.#recordReplicaSet(object, { name, at: event.lastSeenAt });
    const change = reading(event);
    if (change === undefined) return;
    const known = this.#changes.get(object) ?? [];
    if (isKnown(change, known) || isPartOfRollout(change, event, known)) return;
    this.#changes.set(object, [...known, change].slice(-MOST_OF_ONE));
  }

  /** The changes of an object in the hour before, oldest first. @param object Its key. @param now Epoch milliseconds. */
  of(object: string, now: number): readonly RecentChange[] {
    return (this.#changes.get(object) ?? []).filter(({ at }) => at > now - CHANGE_MS);
  }

  /** Names of the ReplicaSets of a Deployment that were scaled in the last day, newest first. */
  replicaSetsOf(deployment: string, now: number): readonly string[] {
    const known = this.#replicaSets.get(deployment) ?? [];
    return known
      .filter(({ at }) => at > now - REPLICA_SET_MS)
      .map(({ name }) => name)
      .toReversed();
  }

  #recordReplicaSet(deployment: string, set: KnownReplicaSet): void {
    const others = (this.#replicaSets.get(deployment) ?? []).filter(({ name }) => name !== set.name);
    this.#replicaSets.set(deployment, [...others, set].slice(-MOST_OF_ONE));
  }
}

function scalingOf({ message, lastSeenAt: at }: ClusterEvent): RecentChange | undefined {
  const { way, set, from, to } = SCALED.exec(message)?.groups ?? {};
  if (set === undefined) return undefined;
  if (way === "up" && (from === undefined || Number(from) === 0))
    return { at, what: "rollout", replicaSet: set };
  return { at, what: "scaled", from: from === undefined ? undefined : Number(from), to: Number(to) };
}

function rescalingOf({ message, lastSeenAt: at }: ClusterEvent): RecentChange | undefined {
  const to = RESCALED.exec(message)?.groups?.["to"];
  return to === undefined ? undefined : { at, what: "scaled", from: undefined, to: Number(to) };
}

/** A list repeats Events that were read before. */
function isKnown(change: RecentChange, known: readonly RecentChange[]): boolean {
  return known.some(({ at, what }) => at === change.at && what === change.what);
}

/** A rollout scales its new ReplicaSet up and the old ones down, step by step. */
function isPartOfRollout(change: RecentChange, event: ClusterEvent, known: readonly RecentChange[]): boolean {
  if (change.what !== "scaled" || event.involvedObject.kind !== "Deployment") return false;
  const rollout = known.findLast(({ what }) => what === "rollout");
  return rollout !== undefined && change.at - rollout.at < CHANGE_MS;
}
