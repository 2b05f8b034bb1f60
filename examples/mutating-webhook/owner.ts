import type { ObjectReference } from "tocsin/reporter";

import type { OwnerReference, Pod } from "./review.ts";

/** A workload as the cluster has it. */
export interface Workload {
  readonly uid: string;
  readonly owners: readonly OwnerReference[];
  /** Of its Pod template. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Asks the cluster for a workload; undefined when there is none, or none of a kind that can be asked for. */
export type ReadWorkload = (
  reference: Pick<ObjectReference, "apiVersion" | "kind" | "namespace" | "name">,
) => Promise<Workload | undefined>;

/**
 * The workload a Pod belongs to: its Deployment, else the ReplicaSet or other controller that makes it. The review only
 * claims an owner, so it counts when the cluster has one of that uid; else, and without one, it is the Pod. The Pod
 * itself is a poor object for an Event: it has no uid yet, and the next one has another name.
 */
export async function workloadOf(namespace: string, pod: Pod, read: ReadWorkload): Promise<ObjectReference> {
  const { name, generateName = "unnamed" } = pod.metadata;
  const itself = { apiVersion: "v1", kind: "Pod", namespace, name: name ?? generateName.replace(/-+$/u, "") };
  const claimed = controllerOf(pod.metadata.ownerReferences ?? []);
  if (claimed === undefined) return itself;
  const reference = toReference(namespace, claimed);
  try {
    const workload = await read(reference);
    if (workload?.uid !== claimed.uid) return itself;
    const above = controllerOf(workload.owners);
    return above === undefined ? reference : toReference(namespace, above);
  } catch {
    // Better an Event about the Pod than none, and than one about an owner that nobody has confirmed.
    return itself;
  }
}

function controllerOf(owners: readonly OwnerReference[]): OwnerReference | undefined {
  return owners.find(({ controller }) => controller === true);
}

function toReference(namespace: string, { apiVersion, kind, name, uid }: OwnerReference): ObjectReference {
  return { apiVersion, kind, namespace, name, uid };
}
