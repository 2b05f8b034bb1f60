import {
  ApiException,
  AppsV1Api,
  BatchV1Api,
  type KubeConfig,
  type V1ObjectMeta,
} from "@kubernetes/client-node";

import type { ReadWorkload, Workload } from "./owner.ts";

const DEADLINE_MS = 5000;

/** The parts of a workload that are read. */
interface Found {
  readonly metadata?: V1ObjectMeta;
  readonly spec?: { readonly template?: { readonly metadata?: V1ObjectMeta } };
}

/** Reads the built-in workloads; takes `get` on them. */
export function workloadsOf(cluster: KubeConfig): ReadWorkload {
  const apps = cluster.makeApiClient(AppsV1Api);
  const batch = cluster.makeApiClient(BatchV1Api);
  const kinds: Readonly<Record<string, (name: { namespace: string; name: string }) => Promise<Found>>> = {
    "apps/v1 Deployment": (name) => apps.readNamespacedDeployment(name),
    "apps/v1 ReplicaSet": (name) => apps.readNamespacedReplicaSet(name),
    "apps/v1 StatefulSet": (name) => apps.readNamespacedStatefulSet(name),
    "apps/v1 DaemonSet": (name) => apps.readNamespacedDaemonSet(name),
    "batch/v1 Job": (name) => batch.readNamespacedJob(name),
  };
  return async ({ apiVersion, kind, namespace = "", name }) => {
    const key = `${apiVersion} ${kind}`;
    const read = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (read === undefined) return undefined;
    const late = new Promise<never>((_resolve, reject) => {
      setTimeout(() => reject(new Error("no answer")), DEADLINE_MS).unref();
    });
    try {
      return toWorkload(await Promise.race([read({ namespace, name }), late]));
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return undefined;
      throw error;
    }
  };
}

function toWorkload({ metadata, spec }: Found): Workload {
  return {
    uid: metadata?.uid ?? "",
    owners: (metadata?.ownerReferences ?? []).map(({ apiVersion, kind, name, uid, controller }) => ({
      apiVersion,
      kind,
      name,
      uid,
      controller: controller === true,
    })),
    annotations: spec?.template?.metadata?.annotations ?? {},
  };
}
