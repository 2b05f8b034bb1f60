import { existsSync } from "node:fs";
import { join } from "node:path";

import { until } from "../support/until.ts";
import type { NodeBed } from "./node-bed.ts";
import { container, podTemplate } from "./objects.ts";

const VOLUME = "files";

/** A ConfigMap that a pod mounts: the kubelet writes its files, and swaps them when the ConfigMap changes. */
export class MountedFiles {
  /** Where the kubelet keeps the files, on this machine. */
  readonly folder: string;
  readonly #bed: NodeBed;
  readonly #place: { readonly name: string; readonly namespace: string };
  #version = 0;

  /** Starts the pod and waits for the files. */
  static async mount(
    bed: NodeBed,
    place: { readonly node: string; readonly name: string; readonly namespace: string },
    data: Readonly<Record<string, string>>,
  ): Promise<MountedFiles> {
    const { node, ...named } = place;
    await bed.cluster.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: named, data } as object);
    const { spec } = podTemplate(
      named.name,
      [container("serve", { volumeMounts: [{ name: VOLUME, mountPath: "/files" }] })],
      { nodeName: node, volumes: [{ name: VOLUME, configMap: { name: named.name } }] },
    );
    await bed.cluster.apply({ apiVersion: "v1", kind: "Pod", metadata: named, spec } as object);
    const { metadata } = await bed.cluster.core.readNamespacedPod(named);
    const folder = join(
      bed.node(node).folder,
      `kubelet/pods/${metadata?.uid}/volumes/kubernetes.io~configmap/${VOLUME}`,
    );
    await until(
      () => Object.keys(data).every((file) => existsSync(join(folder, file))),
      () => bed.log(),
    );
    return new MountedFiles(bed, named, folder);
  }

  private constructor(
    bed: NodeBed,
    place: { readonly name: string; readonly namespace: string },
    folder: string,
  ) {
    this.#bed = bed;
    this.#place = place;
    this.folder = folder;
  }

  /** Edits the ConfigMap; the kubelet follows by itself within a minute, and at once when the pod changes too. */
  async edit(data: Readonly<Record<string, string>>): Promise<void> {
    this.#version++;
    const metadata = { ...this.#place, annotations: { version: String(this.#version) } };
    await this.#bed.cluster.apply({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: this.#place,
      data,
    } as object);
    await this.#bed.cluster.merge({ apiVersion: "v1", kind: "Pod", metadata });
  }
}
