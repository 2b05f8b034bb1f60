import { cpSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import type { ControlPlane } from "../../support/control-plane.ts";
import type { BedName, FaultAt } from "../schedule.ts";
import { cluster, type Fault, type World } from "../world.ts";

const CLUSTER: readonly BedName[] = ["cluster"];

const REWINDS = { losesHistory: true, rewinds: true };

function onPlane(
  name: string,
  rows: readonly number[],
  inject: (plane: ControlPlane, ms: number, world: World) => Promise<void>,
  { losesHistory = false, rewinds = false } = {},
): Fault {
  return {
    name,
    rows,
    track: "api",
    beds: CLUSTER,
    mostMs: 4000,
    losesHistory,
    rewinds,
    inject: async (world: World, { ms }: FaultAt) => {
      const { plane } = cluster(world);
      await inject(plane, ms, world);
      await supervise(plane);
    },
  };
}

/** Until the server is ready again: as under any supervisor, what has given up is started again. */
async function supervise(plane: ControlPlane): Promise<void> {
  for (;;) {
    const answer = await plane
      .request("/readyz", { signal: AbortSignal.timeout(2000) })
      .catch(() => undefined);
    if (answer?.ok === true) return;
    const { etcd, apiServer } = plane.programs;
    for (const program of [etcd, apiServer]) if (program.hasEnded()) program.again();
    await sleep(200);
  }
}

function frozen(name: "apiServer" | "etcd"): (plane: ControlPlane, ms: number) => Promise<void> {
  return async ({ programs }, ms) => {
    programs[name].signal("SIGSTOP");
    await sleep(ms);
    programs[name].signal("SIGCONT");
  };
}

/** Forgets everything before the newest revision, as the API server does every five minutes. */
async function compact({ etcdUrl }: ControlPlane): Promise<void> {
  const post = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${etcdUrl}/v3/kv/${path}`, { method: "POST", body: JSON.stringify(body) });
    return answer.json();
  };
  // https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/; the key is one zero byte.
  const { header } = (await post("range", { key: "AA==" })) as {
    readonly header: { readonly revision: string };
  };
  await post("compaction", { revision: header.revision, physical: true });
}

/** Takes a snapshot of etcd, lets time pass, and puts it back. */
async function restore(world: World, ms: number, serverToo: boolean): Promise<void> {
  const { programs, etcdData } = cluster(world).plane;
  const copy = `${etcdData}-snapshot`;
  await programs.etcd.end("SIGKILL");
  const snapshotAt = world.now();
  cpSync(etcdData, copy, { recursive: true });
  programs.etcd.again();
  await sleep(ms + 2000);
  if (serverToo) await programs.apiServer.end("SIGKILL");
  await programs.etcd.end("SIGKILL");
  rmSync(etcdData, { recursive: true });
  cpSync(copy, etcdData, { recursive: true });
  rmSync(copy, { recursive: true });
  world.restored({ snapshotAt, at: world.now() });
  programs.etcd.again();
  if (serverToo) programs.apiServer.again();
}

/** Faults of a real control plane. */
export const CLUSTER_FAULTS: readonly Fault[] = [
  onPlane("server-killed", [3], async ({ programs }, ms) => {
    await programs.apiServer.end("SIGKILL");
    await sleep(ms);
    programs.apiServer.again();
  }),
  onPlane("server-restarted", [4], async ({ programs }) => {
    await programs.apiServer.end("SIGTERM");
    programs.apiServer.again();
  }),
  onPlane("server-frozen", [5], frozen("apiServer")),
  onPlane("etcd-killed", [6], async ({ programs }, ms) => {
    await programs.etcd.end("SIGKILL");
    await sleep(ms);
    programs.etcd.again();
  }),
  onPlane("etcd-frozen", [6], frozen("etcd")),
  onPlane(
    "etcd-compacted",
    [7],
    async (plane, ms) => {
      await plane.programs.apiServer.end("SIGKILL");
      await compact(plane);
      await sleep(ms / 4);
      plane.programs.apiServer.again();
    },
    { losesHistory: true },
  ),
  onPlane("etcd-restored", [11], (_plane, ms, world) => restore(world, ms, true), REWINDS),
  onPlane("etcd-restored-unseen", [12], (_plane, ms, world) => restore(world, ms, false), REWINDS),
];
