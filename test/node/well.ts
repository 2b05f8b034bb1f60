import type { V1Pod } from "@kubernetes/client-node";

import type { View } from "./snapshots.ts";

/** Whether a pod does its work: ready, or ended in order. One that is being deleted does not count. */
function isPodWell({ metadata, status }: V1Pod): boolean {
  if (metadata?.deletionTimestamp !== undefined) return true;
  if (status?.phase === "Succeeded") return true;
  return status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}

/** Whether there are as many pods of the wanted kind as there should be. */
function areWorkloadsWell(view: View): boolean {
  return (
    view.deployments.every(({ metadata, spec, status }) => {
      const desired = spec?.replicas ?? 1;
      const isCurrent = status?.observedGeneration === metadata?.generation;
      return (
        isCurrent && (status?.readyReplicas ?? 0) === desired && (status?.updatedReplicas ?? 0) === desired
      );
    }) &&
    view.statefulSets.every(({ spec, status }) => (status?.readyReplicas ?? 0) === (spec?.replicas ?? 1)) &&
    view.daemonSets.every(({ status }) => status?.numberReady === status?.desiredNumberScheduled)
  );
}

/** Whether something is wrong with the pods or workloads of a namespace, by their status. */
export function isTroubled(view: View): boolean {
  return (
    !areWorkloadsWell(view) || !view.pods.filter(({ status }) => status?.phase !== "Failed").every(isPodWell)
  );
}

/** Whether pods are missing, or have no node; those that have one may still be starting. */
export function isUnplaced({ pods, deployments, statefulSets, daemonSets }: View): boolean {
  const lacks = (there: number | undefined, wanted: number | undefined): boolean =>
    (there ?? 0) < (wanted ?? 1);
  return (
    deployments.some(({ spec, status }) => lacks(status?.updatedReplicas, spec?.replicas)) ||
    statefulSets.some(({ spec, status }) => lacks(status?.replicas, spec?.replicas)) ||
    daemonSets.some(({ status }) => lacks(status?.currentNumberScheduled, status?.desiredNumberScheduled)) ||
    pods.some(
      ({ metadata, spec }) => metadata?.deletionTimestamp === undefined && spec?.nodeName === undefined,
    )
  );
}

/** Whether the newest ended run failed. */
export function hasNewestRunFailed({ jobs }: View): boolean {
  const ended = jobs.flatMap(({ status }) => {
    const condition = status?.conditions?.find(
      ({ type, status: is }) => is === "True" && (type === "Failed" || type === "Complete"),
    );
    return condition === undefined ? [] : [condition];
  });
  const at = (time: Date | undefined): number => new Date(time ?? 0).getTime();
  const newest = ended.toSorted((a, b) => at(a.lastTransitionTime) - at(b.lastTransitionTime)).at(-1);
  return newest?.type === "Failed";
}

/** Whether a node is not Ready. */
export function isNodeTroubled(name: string): (view: View) => boolean {
  return ({ nodes }) => !hasCondition(nodes, name, "Ready");
}

/** Whether a node has a condition, such as `MemoryPressure`. */
export function hasCondition(nodes: View["nodes"], name: string, wanted: string): boolean {
  const node = nodes.find(({ metadata }) => metadata?.name === name);
  return node?.status?.conditions?.some(({ type, status }) => type === wanted && status === "True") ?? false;
}
