import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { type RunningProgram, startProgram } from "../support/running-program.ts";
import { until } from "../support/until.ts";
import { Cluster } from "./cluster.ts";
import { GenuineNode, type NodeIdentity, userOf } from "./genuine-node.ts";
import { KubeletAccess } from "./kubelet-access.ts";
import { PROGRAMS } from "./programs.ts";

const CONTROLLERS = ["kube-controller-manager", "kube-scheduler"] as const;

/** Short, so that a lost node is no matter of minutes. */
const TOLERATION_SECONDS = 20;
const NODE_GRACE = "14s";

/** A whole cluster: control plane, controllers, scheduler, and genuine nodes. */
export class NodeBed implements AsyncDisposable {
  readonly plane: ControlPlane;
  readonly cluster: Cluster;
  readonly #access: KubeletAccess;
  readonly #folder = mkdtempSync(join(tmpdir(), "tocsin-node-bed-"));
  readonly #controllers: readonly RunningProgram[];
  readonly #nodes = new Map<string, GenuineNode>();

  /** Starts it and waits until each node is Ready. */
  static async start(nodes: readonly NodeIdentity[]): Promise<NodeBed> {
    const access = new KubeletAccess();
    const plane = await startControlPlane({
      kubelets: access.options,
      users: [
        ...CONTROLLERS.map((name) => ({ name: `system:${name}`, groups: [] })),
        ...nodes.map(({ name }) => userOf(name)),
      ],
      tolerationSeconds: TOLERATION_SECONDS,
    }).catch((error: unknown) => {
      access[Symbol.dispose]();
      throw error;
    });
    const bed = new NodeBed(plane, access);
    try {
      for (const identity of nodes) await bed.#add(identity);
      await bed.cluster.apply(access.permission);
      for (const { name } of nodes) await bed.#becomesReady(name);
      return bed;
    } catch (error) {
      await bed[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(plane: ControlPlane, access: KubeletAccess) {
    this.plane = plane;
    this.#access = access;
    this.cluster = new Cluster(plane.kubeconfig);
    const [controllerManager, scheduler] = CONTROLLERS.map((name) => {
      const file = join(this.#folder, name);
      writeFileSync(file, plane.kubeconfigOf(`system:${name}`), { mode: 0o600 });
      return ["--kubeconfig", "--authentication-kubeconfig", "--authorization-kubeconfig"]
        .map((flag) => `${flag}=${file}`)
        .concat("--leader-elect=false", "--secure-port=0");
    });
    this.#controllers = [
      startProgram(PROGRAMS.controllerManager, [
        ...(controllerManager ?? []),
        `--service-account-private-key-file=${plane.serviceAccountKeyFile}`,
        `--root-ca-file=${plane.caFile}`,
        "--use-service-account-credentials",
        "--horizontal-pod-autoscaler-sync-period=5s",
        "--node-monitor-period=2s",
        `--node-monitor-grace-period=${NODE_GRACE}`,
      ]),
      startProgram(PROGRAMS.scheduler, scheduler ?? []),
    ];
  }

  /** A node of the bed by its name. */
  node(name: string): GenuineNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`no ${name} in this bed`);
    return node;
  }

  /** The last lines of all its programs. */
  log(): string {
    const controllers = this.#controllers.map((program) => program.log());
    return [this.plane.log(), ...controllers, ...[...this.#nodes.values()].map((node) => node.log())].join(
      "\n",
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.#nodes.values()) await node.stop();
    for (const program of this.#controllers) await program.stop();
    await this.plane.stop();
    this.#access[Symbol.dispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #add(identity: NodeIdentity): Promise<void> {
    const { certificateFile: clientFile } = this.#access.options;
    const node = await GenuineNode.start(identity, { ...this.plane, clientFile });
    this.#nodes.set(identity.name, node);
    this.#access.proxy.add(identity.name, node.kubeletSocket);
  }

  async #becomesReady(name: string): Promise<void> {
    await until(
      async () => (await this.cluster.isNodeReady(name)) === true,
      () => this.log(),
    );
  }
}
