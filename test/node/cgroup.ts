import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { until } from "../support/until.ts";

const ROOT = "/sys/fs/cgroup";
const PREFIX = "tocsin-node-";

/** The control groups of one node, below which its kubelet makes those of pods: version 2, or each tree of version 1. */
export class NodeCgroup {
  /** As the kubelet's `cgroupRoot` has it. */
  readonly path: string;
  readonly #folders: readonly string[];

  /** Makes it; removes those of processes that have ended without doing so. */
  constructor(node: string) {
    for (const left of leftBehind()) removeTree(left);
    const name = `${PREFIX}${process.pid}-${node}`;
    this.path = `/${name}`;
    this.#folders = trees().map((tree) => join(tree, name));
    for (const folder of this.#folders) mkdirSync(folder, { recursive: true });
    for (const folder of this.#folders) inheritCpuset(folder);
  }

  /** Ends all processes in it at once. */
  kill(): void {
    for (const folder of this.#folders) {
      for (const file of globSync(join(folder, "**/cgroup.procs"))) {
        for (const pid of readFileSync(file, "utf8").trim().split("\n")) killIfThere(Number(pid));
      }
    }
  }

  /** Removes it with all below it, once its processes have ended. */
  async remove(): Promise<void> {
    await until(() => this.#folders.map((folder) => removeTree(folder)).every(Boolean));
  }
}

/** On which control groups nodes run here, in one line: the figures of one version say little about the other. */
export function cgroupsInWords(): string {
  if (existsSync(join(ROOT, "cgroup.controllers"))) return "control groups of version 2";
  const unified = join(ROOT, "unified", "cgroup.controllers");
  if (!existsSync(unified)) return "control groups of version 1; version 2 is not mounted here";
  const controllers = readFileSync(unified, "utf8").trim();
  return `control groups of version 1; version 2 cannot be tried here, because its controllers are: ${controllers || "none"}`;
}

/** The tree of version 2, or all that are mounted beside each other. */
function trees(): readonly string[] {
  if (existsSync(join(ROOT, "cgroup.controllers"))) return [ROOT];
  return readdirSync(ROOT)
    .map((name) => join(ROOT, name))
    .filter((folder) => existsSync(join(folder, "cgroup.procs")));
}

/** In version 1 a new cpuset has no processors and no memory, and takes no process before it has some. */
function inheritCpuset(folder: string): void {
  for (const name of ["cpuset.cpus", "cpuset.mems"]) {
    const file = join(folder, name);
    // Version 1 alone has this file.
    if (existsSync(join(folder, "tasks")) && existsSync(file))
      writeFileSync(file, readFileSync(join(folder, "..", name)));
  }
}

function leftBehind(): readonly string[] {
  return trees().flatMap((tree) =>
    readdirSync(tree)
      .filter(
        (name) => name.startsWith(PREFIX) && !isRunning(Number(name.slice(PREFIX.length).split("-")[0])),
      )
      .map((name) => join(tree, name)),
  );
}

function killIfThere(pid: number): void {
  if (pid === 0) return;
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended with another one.
  }
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

/** Whether it is gone; a group with processes stays. */
function removeTree(folder: string): boolean {
  if (!existsSync(folder)) return true;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  }
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
