import { ObjectKey } from "../../event/index.ts";
import { healthOf, type ObjectState, type Proof } from "../../object/index.ts";
import { objectOfMember } from "../alert-objects.ts";
import type { AlertState } from "../state.ts";
import type { FactBook } from "./fact-book.ts";
import { isOutweighed, seenBy, type Trial, type Verdict } from "./verdict.ts";

/** The verdict on the workload of an alert, and the state that it is based on. */
export interface WorkloadVerdict {
  readonly verdict: Verdict;
  /** The time of the look that it is based on; 0 for none. */
  readonly at: number;
  /** Undefined where none is known, or the workload is gone. */
  readonly state: ObjectState | undefined;
  /** Whether the verdict goes for all its pods, so that none of them has to be asked for. */
  readonly isForMembers: boolean;
}

const NOTHING: WorkloadVerdict = {
  verdict: { kind: "unknown" },
  at: 0,
  state: undefined,
  isForMembers: false,
};

/** Proofs about pods; that of a workload is that it has them all. */
const OF_PODS: ReadonlySet<Proof> = new Set<Proof>(["available", "ready", "scheduled", "stable", "started"]);

/** Proofs that a pod has to keep for a while; a workload has all its pods also between two failures of one of them. */
const LASTING: ReadonlySet<Proof> = new Set<Proof>(["ready", "stable"]);

/** The kinds whose pods run for ever. */
const HAS_PODS: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

/** The key of the workload of an alert; undefined where its objects are their own, or have several. */
export function workloadKeyOf({ labels, members, overflow }: AlertState): string | undefined {
  const workload = labels["workload"] ?? "";
  if (workload === "" || overflow === true) return undefined;
  const member = members.find(
    (each) => each.workload === workload && ObjectKey.formatName(each) !== workload,
  );
  return member && ObjectKey.beside(objectOfMember(member), workload);
}

/** The state that a proof about members asks of their workload; undefined: nothing is asked of a workload of this kind. */
export function workloadProof(proof: Proof | undefined, kind: string): Proof | undefined {
  if (proof === undefined) return undefined;
  if (OF_PODS.has(proof)) return HAS_PODS.has(kind) ? "available" : undefined;
  return proof === "complete" && kind === "CronJob" ? "complete" : undefined;
}

/** Judges the workload of an alert by the newest fact about it. */
export function judgeWorkload(
  alert: AlertState,
  trial: Trial,
  facts: Pick<FactBook, "get" | "wasFound">,
): WorkloadVerdict {
  const key = workloadKeyOf(alert);
  const fact = key === undefined ? undefined : facts.get(key);
  if (key === undefined || fact === undefined || isOutweighed(alert, fact, trial)) return NOTHING;
  if (fact.found === "gone")
    return facts.wasFound(key)
      ? { ...NOTHING, verdict: { kind: "gone", endedAt: undefined }, at: fact.at, isForMembers: true }
      : NOTHING;
  if (fact.found === "unknown") return NOTHING;
  const { kind } = ObjectKey.parse(key);
  const proof = workloadProof(trial.proof, kind);
  if (proof === undefined) return NOTHING;
  const question = { healthy: undefined, failedAt: alert.lastSeenAt, container: "", longestRunMs: 0 };
  const health = healthOf(fact.found, { ...question, proof, now: trial.now });
  if (health.verdict !== "healthy") {
    const isSick = health.verdict === "unhealthy";
    const verdict: Verdict = { kind: isSick ? "unhealthy" : "unknown" };
    return { verdict, at: fact.at, state: fact.found, isForMembers: false };
  }
  // A workload may stay available while a pod of it fails, so an older time says nothing.
  const since = seenBy(fact, health.since);
  const endedAt = since !== undefined && since >= alert.lastSeenAt ? since : undefined;
  return {
    verdict: { kind: "healthy", endedAt },
    at: fact.at,
    state: fact.found,
    isForMembers: trial.proof === undefined || !LASTING.has(trial.proof),
  };
}
