import { normalise, type ClusterEvent } from "../../src/event/index.ts";
import { condition, type Crash, iso, ModelledPod } from "./modelled-pod.ts";

/** Facts about a recorded cluster that its Events do not say. */
export interface ClusterFacts {
  /** How containers end, by the beginning of the pod's name. */
  readonly crashes?: Readonly<Record<string, Crash>>;
  /** How many pods a workload should have, `Deployment/web`. */
  readonly desired?: Readonly<Record<string, number>>;
  /** Pods of a workload that are ready all the time, and that no Event is about. */
  readonly unseen?: Readonly<Record<string, number>>;
  /** Objects that no Event gives the state of. */
  readonly states?: readonly { readonly at: string; readonly object: ModelledObject }[];
  /** Objects that were deleted, `namespace/Kind/name`, or a whole namespace; by the time. */
  readonly deleted?: readonly { readonly at: string; readonly object: string }[];
}

interface ModelledObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly status: object;
}

/** A line of a recording that gives the state of an object. */
export interface StateLine {
  readonly receivedAt: string;
  readonly type: "STATE" | "DELETED";
  readonly object: object;
}

interface Later {
  readonly at: number;
  readonly run: () => void;
}

/** The kubelet finds a pod gone this long after it was told to stop it. */
const GONE_AFTER_MS = 3000;
/** A pod on a node that does not answer stays for longer. */
const EVICTED_AFTER_MS = 40_000;
/** A probe that failed while a container started works this much later, unless it fails again. */
const PROBE_MENDED_AFTER_MS = 12_000;

const CRASH: Crash = { exitCode: 1, reason: "Error", ranMs: 1000 };

/**
 * The state of a cluster as it follows from its Events, and from what is known of it beside them: pods, the workloads
 * and Jobs that own them, and nodes.
 */
export class ClusterModel {
  readonly #facts: ClusterFacts;
  readonly #pods = new Map<string, ModelledPod>();
  /** ReplicaSets by `namespace/name`, with their size and the Deployment that scales them. */
  readonly #sets = new Map<string, { readonly owner: string; size: number }>();
  readonly #nodes = new Map<string, Map<string, { readonly is: boolean; readonly since: number }>>();
  readonly #changed = new Map<string, object | "gone">();
  #later: Later[] = [];

  constructor(facts: ClusterFacts) {
    this.#facts = facts;
    for (const { at, object } of facts.deleted ?? [])
      this.#later.push({ at: Date.parse(at), run: () => this.#delete(object) });
    for (const { at, object } of facts.states ?? []) {
      const { name, namespace = "" } = object.metadata;
      const run = (): void => void this.#changed.set(`${namespace}/${object.kind}/${name}`, object);
      this.#later.push({ at: Date.parse(at), run });
    }
  }

