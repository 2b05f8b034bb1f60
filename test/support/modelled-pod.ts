/** A container as a kubelet would report it. Times are epoch milliseconds. */
interface Container {
  readonly name: string;
  starts: number;
  startedAt: number | undefined;
  waiting: string | undefined;
  message: string;
  end: Crash | undefined;
  endedAt: number | undefined;
}

/** How the containers of a recording end. */
export interface Crash {
  readonly exitCode: number;
  readonly reason: string;
  /** How long each run takes, milliseconds. */
  readonly ranMs: number;
}

/** A pod whose state follows from what its Events say. */
export class ModelledPod {
  readonly namespace: string;
  readonly name: string;
  uid = "";
  owner = "";
  node = "";
  createdAt: number;
  deletedAt: number | undefined;
  isGone = false;
  /** Undefined while no probe failed. */
  probeFailedAt: number | undefined;
  hasSucceeded = false;
  #readyAt: number | undefined;
  readonly #containers = new Map<string, Container>();

  constructor(namespace: string, name: string, createdAt: number) {
    this.namespace = namespace;
    this.name = name;
    this.createdAt = createdAt;
  }

  /** @param crash How the run before ended, if there was one and nothing said so. */
  start(container: string, crash: Crash, at: number): void {
    const known = this.#of(container);
    if (known.startedAt !== undefined) this.crash(container, crash, at);
    Object.assign(known, { starts: known.starts + 1, startedAt: at, waiting: undefined, message: "" });
    this.#readyAt = at + 1000;
    this.probeFailedAt = undefined;
  }

  wait(container: string, reason: string, message = ""): void {
    Object.assign(this.#of(container), { waiting: reason, message });
  }

  crash(container: string, crash: Crash, at: number): void {
    const known = this.#of(container);
    const endedAt = Math.min(at, (known.startedAt ?? at) + crash.ranMs);
    Object.assign(known, { waiting: "CrashLoopBackOff", end: crash, endedAt });
  }

  failProbe(at: number): void {
    this.probeFailedAt = at;
  }

  mend(at: number): void {
    this.probeFailedAt = undefined;
    this.#readyAt = at;
  }

  isReady(): boolean {
    const all = [...this.#containers.values()];
    const runs =
      all.length > 0 &&
      all.every(({ startedAt, waiting }) => startedAt !== undefined && waiting === undefined);
    return runs && this.probeFailedAt === undefined && this.deletedAt === undefined && !this.hasSucceeded;
  }

  /** As the API server would give it. */
  toBody(): object {
    const [kind, name] = this.owner.split("/");
    const isReady = this.isReady();
    const all = [...this.#containers.values()];
    return {
      kind: "Pod",
      metadata: {
        name: this.name,
        namespace: this.namespace,
        uid: this.uid,
        creationTimestamp: iso(this.createdAt),
        ...(this.deletedAt === undefined ? {} : { deletionTimestamp: iso(this.deletedAt) }),
        ownerReferences: this.owner === "" ? [] : [{ kind, name, controller: true }],
      },
      spec: { nodeName: this.node, containers: all.map((container) => ({ name: container.name })) },
      status: {
        phase: this.hasSucceeded ? "Succeeded" : this.node === "" ? "Pending" : "Running",
        conditions: [
          condition("Ready", isReady, this.probeFailedAt ?? this.#readyAt ?? this.createdAt),
          condition("PodScheduled", this.node !== "", this.createdAt),
        ],
        containerStatuses: all.map((container) => ({
          name: container.name,
          ready: isReady,
          restartCount: Math.max(0, container.starts - 1),
          state: stateOf(container, this.hasSucceeded),
          lastState: lastOf(container),
        })),
      },
    };
  }

  #of(name: string): Container {
    const known = this.#containers.get(name);
    if (known !== undefined) return known;
    const made: Container = {
      name,
      starts: 0,
      startedAt: undefined,
      waiting: undefined,
      message: "",
      end: undefined,
      endedAt: undefined,
    };
    this.#containers.set(name, made);
    return made;
  }
}

function stateOf({ waiting, message, startedAt }: Container, hasSucceeded: boolean): object {
  if (hasSucceeded)
    return { terminated: { exitCode: 0, reason: "Completed", finishedAt: iso(startedAt ?? 0) } };
  if (waiting !== undefined) return { waiting: { reason: waiting, message } };
  return startedAt === undefined
    ? { waiting: { reason: "ContainerCreating" } }
    : { running: { startedAt: iso(startedAt) } };
}

function lastOf({ end, endedAt }: Container): object {
  if (end === undefined || endedAt === undefined) return {};
  const { exitCode, reason, ranMs } = end;
  return { terminated: { exitCode, reason, startedAt: iso(endedAt - ranMs), finishedAt: iso(endedAt) } };
}

/** A condition as `status` has it. */
export function condition(type: string, is: boolean, since: number): object {
  return { type, status: is ? "True" : "False", lastTransitionTime: iso(since) };
}

/** An RFC 3339 time in whole seconds, as Kubernetes writes them. */
export function iso(at: number): string {
  return new Date(Math.floor(at / 1000) * 1000).toISOString();
}
