import { join } from "node:path";

import { Replica } from "../../src/app/replica.ts";
import { loadConfiguration } from "../../src/config/index.ts";
import { connect } from "../../src/kube/index.ts";
import { createLogger } from "../../src/lib/log.ts";
import { Metrics } from "../../src/lib/metrics.ts";
import { createScrubber } from "../../src/lib/scrub.ts";
import type { StoreHost } from "../../src/store/index.ts";
import type { AppBed } from "./app-bed.ts";
import { losingHost } from "./losing-host.ts";
import { openSqliteHosts } from "./sqlite-hosts.ts";

/** One replica of a bed, as a process of its own would be: with its own HTTP server, metrics and log. */
export interface BedReplica {
  readonly replica: Replica;
  /** @param name `engine/0`; another replica that waits for it gets it. */
  readonly lose: (name: string) => Promise<void>;
  readonly log: () => string;
  readonly get: (path: string) => Promise<{ readonly status: number; readonly body: string }>;
}

/** Both are stopped at the end. */
export interface ReplicaPair extends AsyncDisposable {
  readonly a: BedReplica;
  readonly b: BedReplica;
}

/**
 * Two replicas on one state file, before the API server and the receiver of a bed. In truth SQLite has one process, so
 * they are in one; a holding is one's or the other's all the same.
 */
export async function openReplicas(bed: AppBed): Promise<ReplicaPair> {
  const { clock, directory } = bed;
  const options = { path: join(directory, "state.db"), clock, log: createLog().log };
  const [a, b] = openSqliteHosts(options);
  const [first, second] = [await replicaOf(bed, a), await replicaOf(bed, b)];
  return {
    a: first,
    b: second,
    [Symbol.asyncDispose]: async () => {
      await first.replica.stop();
      await second.replica.stop();
    },
  };
}

async function replicaOf(bed: AppBed, inner: StoreHost): Promise<BedReplica> {
  const { clock, env, directory: cwd } = bed;
  const load = () => loadConfiguration({ file: join(cwd, "tocsin.yaml"), env, cwd });
  const { configuration } = await load();
  if (configuration === undefined) throw new Error("the configuration of the bed is broken");
  const { log, text } = createLog();
  const kubeconfig = join(cwd, "kubeconfig");
  const { host, lose } = losingHost(inner);
  const replica = new Replica({
    configuration,
    load,
    client: await connect({ kubeconfig, context: "" }, { env, clock, log }),
    clock,
    random: Math.random,
    env,
    log,
    metrics: new Metrics(),
    scrubber: createScrubber(),
    stdout: () => Promise.resolve(),
    colour: false,
    version: "0",
    openStore: async () => host,
  });
  return {
    replica,
    lose,
    log: text,
    get: async (path) => {
      const answer = await fetch(`${replica.address}${path}`);
      return { status: answer.status, body: await answer.text() };
    },
  };
}

function createLog() {
  let written = "";
  const log = createLogger({
    level: "info",
    format: "json",
    write: (text) => (written += text),
    scrub: (text) => text,
    colour: false,
  });
  return { log, text: () => written };
}
