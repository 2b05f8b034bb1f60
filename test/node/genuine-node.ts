import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { makeAuthority, type TestAuthority } from "../sinks/email/mail-server.ts";
import type { ControlPlane } from "../support/control-plane.ts";
import { type RunningProgram, startProgram } from "../support/running-program.ts";
import { until } from "../support/until.ts";
import { NodeCgroup } from "./cgroup.ts";
import {
  type EvictionThresholds,
  NO_PRESSURE,
  type NodePlaces,
  runtimeSocket,
  staticPods,
  writeKubeletConfiguration,
  writeRuntimeConfiguration,
} from "./node-configuration.ts";
import { PROGRAMS } from "./programs.ts";
import { startRelay } from "./relay.ts";

/** The file that isolate.sh has put over that of the kernel. */
const BOOT_ID = "_proc_sys_kernel_random_boot_id";

/** A kubelet that finds no runtime ends within so many polls of `until`: five seconds on a quiet machine. */
const LOOKS_AT_KUBELET = 250;

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The name of a node, and its place in a network. */
export interface NodeIdentity {
  /** `node-1`. */
  readonly name: string;
  /** In the network of the node, which no other one sees. */
  readonly address: string;
  /** Keys of taints, with effect NoSchedule. */
  readonly taints: readonly string[];
}

/** The control plane of a node. */
export type NodePlane = Pick<ControlPlane, "url" | "kubeconfigOf"> & {
  /** The certificate that it shows kubelets. */
  readonly clientFile: string;
};

/** The user of a node's kubelet, as the control plane must know it. */
export function userOf(node: string): { readonly name: string; readonly groups: readonly string[] } {
  return { name: `system:node:${node}`, groups: ["system:nodes"] };
}

/**
 * A kubelet with its containerd, in mount, network, process, name and IPC namespaces and control groups of their own.
 * Everything in it ends with this process, however that ends.
 */
export class GenuineNode {
  readonly name: string;
  readonly containerd: RunningProgram;
  /** Where it keeps everything. */
  readonly folder: string;
  #kubelet: RunningProgram | undefined;
  readonly #isolated: ChildProcess;
  readonly #services: RunningProgram;
  readonly #relay: Server;
  readonly #cgroup: NodeCgroup;
  readonly #places: NodePlaces;
  readonly #authority: TestAuthority;

  /** Starts it; it registers itself, and is ready a while later. */
  static async start(identity: NodeIdentity, plane: NodePlane): Promise<GenuineNode> {
    const folder = mkdtempSync(join(tmpdir(), `tocsin-${identity.name}-`));
    const isolated = spawn(
      "unshare",
      [
        ..."--net --mount --uts --pid --ipc --fork --kill-child --mount-proc".split(" "),
        here("isolate.sh"),
        folder,
        identity.name,
        identity.address,
      ],
      { stdio: ["pipe", "pipe", "pipe"] },
    );
    let said = "";
    isolated.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    isolated.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await until(
      () => {
        if (isolated.exitCode !== null) throw new Error(`no namespaces for ${identity.name}: ${said}`);
        return said.includes("ready");
      },
      () => said,
    );
    const node = new GenuineNode({ identity, plane, folder, isolated });
    await until(
      () => canConnect(runtimeSocket(folder)),
      () => node.containerd.log(),
    );
    // It ends when it finds no runtime.
    node.#kubelet = node.#run(PROGRAMS.kubelet, node.#kubeletArguments(identity));
    return node;
  }

  private constructor({
    identity,
    plane,
    folder,
    isolated,
  }: {
    readonly identity: NodeIdentity;
    readonly plane: NodePlane;
    readonly folder: string;
    readonly isolated: ChildProcess;
  }) {
    this.name = identity.name;
    this.folder = folder;
    this.#isolated = isolated;
    this.#cgroup = new NodeCgroup(identity.name);
    const { clientFile } = plane;
    this.#places = {
      folder,
      programs: PROGRAMS,
      cgroup: this.#cgroup.path,
      clientFile,
      taints: identity.taints,
    };
    const { port } = new URL(plane.url);
    const socket = join(folder, "api.sock");
    this.#relay = startRelay({ path: socket }, { host: "127.0.0.1", port: Number(port) });
    this.#authority = makeAuthority("DNS:registry.example.com");
    const secrets = [join(folder, "registry.key"), join(folder, "registry.crt")] as const;
    writeFileSync(secrets[0], this.#authority.key);
    writeFileSync(secrets[1], this.#authority.cert);
    writeFileSync(this.#kubeconfig, plane.kubeconfigOf(userOf(identity.name).name), { mode: 0o600 });
    this.#services = this.#run(process.execPath, [
      here("services.ts"),
      PROGRAMS.images,
      ...secrets,
      port,
      socket,
      this.kubeletSocket,
    ]);
    this.containerd = this.#run(PROGRAMS.containerd, ["--config", writeRuntimeConfiguration(this.#places)]);
  }

