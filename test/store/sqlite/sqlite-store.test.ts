import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll } from "vitest";

import { silentLogger } from "../../../src/lib/log.ts";
import { openSqliteStore } from "../../../src/store/index.ts";
import { describeStore } from "../../support/describe-store.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const folder = mkdtempSync(join(tmpdir(), "tocsin-store-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const open = (path: string) => openSqliteStore({ path, clock: new FakeClock(1000), log: silentLogger });

describeStore("SQLite in memory", async () => ({ store: await open(":memory:"), reopen: undefined }));

describeStore("SQLite in a file", async () => {
  const path = join(folder, `${++files}.db`);
  const store = await open(path);
  return {
    store,
    reopen: async () => {
      await store.close();
      return open(path);
    },
  };
});
