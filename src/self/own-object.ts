import { z } from "zod";

import { type ApiClient, METADATA_ONLY, type OwnPod } from "../kube/index.ts";
import type { ObjectReference } from "../reporter/index.ts";

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

/** What people look at: the Deployment of the Pod, as far as it can be found, else the Pod. Never rejects. */
export async function findOwnObject(
  pod: OwnPod,
  client: Pick<ApiClient, "getJson">,
): Promise<ObjectReference> {
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

/** Undefined for none, and where it may not be asked. */
async function controllerOf(path: string, client: Pick<ApiClient, "getJson">): Promise<Owner | undefined> {
  try {
    const { body } = await client.getJson(path, { accept: METADATA_ONLY, deadlineMs: ANSWER_WITHIN_MS });
    return Owned.parse(body).metadata.ownerReferences?.find(({ controller }) => controller === true);
  } catch {
    return undefined;
  }
}