  get kubelet(): RunningProgram {
    if (this.#kubelet === undefined) throw new Error(`the kubelet of ${this.name} was never started`);
    return this.#kubelet;
  }

  /** By which this machine reaches its kubelet. */
  get kubeletSocket(): string {
    return join(this.folder, "kubelet.sock");
  }

  /** A folder of this machine that pods of the node may mount, by the same path. */
  shared(name: string): string {
    const folder = join(this.folder, "shared", name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Keys of the taints that it has from the start, with effect NoSchedule. */
  get taints(): readonly string[] {
    return this.#places.taints;
  }

  /** By which its kubelet tells one boot from another. */
  get bootId(): string {
    return readFileSync(this.#bootIdFile, "utf8").trim();
  }

  /** The folder whose manifests the kubelet runs by itself. */
  get staticPods(): string {
    return staticPods(this.folder);
  }

  /** Starts the kubelet anew with these thresholds; without them with those under which there is no pressure. */
  async restartKubelet(thresholds: EvictionThresholds = NO_PRESSURE): Promise<void> {
    writeKubeletConfiguration(this.#places, thresholds);
    await this.kubelet.end("SIGTERM");
    this.kubelet.again();
  }

  /** Ends all that runs on it, as a power cut does, and starts it anew as another boot. */
  async reboot(): Promise<void> {
    await this.kubelet.end("SIGKILL");
    await this.containerd.end("SIGKILL");
    this.#cgroup.kill();
    writeFileSync(this.#bootIdFile, `${randomUUID()}\n`);
    this.containerd.again();
    await until(() => canConnect(runtimeSocket(this.folder)));
    this.kubelet.again();
    await this.#kubeletStays();
  }

  /** The last lines of its programs. */
  log(): string {
    return `services:\n${this.#services.log()}\ncontainerd:\n${this.containerd.log()}\nkubelet:\n${this.#kubelet?.log()}`;
  }

  /** Ends everything in it, and removes its folder and control groups. */
  async stop(): Promise<void> {
    const ended = once(this.#isolated, "exit");
    this.#isolated.stdin?.end();
    const late = setTimeout(() => this.#isolated.kill("SIGKILL"), 10_000);
    if (this.#isolated.exitCode === null && this.#isolated.signalCode === null) await ended;
    clearTimeout(late);
    for (const program of [this.#kubelet, this.containerd, this.#services]) await program?.stop();
    this.#relay.close();
    this.#authority[Symbol.dispose]();
    await this.#cgroup.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Starts the kubelet again while it ends, as a system does: it does so when containerd listens but is not ready. */
  async #kubeletStays(): Promise<void> {
    let looks = 0;
    await until(() => {
      if (this.kubelet.hasEnded()) {
        this.kubelet.again();
        looks = 0;
      }
      return looks++ > LOOKS_AT_KUBELET;
    });
  }

  get #bootIdFile(): string {
    return join(this.folder, "over", BOOT_ID);
  }

  get #kubeconfig(): string {
    return join(this.folder, "kubeconfig");
  }

  #kubeletArguments({ name, address }: NodeIdentity): readonly string[] {
    return [
      `--config=${writeKubeletConfiguration(this.#places, NO_PRESSURE)}`,
      `--kubeconfig=${this.#kubeconfig}`,
      `--hostname-override=${name}`,
      `--node-ip=${address}`,
      `--root-dir=${join(this.folder, "kubelet")}`,
    ];
  }

  #run(program: string, args: readonly string[]): RunningProgram {
    const first = childOf(this.#isolated.pid ?? 0) ?? 0;
    return startProgram(
      "nsenter",
      [..."--net --mount --uts --ipc --pid --target".split(" "), String(first), "--", program, ...args],
      {
        env: {
          ...process.env,
          PATH: `${PROGRAMS.folder}:${process.env["PATH"]}`,
          // Programs in Go take it for all authorities of the world.
          SSL_CERT_FILE: this.#authority.caFile,
        },
        pidOf: childOf,
      },
    );
  }
}

async function canConnect(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The one child of a process that has entered or made a process namespace; undefined before there is one. */
function childOf(pid: number): number | undefined {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    return child === undefined || child === "" ? undefined : Number(child);
  } catch {
    return undefined;
  }
}
