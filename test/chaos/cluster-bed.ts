import { setTimeout as sleep } from "node:timers/promises";

import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import type { Bed, WriteAnswer } from "./bed.ts";
import { NAMESPACES } from "./schedule.ts";

/** A real kube-apiserver on a real etcd. */
export interface ClusterBed extends Bed {
  readonly kind: "cluster";
  readonly plane: ControlPlane;
}

/** A server that does not answer is asked again after this. */
const ANSWER_WITHIN_MS = 3000;
const RETRY_MS = 200;

/** Starts both, with the namespaces of the generator. */
export async function startClusterBed(): Promise<ClusterBed> {
  const plane = await startControlPlane({ compactionInterval: "0" });
  for (const name of NAMESPACES) {
    await write(plane, "POST", "/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    });
  }
  const pathOf = (namespace: string, name: string): string =>
    `/api/v1/namespaces/${namespace}/events/${name}`;
  return {
    kind: "cluster",
    plane,
    kubeconfig: plane.kubeconfig,
    create: (event) => write(plane, "POST", `/api/v1/namespaces/${event.metadata.namespace}/events`, event),
    patch: (namespace, name, patch) => write(plane, "PATCH", pathOf(namespace, name), patch),
    remove: (namespace, name) => write(plane, "DELETE", pathOf(namespace, name)),
    [Symbol.asyncDispose]: () => plane.stop(),
  };
}

/**
 * Repeats a write until the server accepts or refuses it. A write without an answer may have been done, and counts so.
 */
async function write(
  plane: ControlPlane,
  method: "POST" | "PATCH" | "DELETE",
  path: string,
  body?: object,
): Promise<WriteAnswer | undefined> {
  for (let attempt = 1; ; attempt++) {
    const answer = await once(plane, method, path, body).catch(() => undefined);
    if (answer === undefined || answer.status >= 500 || [401, 403, 429].includes(answer.status)) {
      await sleep(RETRY_MS);
      continue;
    }
    const isDoneBefore = attempt > 1 && answer.status === (method === "POST" ? 409 : 404);
    if (isDoneBefore && method !== "PATCH") return { resourceVersion: undefined };
    if (answer.status >= 300) return undefined;
    return { resourceVersion: answer.resourceVersion };
  }
}

async function once(
  plane: ControlPlane,
  method: string,
  path: string,
  body: object | undefined,
): Promise<{ readonly status: number; readonly resourceVersion: string | undefined }> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const answer = await plane.request(path, {
    method,
    headers: { "content-type": type },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // An object or a Status: both have metadata.
  const { metadata } = (await answer.json()) as { readonly metadata?: { readonly resourceVersion?: string } };
  return { status: answer.status, resourceVersion: metadata?.resourceVersion };
}
