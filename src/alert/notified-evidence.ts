import type { RecentChange } from "./recent-change.ts";

/** The known cause of an alert, as receivers get it. Its texts come from the cluster and are hostile. */
export interface NotifiedEvidence {
  /** When the newest state in it was read, RFC 3339. */
  readonly at: string;
  /** The most telling of it in one line, for people; "" when nothing tells the cause. */
  readonly summary: string;
  /** Most telling first. */
  readonly facts: readonly NotifiedFact[];
  /** Containers with trouble. */
  readonly containers: readonly NotifiedContainer[];
  /** The workload, where its state is known and counts pods. */
  readonly workload: NotifiedWorkload | null;
  /** Changes that came before the problem, newest first. */
  readonly changes: readonly {
    readonly at: string;
    readonly what: RecentChange["what"];
    readonly text: string;
  }[];
  /** The last lines of containers that crashed; missing where none were read, and after the message was sent. */
  readonly logs?: readonly NotifiedLog[];
}

/** The last lines of one container's log, without what looks like a secret. */
export interface NotifiedLog {
  /** `Kind/name` of its pod. */
  readonly object: string;
  readonly container: string;
  /** Oldest first; at most 2 KiB together. */
  readonly lines: readonly string[];
}

/** One fact about one object. */
export interface NotifiedFact {
  /**
   * `probe`: how the probe was answered for which a container was killed. `missing`: what is not there. `needs`: what the
   * trouble of a pod is about. `state`: what the state of the object says. `gone`: the object does not exist any more.
   * `node`: where all of them are, and what is wrong with a node that some of them are on.
   */
  readonly name: "probe" | "missing" | "needs" | "state" | "gone" | "node";
  readonly value: string;
  /** `Kind/name`; "" when it is about all of the alert. */
  readonly object: string;
}

/** The trouble of one container. */
export interface NotifiedContainer {
  /** `Kind/name` of its pod. */
  readonly object: string;
  readonly name: string;
  readonly image: string;
  readonly restarts: number;
  /** As written in the spec: `40Mi`; "" for none. */
  readonly memoryLimit: string;
  /** Why it does not run, such as `CrashLoopBackOff`; "" when it does. */
  readonly waiting: string;
  /** How it ended the last time; null when it never did. */
  readonly exit: {
    readonly code: number;
    readonly reason: string;
    /** RFC 3339. */
    readonly at: string | null;
    readonly ranSeconds: number | null;
  } | null;
  /** The same in one line: `exit 137 OOMKilled after 15 s, limit 40Mi`. */
  readonly text: string;
}

/** The standing of a workload. */
export interface NotifiedWorkload {
  /** `Kind/name`. */
  readonly object: string;
  readonly ready: number;
  readonly desired: number;
  readonly updated: number;
  /** "" where its controller does not count rollouts. */
  readonly revision: string;
  /** In one line: `0 of 2 ready: nothing serves`. */
  readonly text: string;
}
