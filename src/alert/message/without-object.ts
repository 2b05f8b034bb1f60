import type { ClusterEvent } from "../../event/index.ts";

/**
 * The title of an alert, which names the Event where that names no object: people find it by `kubectl get event` then. A
 * colon, or the slash of a workload, with nothing behind it goes.
 */
export function withoutObject(title: string, { involvedObject, namespace, name }: ClusterEvent): string {
  if (involvedObject.name !== "") return title;
  const bare = title.replace(/[\s:/]+$/u, "");
  return name === "" || bare.includes(name) ? bare : `${bare}: Event ${namespace}/${name}`;
}
