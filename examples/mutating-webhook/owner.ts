import type { ObjectReference } from "tocsin/reporter";

import type { OwnerReference, Pod } from "./review.ts";

/** Asks for the owners of a ReplicaSet; [] when it has none. */
export type OwnersOfReplicaSet = (namespace: string, name: string) => Promise<readonly OwnerReference[]>;

/**
 * The workload a Pod belongs to, as far as it can be found: its Deployment, else the ReplicaSet or other controller that
 * makes it, else the Pod. The Pod itself is a poor object for an Event: it has no uid yet, and the next one has another
 * name.
 */
export async function workloadOf(
  namespace: string,
  pod: Pod,
  ownersOfReplicaSet: OwnersOfReplicaSet,
): Promise<ObjectReference> {
  const controller = controllerOf(pod.metadata.ownerReferences ?? []);
  if (controller === undefined) {
    const { name, generateName = "unnamed" } = pod.metadata;
    return { apiVersion: "v1", kind: "Pod", namespace, name: name ?? generateName.replace(/-+$/u, "") };
  }
  if (controller.kind !== "ReplicaSet") return toReference(namespace, controller);
  try {
    const deployment = controllerOf(await ownersOfReplicaSet(namespace, controller.name));
    return toReference(namespace, deployment ?? controller);
  } catch {
    // Better an Event about the ReplicaSet than none.
    return toReference(namespace, controller);
  }
}

function controllerOf(owners: readonly OwnerReference[]): OwnerReference | undefined {
  return owners.find(({ controller }) => controller === true);
}

function toReference(namespace: string, { apiVersion, kind, name, uid }: OwnerReference): ObjectReference {
  return { apiVersion, kind, namespace, name, uid };
}
