import { oneLine } from "../../lib/text.ts";
import type { Condition } from "../condition.ts";
import type { ObjectState } from "../object-state.ts";

/** The status that each condition has on an object that is well; conditions that are not here say nothing. */
const WELL: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Pod: { PodScheduled: "True", PodReadyToStartContainers: "True" },
  Node: {
    Ready: "True",
    MemoryPressure: "False",
    DiskPressure: "False",
    PIDPressure: "False",
    NetworkUnavailable: "False",
  },
  Deployment: { Progressing: "True", ReplicaFailure: "False" },
  Job: { Failed: "False", FailureTarget: "False" },
  HorizontalPodAutoscaler: { AbleToScale: "True", ScalingActive: "True" },
  inspected: { Ready: "True", Available: "True", Healthy: "True", Stalled: "False" },
};

/**
 * The conditions that are not as on an object that is well, for people: `Ready is False: KubeletNotReady, container
 * runtime is down`. Their texts come from the cluster and are hostile.
 */
export function conditionEvidence(state: ObjectState): readonly string[] {
  if (!("conditions" in state)) return [];
  const well = WELL[state.kind] ?? {};
  return state.conditions
    .filter(({ type, status }) => Object.hasOwn(well, type) && well[type] !== status)
    .map(conditionText);
}

function conditionText({ type, status, reason, message }: Condition): string {
  const why = [reason, message].filter((part) => part !== "").map(oneLine);
  return [oneLine(`${type} is ${status}`), ...(why.length === 0 ? [] : [why.join(", ")])].join(": ");
}
