import type { ObjectReference, Reporter } from "tocsin/reporter";

import { PROFILE_ANNOTATION } from "./injection.ts";
import { type ReadWorkload, workloadOf } from "./owner.ts";
import type { Pod } from "./review.ts";

/** Workloads remembered as failing; the longest remembered is forgotten first, and ends by quiet then. */
const MOST_FAILING = 1000;

/** Tells of failing injections, of the first that works again, and of workloads that no longer ask for one. */
export class InjectionReports {
  readonly #reporter: Reporter;
  readonly #read: ReadWorkload;
  /** Keyed by kind, namespace, name and uid: only what failed for an owner ends for it. */
  readonly #failing = new Map<string, ObjectReference>();

  constructor(reporter: Reporter, read: ReadWorkload) {
    this.#reporter = reporter;
    this.#read = read;
  }

  /** Never rejects: what became of an Event is the reporter's to tell. */
  async failed(namespace: string, pod: Pod, error: Error): Promise<void> {
    const regarding = await workloadOf(namespace, pod, this.#read);
    this.#remember(regarding);
    this.#reporter.report({
      regarding,
      type: "Warning",
      reason: "InjectionFailed",
      action: "Inject",
      note: `A Pod was let in without its injection: ${error.message}`,
    });
  }

  /** Says so only where the last one failed: what works is no news. Never rejects. */
  async worked(namespace: string, pod: Pod): Promise<void> {
    if (this.#failing.size === 0) return;
    this.#over(await workloadOf(namespace, pod, this.#read), "Pods get their injection again");
  }

  /**
   * Looks at the failing workloads: the API server asks this webhook only about Pods with the annotation, so nobody says
   * when it was removed. Never rejects.
   */
  async lookAgain(): Promise<void> {
    for (const regarding of this.#failing.values()) {
      if (regarding.kind === "Pod") continue;
      try {
        const workload = await this.#read(regarding);
        // The end of a deleted workload is the watcher's of Events to see.
        if (workload === undefined || workload.uid !== regarding.uid) this.#failing.delete(keyOf(regarding));
        else if (!(PROFILE_ANNOTATION in workload.annotations))
          this.#over(regarding, "Its Pods ask for no injection any more");
      } catch {
        // The next look may succeed.
      }
    }
  }

  #over(regarding: ObjectReference, note: string): void {
    if (!this.#failing.delete(keyOf(regarding))) return;
    this.#reporter.report({
      regarding,
      type: "Normal",
      reason: "InjectionRecovered",
      action: "Inject",
      note,
    });
  }

  #remember(regarding: ObjectReference): void {
    const key = keyOf(regarding);
    this.#failing.delete(key);
    this.#failing.set(key, regarding);
    const [oldest] = this.#failing.keys();
    if (this.#failing.size > MOST_FAILING && oldest !== undefined) this.#failing.delete(oldest);
  }
}

function keyOf({ kind, namespace = "", name, uid = "" }: ObjectReference): string {
  return `${kind}/${namespace}/${name}/${uid}`;
}
