import { oneLine } from "../../lib/text.ts";
import type { ObjectState } from "../object-state.ts";
import type { ReplicaSetState } from "../workload.ts";
import { conditionEvidence } from "./condition-evidence.ts";
import { type ContainerEvidence, containerEvidence } from "./container-evidence.ts";
import { podNeeds } from "./pod-needs.ts";
import { type WorkloadEvidence, workloadEvidence } from "./workload-evidence.ts";

/** The trouble of one object, by its state. Its texts come from the cluster and are hostile. */
export interface ObjectEvidence {
  /** One line each, for people. */
  readonly facts: readonly string[];
  /** Of a pod: the things in its spec that its trouble is about: `claim data`, `pull secret registry-login`. */
  readonly needs: readonly string[];
  /** Of a pod: its containers with trouble. */
  readonly containers: readonly ContainerEvidence[];
  /** Of a Deployment, StatefulSet or DaemonSet. */
  readonly workload: WorkloadEvidence | undefined;
}

/** The question beside the state. */
export interface EvidenceQuestion {
  /** The container that the problem is about; "" for all. */
  readonly container: string;
  /** Of a Deployment, as far as they are known. */
  readonly replicaSets?: readonly ReplicaSetState[];
}

/** Finds the trouble that the state of an object shows; its parts are empty when there is none. */
export function objectEvidence(
  state: ObjectState,
  { container, replicaSets }: EvidenceQuestion,
): ObjectEvidence {
  switch (state.kind) {
    case "Pod": {
      const asked = state.containers.filter(({ name }) => container === "" || name === container);
      const containers = asked.flatMap((each) => containerEvidence(each) ?? []);
      const ownReason = state.reason === "" ? [] : [[state.reason, state.message].filter(Boolean).join(": ")];
      return {
        facts: [...ownReason.map(oneLine), ...conditionEvidence(state)],
        needs: podNeeds(state, containers),
        containers,
        workload: undefined,
      };
    }
    case "Deployment":
    case "StatefulSet":
    case "DaemonSet":
      return {
        facts: conditionEvidence(state),
        needs: [],
        containers: [],
        workload: workloadEvidence(state, replicaSets),
      };
    case "PersistentVolumeClaim":
    case "PersistentVolume":
      return { facts: [`is ${oneLine(state.phase)}`], needs: [], containers: [], workload: undefined };
    case "Node":
      return { facts: nodeFacts(state), needs: [], containers: [], workload: undefined };
    case "Job":
    case "CronJob":
    case "HorizontalPodAutoscaler":
    case "Namespace":
    case "ReplicaSet":
    case "inspected":
      return { facts: conditionEvidence(state), needs: [], containers: [], workload: undefined };
  }
}

function nodeFacts(node: Extract<ObjectState, { kind: "Node" }>): readonly string[] {
  return [...conditionEvidence(node), ...(node.isUnschedulable ? ["is cordoned"] : [])];
}
