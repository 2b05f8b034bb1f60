import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { until } from "./until.ts";

/** Where the kernel keeps groups of processes, by version: https://docs.kernel.org/admin-guide/cgroup-v2.html */
const HIERARCHIES = [
  { root: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes" },
  { root: "/sys/fs/cgroup", limit: "memory.max" },
] as const;

/** A limit for the memory of processes, as a container has one; it ends with the processes. */
export interface MemoryLimit extends AsyncDisposable {
  /** The command that runs another one under the limit, in the same process. */
  readonly command: readonly string[];
}

let made = 0;

/** Undefined where this process may make none, which the caller has to say. */
export function openMemoryLimit(bytes: number): MemoryLimit | undefined {
  for (const { root, limit } of HIERARCHIES) {
    if (!existsSync(root)) continue;
    const path = join(root, `tocsin-test-${process.pid}-${++made}`);
    try {
      mkdirSync(path);
    } catch {
      continue;
    }
    try {
      writeFileSync(join(path, limit), String(bytes), { flag: "r+" });
    } catch {
      rmdirSync(path);
      continue;
    }
    return {
      command: ["/bin/sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', path],
      // The kernel lets go of a group some time after the end of its last process.
      [Symbol.asyncDispose]: () => until(() => isRemoved(path)).then(() => undefined),
    };
  }
  return undefined;
}

function isRemoved(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return false;
  }
}
