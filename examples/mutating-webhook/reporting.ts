import type { ObjectReference, Reporter } from "tocsin/reporter";

import { type OwnersOfReplicaSet, workloadOf } from "./owner.ts";
import type { Pod } from "./review.ts";

/** Workloads remembered as failing; the longest remembered is forgotten first, and ends by quiet then. */
const MOST_FAILING = 1000;

/** Tells of failing injections, and of the first that works again. */
export class InjectionReports {
  readonly #reporter: Reporter;
  readonly #ownersOfReplicaSet: OwnersOfReplicaSet;
  readonly #failing = new Set<string>();

  constructor(reporter: Reporter, ownersOfReplicaSet: OwnersOfReplicaSet) {
    this.#reporter = reporter;
    this.#ownersOfReplicaSet = ownersOfReplicaSet;
  }

  /** Never rejects: what became of an Event is the reporter's to tell. */
  async failed(namespace: string, pod: Pod, error: Error): Promise<void> {
    const regarding = await workloadOf(namespace, pod, this.#ownersOfReplicaSet);
    this.#remember(keyOf(regarding));
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
    const regarding = await workloadOf(namespace, pod, this.#ownersOfReplicaSet);
    if (!this.#failing.delete(keyOf(regarding))) return;
    this.#reporter.report({
      regarding,
      type: "Normal",
      reason: "InjectionRecovered",
      action: "Inject",
      note: "Pods get their injection again",
    });
  }

  #remember(key: string): void {
    this.#failing.delete(key);
    this.#failing.add(key);
    const [oldest] = this.#failing;
    if (this.#failing.size > MOST_FAILING && oldest !== undefined) this.#failing.delete(oldest);
  }
}

function keyOf({ kind, namespace = "", name }: ObjectReference): string {
  return `${kind}/${namespace}/${name}`;
}
