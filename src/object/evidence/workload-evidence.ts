import { oneLine } from "../../lib/text.ts";
import type { ReplicaSetState, WorkloadState } from "../workload.ts";

/** The standing of a workload, by its state. */
export interface WorkloadEvidence {
  readonly ready: number;
  readonly desired: number;
  /** Pods of the newest template. */
  readonly updated: number;
  /** The rollout that is in force, as its controller counts; "" where it does not count. */
  readonly revision: string;
  /** Whether pods are wanted, and none is ready. */
  readonly isDown: boolean;
  /** For people, in one line: `1 of 1 new pods fails, 3 of 3 of revision 11 serve`. */
  readonly text: string;
}

/** How a workload stands. @param replicaSets Of it, as far as they are known. */
export function workloadEvidence(
  workload: WorkloadState,
  replicaSets: readonly ReplicaSetState[] = [],
): WorkloadEvidence {
  const { ready, desired, updated, revision } = workload;
  return {
    ready,
    desired,
    updated,
    revision,
    isDown: desired > 0 && ready === 0,
    text: rolloutText(workload, replicaSets) ?? readyText(workload),
  };
}

/** Compares the new pods of a rollout with the old ones; undefined where it is not known, or where there is no rollout. */
function rolloutText(
  { revision }: WorkloadState,
  replicaSets: readonly ReplicaSetState[],
): string | undefined {
  const newest = replicaSets.find((set) => set.revision !== "" && set.revision === revision);
  const serving = replicaSets.filter((set) => set !== newest && set.replicas > 0);
  const [old] = serving;
  if (newest === undefined || old === undefined || serving.length > 1) return undefined;
  const failing = newest.replicas - newest.ready;
  if (failing <= 0 || newest.replicas === 0) return undefined;
  const fails = `${failing} of ${newest.replicas} new pods ${failing === 1 ? "fails" : "fail"}`;
  const serves = old.ready === 1 ? "serves" : "serve";
  return `${fails}, ${old.ready} of ${old.replicas} of revision ${oneLine(old.revision)} ${serves}`;
}

function readyText({ ready, desired }: WorkloadState): string {
  if (desired === 0) return "scaled to 0";
  return ready === 0 ? `0 of ${desired} ready: nothing serves` : `${ready} of ${desired} ready`;
}
