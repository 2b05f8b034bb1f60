import type { ObjectState, Proof } from "../../object/index.ts";
import type { ResolvedBy } from "../notification.ts";

const NOUNS: Readonly<Record<string, string>> = {
  Pod: "pod",
  Node: "node",
  PersistentVolume: "volume",
  PersistentVolumeClaim: "claim",
  HorizontalPodAutoscaler: "autoscaler",
};

const WORDS: Readonly<Record<Proof, string>> = {
  available: "ready",
  bound: "bound",
  complete: "complete",
  condition: "healthy",
  noPressure: "without pressure",
  nodeReady: "ready",
  ready: "ready",
  scheduled: "scheduled",
  stable: "ready",
  started: "started",
};

/** The healthy state of objects in words, as `ResolvedBy.what` has it: `pod started`, `3 of 3 pods ready`. */
export function wellWords(proof: Proof, kinds: readonly string[]): string {
  const [kind = ""] = new Set(kinds).size === 1 ? kinds : [];
  const noun = NOUNS[kind] ?? (kind === "" ? "object" : kind);
  const count = kinds.length;
  return `${count === 1 ? noun : `${count} of ${count} ${noun}s`} ${WORDS[proof]}`;
}

/** The healthy state of a workload in words. */
function workloadWords(state: ObjectState): string {
  if (state.kind === "CronJob") return "a later Job succeeded";
  if (state.kind === "ReplicaSet") return podsReady(state.ready, state.replicas);
  if ("desired" in state && "ready" in state)
    return state.desired === 0 ? SCALED_TO_0 : podsReady(state.ready, state.desired);
  return `${state.kind} complete`;
}

/** The end of an alert whose workload is well. */
export function endByWorkload(state: ObjectState): Pick<ResolvedBy, "how" | "what"> {
  const what = workloadWords(state);
  return { how: what === SCALED_TO_0 ? "deleted" : "healthy", what };
}

/** The words of a workload that a person scaled to nothing: its problem is over, although nothing is well. */
const SCALED_TO_0 = "scaled to 0";

function podsReady(ready: number, desired: number): string {
  return `${Math.min(ready, desired)} of ${desired} pods ready`;
}
