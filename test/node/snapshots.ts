import { setTimeout as sleep } from "node:timers/promises";

import type {
  V1CronJob,
  V1DaemonSet,
  V1Deployment,
  V1Job,
  V1Node,
  V1PersistentVolumeClaim,
  V1Pod,
  V1StatefulSet,
  V2HorizontalPodAutoscaler,
} from "@kubernetes/client-node";

import type { ControlPlane } from "../support/control-plane.ts";

const LOOKS_EVERY_MS = 1000;

/** The lists that are looked at, and where. */
const PATHS = {
  pods: "/api/v1/pods",
  claims: "/api/v1/persistentvolumeclaims",
  nodes: "/api/v1/nodes",
  deployments: "/apis/apps/v1/deployments",
  statefulSets: "/apis/apps/v1/statefulsets",
  daemonSets: "/apis/apps/v1/daemonsets",
  jobs: "/apis/batch/v1/jobs",
  cronJobs: "/apis/batch/v1/cronjobs",
  autoscalers: "/apis/autoscaling/v2/horizontalpodautoscalers",
} as const;

/** The objects of one namespace, and all Nodes, at one time. Times are texts, as the API server writes them. */
export interface View {
  readonly pods: readonly V1Pod[];
  readonly claims: readonly V1PersistentVolumeClaim[];
  readonly nodes: readonly V1Node[];
  readonly deployments: readonly V1Deployment[];
  readonly statefulSets: readonly V1StatefulSet[];
  readonly daemonSets: readonly V1DaemonSet[];
  readonly jobs: readonly V1Job[];
  readonly cronJobs: readonly V1CronJob[];
  readonly autoscalers: readonly V2HorizontalPodAutoscaler[];
}

/** Whether something was so, at each time when that changed, in epoch milliseconds. */
export interface Track {
  readonly changes: readonly { readonly at: number; readonly isSo: boolean }[];
}

interface Watched {
  readonly namespace: string;
  readonly isSo: (view: View) => boolean;
  readonly changes: { readonly at: number; readonly isSo: boolean }[];
}

/** Looks at the status of all objects once a second, on its own and not by Events: the truth that messages are held to. */
export class Snapshots implements AsyncDisposable {
  readonly #plane: ControlPlane;
  readonly #watched: Watched[] = [];
  readonly #ended: Promise<void>;
  #isOver = false;

  constructor(plane: ControlPlane) {
    this.#plane = plane;
    this.#ended = this.#look();
  }

  /** Follows from now on whether something is so in a namespace. */
  follow(namespace: string, isSo: (view: View) => boolean): Track {
    const watched: Watched = { namespace, isSo, changes: [] };
    this.#watched.push(watched);
    return watched;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#ended;
  }

  async #look(): Promise<void> {
    while (!this.#isOver) {
      const at = Date.now();
      const all = await read(this.#plane).catch(() => undefined);
      if (all !== undefined) {
        for (const { namespace, isSo, changes } of this.#watched) {
          const now = isSo(inNamespace(all, namespace));
          if (changes.at(-1)?.isSo !== now) changes.push({ at, isSo: now });
        }
      }
      await sleep(LOOKS_EVERY_MS);
    }
  }
}

/** The objects of a namespace as they are now. */
export async function viewOf(plane: ControlPlane, namespace: string): Promise<View> {
  return inNamespace(await read(plane), namespace);
}

async function read(plane: ControlPlane): Promise<View> {
  const lists = await Promise.all(
    Object.entries(PATHS).map(async ([name, path]) => {
      const answer = await plane.request(`${path}?resourceVersion=0`);
      // A list.
      const { items } = (await answer.json()) as { readonly items: readonly unknown[] };
      return [name, items];
    }),
  );
  // The API server answers what the paths say.
  return Object.fromEntries(lists) as View;
}

function inNamespace(all: View, namespace: string): View {
  const own = <T extends { readonly metadata?: { readonly namespace?: string } }>(items: readonly T[]) =>
    items.filter(({ metadata }) => metadata?.namespace === namespace);
  return {
    nodes: all.nodes,
    pods: own(all.pods),
    claims: own(all.claims),
    deployments: own(all.deployments),
    statefulSets: own(all.statefulSets),
    daemonSets: own(all.daemonSets),
    jobs: own(all.jobs),
    cronJobs: own(all.cronJobs),
    autoscalers: own(all.autoscalers),
  };
}
