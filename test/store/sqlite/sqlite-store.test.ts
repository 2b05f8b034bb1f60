import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll } from "vitest";

import { silentLogger } from "../../../src/lib/log.ts";
import { describeEngineStore } from "../../support/describe-engine-store.ts";
import { describeHistory } from "../../support/describe-history.ts";
import { describeHoldings } from "../../support/describe-holdings.ts";
import { describeLists } from "../../support/describe-lists.ts";
import { describeOutbox } from "../../support/describe-outbox.ts";
import { describeQueries } from "../../support/describe-queries.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { openSqliteHosts } from "../../support/sqlite-hosts.ts";
import type { StoreBed } from "../../support/store-bed.ts";

const folder = mkdtempSync(join(tmpdir(), "tocsin-store-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** Two owners in one process, over one connection. */
function open(path: string, partitions: readonly number[]): StoreBed["hosts"] {
  return openSqliteHosts({ path, clock: new FakeClock(1000), log: silentLogger }, partitions);
}

const inMemory = (partitions: readonly number[]) => async (): Promise<StoreBed> => ({
  hosts: open(":memory:", partitions),
  reopen: undefined,
});

const inFile = (partitions: readonly number[]) => async (): Promise<StoreBed> => {
  const path = join(folder, `${++files}.db`);
  const hosts = open(path, partitions);
  return {
    hosts,
    reopen: async () => {
      for (const host of hosts) await host.close();
      return open(path, partitions);
    },
  };
};

for (const describeContract of [
  describeEngineStore,
  describeOutbox,
  describeQueries,
  describeLists,
  describeHistory,
]) {
  describeContract("SQLite in memory", inMemory([0]));
  describeContract("SQLite in a file", inFile([0]));
}
describeHoldings("SQLite in memory", inMemory([0, 1]));
describeHoldings("SQLite in a file", inFile([0, 1]));
