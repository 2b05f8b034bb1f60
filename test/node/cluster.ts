import {
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
} from "@kubernetes/client-node";

import { until } from "../support/until.ts";

const FIELD_MANAGER = "tocsin-test";

/** An administrator of a cluster: the calls that stories need, beside those of the libraries. */
export class Cluster {
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly batch: BatchV1Api;
  readonly #objects: KubernetesObjectApi;

  /** @param kubeconfig YAML. */
  constructor(kubeconfig: string) {
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    this.core = config.makeApiClient(CoreV1Api);
    this.apps = config.makeApiClient(AppsV1Api);
    this.batch = config.makeApiClient(BatchV1Api);
    this.#objects = KubernetesObjectApi.makeApiClient(config);
  }

  /** Makes objects, or makes them so, as `kubectl apply --server-side` does. */
  async apply(...objects: readonly KubernetesObject[]): Promise<void> {
    for (const object of objects) {
      await this.#objects.patch(
        object,
        undefined,
        undefined,
        FIELD_MANAGER,
        true,
        PatchStrategy.ServerSideApply,
      );
    }
  }

  /** Changes some fields of an object. */
  async merge(change: KubernetesObject): Promise<void> {
    await this.#objects.patch(
      change,
      undefined,
      undefined,
      FIELD_MANAGER,
      undefined,
      PatchStrategy.MergePatch,
    );
  }

  /** Deletes an object, and what it owns. */
  async remove(object: KubernetesObject): Promise<void> {
    await this.#objects.delete(object, undefined, undefined, undefined, undefined, "Background");
  }

  /** Makes a namespace, and waits until pods can be made in it. */
  async createNamespace(name: string): Promise<void> {
    await this.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    // Controllers make both, a moment later.
    await until(async () => {
      const { items: accounts } = await this.core.listNamespacedServiceAccount({ namespace: name });
      const { items: maps } = await this.core.listNamespacedConfigMap({ namespace: name });
      return accounts.length > 0 && maps.length > 0;
    });
  }

  /** Undefined when there is no such node yet. */
  async isNodeReady(name: string): Promise<boolean | undefined> {
    const { items } = await this.core.listNode();
    const node = items.find((each) => each.metadata?.name === name);
    const condition = node?.status?.conditions?.find(({ type }) => type === "Ready");
    return condition === undefined ? undefined : condition.status === "True";
  }
}
