import { z } from "zod";

import { type ApiClient, METADATA_ONLY } from "./api-client.ts";
import type { OwnPod } from "./own-pod.ts";

const ANSWER_WITHIN_MS = 5000;

const Owner = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  uid: z.string(),
  controller: z.boolean().optional(),
});
const Owned = z.looseObject({ metadata: z.looseObject({ ownerReferences: z.array(Owner).optional() }) });
type Owner = z.infer<typeof Owner>;

/** The object under which people know this process. */
export interface OwnWorkload {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Finds the workload that controls the Pod: its Deployment where it may be read, at least the Pod. Never rejects. */
export async function findOwnWorkload(pod: OwnPod, client: Pick<ApiClient, "getJson">): Promise<OwnWorkload> {
  const { namespace } = pod;
  const owner = await controllerOf(`/api/v1/namespaces/${namespace}/pods/${pod.name}`, client);
  if (owner === undefined) return { apiVersion: "v1", kind: "Pod", ...pod };
  const above =
    owner.kind === "ReplicaSet"
      ? await controllerOf(`/apis/apps/v1/namespaces/${namespace}/replicasets/${owner.name}`, client)
      : undefined;
  const { apiVersion, kind, name, uid } = above ?? owner;
  return { apiVersion, kind, namespace, name, uid };
}

/** Undefined when the object has no controller, and when it may not be read. */
async function controllerOf(path: string, client: Pick<ApiClient, "getJson">): Promise<Owner | undefined> {
  try {
    const { body } = await client.getJson(path, { accept: METADATA_ONLY, deadlineMs: ANSWER_WITHIN_MS });
    return Owned.parse(body).metadata.ownerReferences?.find(({ controller }) => controller === true);
  } catch {
    return undefined;
  }
}