  /** All that has changed until a time, and then with an Event. */
  take(raw: Parameters<typeof normalise>[0], receivedAt: number): readonly StateLine[] {
    const before = this.flush(receivedAt);
    this.#hear(normalise(raw, ""), receivedAt);
    return [...before, ...this.#drain(receivedAt)];
  }

  /** All that has changed by itself until a time. */
  flush(until: number): readonly StateLine[] {
    const lines: StateLine[] = [];
    for (;;) {
      const next = this.#later.toSorted((a, b) => a.at - b.at).find(({ at }) => at <= until);
      if (next === undefined) return lines;
      this.#later = this.#later.filter((each) => each !== next);
      next.run();
      lines.push(...this.#drain(next.at));
    }
  }

  #hear(event: ClusterEvent, now: number): void {
    const { kind } = event.involvedObject;
    if (kind === "Pod") this.#hearPod(event, now);
    else if (kind === "Node") this.#hearNode(event);
    else if (kind === "Job" || kind === "CronJob") this.#hearJob(event);
    this.#hearCreation(event);
    if (event.reason === "ScalingReplicaSet") this.#scale(event);
  }

  #hearPod(event: ClusterEvent, now: number): void {
    const { involvedObject, lastSeenAt: at, message } = event;
    const { container, uid } = involvedObject;
    const pod = this.#podOf(involvedObject.namespace, involvedObject.name, event.firstSeenAt);
    if (pod.uid !== "" && uid !== "" && pod.uid !== uid) return;
    if (uid !== "") pod.uid = uid;
    if (pod.isGone) return;
    switch (event.reason) {
      case "Scheduled":
        pod.node = / to (\S+)$/u.exec(message)?.[1] ?? "";
        break;
      case "Started":
        pod.start(container, this.#crashOf(pod), at);
        break;
      case "BackOff":
        if (message.startsWith("Back-off pulling")) pod.wait(container, "ImagePullBackOff", message);
        else pod.crash(container, this.#crashOf(pod), at);
        break;
      case "Failed":
        pod.wait(container, message.includes("ull") ? "ErrImagePull" : "CreateContainerConfigError", message);
        break;
      case "Unhealthy":
        if (message.startsWith("Readiness")) this.#failProbe(pod, at);
        break;
      case "Evicted":
      case "Killing":
        if (!message.includes("probe")) this.#stop(pod, now, GONE_AFTER_MS);
        break;
      case "TaintManagerEviction":
        if (message.startsWith("Marking")) this.#stop(pod, now, EVICTED_AFTER_MS);
        break;
    }
    this.#touch(pod);
  }

  #hearNode({ involvedObject: { name }, reason, lastSeenAt }: ClusterEvent): void {
    const [type, is] = NODE_REASONS[reason] ?? [];
    if (type === undefined || is === undefined) return;
    const conditions =
      this.#nodes.get(name) ?? new Map([...NODE].map(([key, value]) => [key, { is: value, since: 0 }]));
    this.#nodes.set(name, conditions.set(type, { is, since: lastSeenAt }));
    this.#changed.set(`/Node/${name}`, {
      kind: "Node",
      metadata: { name, uid: `${name}-uid` },
      status: { conditions: [...conditions].map(([key, each]) => condition(key, each.is, each.since)) },
    });
  }

  #hearJob({
    involvedObject: { kind, namespace, name, uid },
    reason,
    lastSeenAt,
    message,
  }: ClusterEvent): void {
    const metadata = { name, namespace, uid };
    const key = `${namespace}/${kind}/${name}`;
    if (kind === "CronJob") {
      const deleted = /^Deleted job (\S+)$/u.exec(message)?.[1];
      if (deleted !== undefined) this.#changed.set(`${namespace}/Job/${deleted}`, "gone");
      if (reason === "SawCompletedJob" && message.endsWith("Complete"))
        this.#changed.set(key, { kind, metadata, status: { lastSuccessfulTime: iso(lastSeenAt) } });
      return;
    }
    const isComplete = reason === "Completed";
    if (!isComplete && reason !== "BackoffLimitExceeded") return;
    const conditions = [condition(isComplete ? "Complete" : "Failed", true, lastSeenAt)];
    const status = { succeeded: Number(isComplete), failed: Number(!isComplete), conditions };
    this.#changed.set(key, { kind, metadata, status });
    for (const pod of this.#podsOf(`Job/${name}`, namespace)) pod.hasSucceeded = isComplete;
  }

  /** A controller made or deleted a pod. */
  #hearCreation({
    involvedObject: { kind, namespace, name },
    reason,
    message,
    lastSeenAt,
  }: ClusterEvent): void {
    const named = /(?:Created pod|Deleted pod): (\S+)$|^(?:create|delete) Pod (\S+) in /u.exec(message);
    const pod = named?.[1] ?? named?.[2];
    if (pod === undefined) return;
    if (reason === "SuccessfulDelete") {
      this.#stop(this.#podOf(namespace, pod, lastSeenAt), lastSeenAt, GONE_AFTER_MS);
      this.#touch(this.#podOf(namespace, pod, lastSeenAt));
    }
    if (reason !== "SuccessfulCreate") return;
    const known = this.#pods.get(`${namespace}/${pod}`);
    if (known === undefined || known.isGone || known.deletedAt !== undefined)
      this.#pods.set(`${namespace}/${pod}`, new ModelledPod(namespace, pod, lastSeenAt));
    const made = this.#podOf(namespace, pod, lastSeenAt);
    made.owner = `${kind}/${name}`;
    this.#touch(made);
  }

  #scale({ involvedObject: { namespace, name }, message }: ClusterEvent): void {
    const [, set, size] = /replica set (\S+) (?:from \d+ )?to (\d+)/u.exec(message) ?? [];
    if (set === undefined) return;
    const key = `${namespace}/${set}`;
    const known = this.#sets.get(key);
    // The newest template stands last.
    if (known === undefined) this.#sets.set(key, { owner: `Deployment/${name}`, size: Number(size) });
    else known.size = Number(size);
    this.#touchWorkload(namespace, `Deployment/${name}`);
  }

  #stop(pod: ModelledPod, at: number, goneAfterMs: number): void {
    if (pod.deletedAt !== undefined) return;
    pod.deletedAt = at;
    const run = (): void => {
      pod.isGone = true;
      if (this.#pods.get(`${pod.namespace}/${pod.name}`) === pod) this.#touch(pod);
    };
    this.#later.push({ at: at + goneAfterMs, run });
  }

  #failProbe(pod: ModelledPod, at: number): void {
    pod.failProbe(at);
    const mendedAt = at + PROBE_MENDED_AFTER_MS;
    const run = (): void => {
      if (pod.probeFailedAt !== at || pod.isGone) return;
      pod.mend(mendedAt);
      this.#touch(pod);
    };
    this.#later.push({ at: mendedAt, run });
  }

  #delete(object: string): void {
    if (object.includes("/")) {
      this.#changed.set(object, "gone");
      return;
    }
    this.#changed.set(`/Namespace/${object}`, "gone");
    for (const pod of this.#pods.values()) if (pod.namespace === object) pod.isGone = true;
    for (const pod of this.#pods.values()) if (pod.namespace === object) this.#touch(pod);
    for (const [key, { owner }] of this.#sets) {
      if (!key.startsWith(`${object}/`)) continue;
      this.#changed.set(`${object}/ReplicaSet/${key.slice(object.length + 1)}`, "gone");
      this.#changed.set(`${object}/${owner}`, "gone");
    }
  }

  #touch(pod: ModelledPod): void {
    this.#changed.set(`${pod.namespace}/Pod/${pod.name}`, pod.isGone ? "gone" : pod.toBody());
    const set = pod.owner.startsWith("ReplicaSet/") ? pod.owner.slice("ReplicaSet/".length) : undefined;
    const owner = set === undefined ? pod.owner : this.#sets.get(`${pod.namespace}/${set}`)?.owner;
    if (owner !== undefined && !owner.startsWith("Job/") && owner !== "")
      this.#touchWorkload(pod.namespace, owner);
  }

  #touchWorkload(namespace: string, owner: string): void {
    const [kind = "", name = ""] = owner.split("/");
    const sets = [...this.#sets].filter(
      ([key, set]) => set.owner === owner && key.startsWith(`${namespace}/`),
    );
    const [newest = ""] = sets.findLast(([, { size }]) => size > 0) ?? [];
    const owners =
      kind === "Deployment" ? sets.map(([key]) => `ReplicaSet/${key.slice(namespace.length + 1)}`) : [owner];
    const pods = owners.flatMap((each) => this.#podsOf(each, namespace));
    const unseen = this.#facts.unseen?.[owner] ?? 0;
    const ready = pods.filter((pod) => pod.isReady()).length + unseen;
    const ofNewest = this.#podsOf(`ReplicaSet/${newest.slice(namespace.length + 1)}`, namespace).length;
    const updated = newest === "" ? pods.length + unseen : ofNewest;
    const desired = this.#facts.desired?.[owner];
    // Without the fact nobody knows how many pods a workload has that was there before its recording.
    if (desired === undefined) return;
    const status = {
      observedGeneration: 1,
      updatedReplicas: updated,
      readyReplicas: ready,
      availableReplicas: ready,
      conditions: [],
    };
    this.#changed.set(`${namespace}/${owner}`, {
      kind,
      metadata: { name, namespace, uid: `${owner}-uid`, generation: 1 },
      spec: { replicas: desired },
      status,
    });
  }

  #podsOf(owner: string, namespace: string): readonly ModelledPod[] {
    return [...this.#pods.values()].filter(
      (pod) =>
        pod.owner === owner && pod.namespace === namespace && !pod.isGone && pod.deletedAt === undefined,
    );
  }

  #podOf(namespace: string, name: string, createdAt: number): ModelledPod {
    const key = `${namespace}/${name}`;
    const known = this.#pods.get(key) ?? new ModelledPod(namespace, name, createdAt);
    this.#pods.set(key, known);
    return known;
  }

  #crashOf({ name }: ModelledPod): Crash {
    const [, crash] =
      Object.entries(this.#facts.crashes ?? {}).find(([start]) => name.startsWith(start)) ?? [];
    return crash ?? CRASH;
  }

  #drain(at: number): readonly StateLine[] {
    const lines = [...this.#changed].map(([key, found]): StateLine => {
      const receivedAt = new Date(at).toISOString();
      if (found !== "gone") return { receivedAt, type: "STATE", object: found };
      const [namespace = "", kind = "", name = ""] = key.split("/");
      return { receivedAt, type: "DELETED", object: { kind, metadata: { name, namespace } } };
    });
    this.#changed.clear();
    return lines;
  }
}

/** A node that is well. */
const NODE: ReadonlyMap<string, boolean> = new Map([
  ["Ready", true],
  ["MemoryPressure", false],
  ["DiskPressure", false],
  ["PIDPressure", false],
]);

const NODE_REASONS: Readonly<Record<string, readonly [string, boolean]>> = {
  NodeNotReady: ["Ready", false],
  NodeReady: ["Ready", true],
  NodeHasDiskPressure: ["DiskPressure", true],
  NodeHasNoDiskPressure: ["DiskPressure", false],
  EvictionThresholdMet: ["DiskPressure", true],
  NodeHasInsufficientMemory: ["MemoryPressure", true],
  NodeHasSufficientMemory: ["MemoryPressure", false],
};
