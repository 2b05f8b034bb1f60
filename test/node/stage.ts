import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type {
  CoreV1Event,
  KubernetesObject,
  V1Container,
  V1DeploymentSpec,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Volume,
  V1VolumeMount,
} from "@kubernetes/client-node";

import { until } from "../support/until.ts";
import type { Cluster } from "./cluster.ts";
import type { GenuineNode } from "./genuine-node.ts";
import type { NodeBed } from "./node-bed.ts";
import { container, deployment, podTemplate } from "./objects.ts";
import { type View, viewOf } from "./snapshots.ts";
import { isTroubled } from "./well.ts";

/** Where pods find their words. */
const SHARED = "/shared";
const MOUNT: V1VolumeMount = { name: "shared", mountPath: SHARED };

/** Nodes with this taint take only pods that ask for them. */
export const SPARE = "spare";

/** How a workload differs from one that serves. */
export interface WorkloadChange {
  readonly container?: Partial<V1Container>;
  readonly pod?: Partial<V1PodSpec>;
  readonly spec?: Partial<V1DeploymentSpec>;
}

/** The namespace in which one story plays, with what it needs to make trouble and to end it. */
export class Stage {
  readonly bed: NodeBed;
  readonly namespace: string;
  readonly cluster: Cluster;
  /** The node on which pods of this story run. */
  readonly node: GenuineNode;

  constructor(bed: NodeBed, namespace: string, node: string) {
    this.bed = bed;
    this.namespace = namespace;
    this.cluster = bed.cluster;
    this.node = bed.node(node);
  }

  /** Makes Deployment `web` so, with one container that behaves as the words say. */
  async deploy(words: string, change: WorkloadChange = {}): Promise<void> {
    const template = this.template(words, change);
    await this.cluster.apply(
      deployment({ namespace: this.namespace, name: "web" }, template, change.spec ?? {}),
    );
  }

  /** Makes objects so, by their names in the namespace of this story. */
  async apply(...objects: readonly KubernetesObject[]): Promise<void> {
    const here = objects.map((object) => ({
      ...object,
      metadata: { name: object.metadata?.name ?? "", namespace: this.namespace },
    }));
    await this.cluster.apply(...here);
  }

  /** A template of pods with the label `app: web`, which see the shared folder. */
  template(words: string, { container: more = {}, pod = {} }: WorkloadChange = {}): V1PodTemplateSpec {
    const volumeMounts = [MOUNT, ...(more.volumeMounts ?? [])];
    const volumes = [this.#volume, ...(pod.volumes ?? [])];
    const isSpare = this.node.name !== "node-1";
    return podTemplate("web", [container(words, { ...more, volumeMounts })], {
      nodeSelector: { "kubernetes.io/hostname": this.node.name },
      ...(isSpare ? { tolerations: [{ key: SPARE, operator: "Exists" }] } : {}),
      ...pod,
      volumes,
    });
  }

  /** Says how pods with the words `follow /shared/words` behave from now on. */
  tell(words: string): void {
    writeFileSync(join(this.#folder, "words"), words);
  }

  /** Has the kubelet run pod `name` by itself, as those of a control plane; with other words it is another pod. */
  async runStaticPod(name: string, words: string): Promise<void> {
    const { spec } = this.template(words);
    const manifest = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: this.namespace }, spec };
    writeFileSync(join(this.node.staticPods, `${this.namespace}-${name}.json`), JSON.stringify(manifest));
  }

  /** Takes the static pods of this story away. */
  removeStaticPods(): void {
    for (const file of readdirSync(this.node.staticPods)) {
      if (file.startsWith(`${this.namespace}-`)) rmSync(join(this.node.staticPods, file));
    }
  }

  /** Cordons the node, and evicts the pods of this story from it, as `kubectl drain` does. */
  async drain(): Promise<void> {
    const { namespace, cluster } = this;
    await this.#setUnschedulable(true);
    const { items } = await cluster.core.listNamespacedPod({ namespace });
    for (const { metadata, spec } of items) {
      const name = metadata?.name ?? "";
      if (spec?.nodeName !== this.node.name) continue;
      await cluster.core.createNamespacedPodEviction({
        name,
        namespace,
        body: { metadata: { name, namespace } },
      });
    }
  }

  /** Lets pods onto the node again. */
  async uncordon(): Promise<void> {
    await this.#setUnschedulable(false);
  }

  /** Gives the node a taint by which pods that do not tolerate it are evicted; without a key it has none. */
  async taint(key?: string): Promise<void> {
    const own = this.node.taints.map((each) => ({ key: each, effect: "NoSchedule" }));
    const taints = key === undefined ? own : [...own, { key, effect: "NoExecute" }];
    const change = { apiVersion: "v1", kind: "Node", metadata: { name: this.node.name } };
    await this.cluster.merge(Object.assign(change, { spec: { taints } }));
  }

  /** Deletes the Jobs of this story, with their pods. */
  async removeJobs(): Promise<void> {
    const { namespace } = this;
    await this.cluster.batch.deleteCollectionNamespacedJob({ namespace, propagationPolicy: "Background" });
  }

  /** Waits until all is well. */
  async untilWell(): Promise<void> {
    await until(
      async () => !isTroubled(await this.view()),
      () => `${this.namespace} is not well\n${this.bed.log()}`,
    );
  }

  /** Waits until the node is ready after it was not: what is known of it is from before until its kubelet has spoken. */
  async untilReady(): Promise<void> {
    const bootId = this.node.bootId;
    await until(
      async () =>
        (await this.view()).nodes.some(
          ({ metadata, status }) => metadata?.name === this.node.name && status?.nodeInfo?.bootID === bootId,
        ),
      () => this.bed.log(),
    );
    await until(async () => (await this.cluster.isNodeReady(this.node.name)) === true);
  }

  /** Waits until there are so many pods. */
  async untilPods(count: number): Promise<void> {
    await until(async () => (await this.view()).pods.length === count);
  }

  /** Waits until there is no Job. */
  async untilNoJob(): Promise<void> {
    await until(async () => (await this.view()).jobs.length === 0);
  }

  /** The Events of this story that the API server still has. */
  async events(): Promise<readonly CoreV1Event[]> {
    const { items } = await this.cluster.core.listNamespacedEvent({ namespace: this.namespace });
    return items;
  }

  /** The objects of this story as they are now. */
  async view(): Promise<View> {
    return viewOf(this.bed.plane, this.namespace);
  }

  async #setUnschedulable(unschedulable: boolean): Promise<void> {
    const change = { apiVersion: "v1", kind: "Node", metadata: { name: this.node.name } };
    await this.cluster.merge(Object.assign(change, { spec: { unschedulable } }));
  }

  get #folder(): string {
    return this.node.shared(this.namespace);
  }

  get #volume(): V1Volume {
    return { name: MOUNT.name, hostPath: { path: this.#folder } };
  }
}

/** The words of a container that is told while it runs how to behave. */
export const FOLLOW = `follow ${SHARED}/words`;
