import type { ContainerLog, Fact } from "../alert/index.ts";
import { ObjectKey } from "../event/index.ts";
import { type ApiClient, ApiError } from "../kube/index.ts";
import { BoundedMap } from "../lib/bounded-map.ts";
import type { Clock } from "../lib/clock.ts";
import type { Counter, Metrics } from "../lib/metrics.ts";
import type { PodState } from "../object/index.ts";
import { type Crash, crashesOf } from "./crashes-of.ts";
import { lastLines } from "./last-lines.ts";
import { lookUpCounter, type LookUpOutcome } from "./look-up-metrics.ts";
import type { Turn } from "./turn.ts";

/** Time for one answer, milliseconds: a message waits for a second at most, and the state was read before. */
const DEADLINE_MS = 600;

/** Most bytes of a log that are asked for, and that are read. */
const MOST_BYTES = 64 * 1024;

/** Pods of one workload whose logs are read within this time: they tell the same story. */
const MOST_PODS = 2;
const ALIKE_MS = 10_000;

const MOST_REMEMBERED = 1000;

/** The container whose log was asked for does not exist any more. */
const REMOVED = Symbol("removed");

/** The kubelet's answer, with status 200, where the container was removed (v1.36, kuberuntime_container.go, GetContainerLogs). */
const NO_LOG = /^unable to retrieve container logs for \S+\s*$/u;

/** Collaborators and settings of logs. */
export interface ContainerLogsOptions {
  /** The only namespaces whose logs are read. */
  readonly namespaces: readonly string[];
  /** Lines of one container. */
  readonly lines: number;
  /** The name of the cluster: logs of other clusters are not read. */
  readonly cluster: string;
  readonly client: Pick<ApiClient, "getText">;
  readonly turn: Turn;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/**
 * Reads the last lines of crashed containers, without what looks like a secret. Where the log may not be read, the
 * termination message stands in. It never throws.
 */
export class ContainerLogs {
  readonly #options: ContainerLogsOptions;
  readonly #counter: Counter<"resource" | "outcome">;
  readonly #closing = new AbortController();
  /** By workload: the pods whose logs were read, and when on the monotonic clock. */
  readonly #read = new BoundedMap<string, { readonly at: number; readonly pods: Set<string> }>(
    MOST_REMEMBERED,
  );

  constructor(options: ContainerLogsOptions) {
    this.#options = options;
    this.#counter = lookUpCounter(options.metrics);
  }

  /**
   * Reads the logs of the crashed containers of a pod, by its state.
   *
   * @param onLogs Called once, also before this returns; never after `close`.
   */
  read(
    { object, found }: Pick<Fact, "object" | "found">,
    onLogs: (logs: readonly ContainerLog[]) => void,
  ): void {
    const key = ObjectKey.parse(object);
    const crashes = this.#crashesOf(key, found);
    if (typeof found === "string" || found.kind !== "Pod" || crashes.length === 0) return onLogs([]);
    if (!this.#isNews(key, found)) return onLogs([]);
    void this.#readAll(key, crashes, onLogs);
  }

  /** Ends all requests, and answers nothing any more. */
  close(): void {
    this.#closing.abort(new Error("stopping"));
  }

  #crashesOf({ cluster, namespace }: ObjectKey, found: Fact["found"]): readonly Crash[] {
    const { cluster: own, namespaces, clock } = this.#options;
    if (typeof found === "string" || found.kind !== "Pod") return [];
    return cluster === own && namespaces.includes(namespace) ? crashesOf(found, clock.now()) : [];
  }

  async #readAll(
    key: ObjectKey,
    crashes: readonly Crash[],
    onLogs: (logs: readonly ContainerLog[]) => void,
  ): Promise<void> {
    const logs = await Promise.all(crashes.map((crash) => this.#readOne(key, crash)));
    if (!this.#closing.signal.aborted) onLogs(logs.flat());
  }

  /** Whether not enough pods of its workload were read just now. */
  #isNews({ namespace, name }: ObjectKey, { owner }: PodState): boolean {
    const workload = `${namespace}/${owner === "" ? name : owner}`;
    const now = this.#options.clock.monotonic();
    const known = this.#read.peek(workload);
    const recent =
      known !== undefined && now < known.at + ALIKE_MS ? known : { at: now, pods: new Set<string>() };
    if (recent.pods.size >= MOST_PODS && !recent.pods.has(name)) return false;
    recent.pods.add(name);
    this.#read.set(workload, recent);
    return true;
  }

  async #readOne(
    { namespace, name }: ObjectKey,
    { container, isPrevious, message }: Crash,
  ): Promise<readonly ContainerLog[]> {
    const { lines } = this.#options;
    const logOf = async (previous: boolean): Promise<string | typeof REMOVED | undefined> => {
      const query = new URLSearchParams({
        container,
        previous: String(previous),
        tailLines: String(lines),
        limitBytes: String(MOST_BYTES),
      });
      return this.#request(`/api/v1/namespaces/${namespace}/pods/${name}/log?${query.toString()}`);
    };
    const log = await logOf(isPrevious);
    // By now the run that was the present one may have ended, and the one before it is removed.
    const text = log === REMOVED && isPrevious ? await logOf(false) : log;
    const last = lastLines(typeof text === "string" ? text : message, lines);
    return last.length === 0 ? [] : [{ container, lines: last }];
  }

  /** Undefined where there is no log to read, or it may not be read. */
  async #request(path: string): Promise<string | typeof REMOVED | undefined> {
    const { client, clock, turn } = this.#options;
    const endsAt = clock.monotonic() + DEADLINE_MS;
    if (!(await turn(DEADLINE_MS / 2))) return this.#skip();
    try {
      const text = await client.getText(path, {
        deadlineMs: endsAt - clock.monotonic(),
        // The end of a line may be a character of several bytes.
        mostBytes: MOST_BYTES + 1024,
        signal: this.#closing.signal,
      });
      const isLog = !NO_LOG.test(text);
      this.#count(isLog ? "found" : "gone");
      return isLog ? text : REMOVED;
    } catch (error) {
      this.#count(error instanceof ApiError && error.status === 403 ? "forbidden" : "failed");
      return undefined;
    }
  }

  #skip(): undefined {
    this.#count("skipped");
  }

  #count(outcome: LookUpOutcome): void {
    this.#counter.inc({ resource: "pods/log", outcome });
  }
}
