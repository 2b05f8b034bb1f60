import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { describe, expect, it } from "vitest";

import { MIGRATIONS } from "../../src/store/sqlite/migrations.ts";
import { AppBed, broken } from "../support/app-bed.ts";
import { BridgeProcess } from "../support/bridge-process.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { isWholeCheck } from "../support/rounds.ts";

/** The signs of a bad volume that an operator sees; test/app/full-store.test.ts has the full one. */
describe("a state file of a newer program", () => {
  it.each([
    {
      what: "schema",
      change: "PRAGMA user_version = 9999",
      back: `PRAGMA user_version = ${MIGRATIONS.length}`,
      says: "has schema version 9999",
    },
    {
      what: "state",
      change: "UPDATE entity SET version = 99 WHERE kind = 'rule'",
      back: "UPDATE entity SET version = 1 WHERE kind = 'rule'",
      says: 'it holds one of kind "rule" of version 99',
    },
  ])(
    "is refused with its path and what to do, and left as it was: a newer $what",
    async ({ change, back, says }) => {
      await using bed = await AppBed.open();
      await bed.ready();
      bed.api.create(broken("web"));
      await bed.arrived(1);
      await bed.stop();
      const path = join(bed.directory, "state.db");
      execute(path, change);
      for (const start of [1, 2]) {
        expect([start, await bed.launch()]).toEqual([start, 1]);
        expect(bed.stderr).toMatch(
          /^tocsin: state file \S+state\.db.*\(run the newer tocsin, or .*ERR_STORE/mu,
        );
        expect(bed.stderr).toContain(says);
      }
      execute(path, back);
      await bed.ready();
      bed.api.create(broken("next"));
      await bed.arrived(2);
      expect(bed.told()).toEqual(["web", "next"]);
    },
  );
});

function execute(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

describe("a volume", () => {
  it("that cannot be written is said in the log and by /readyz, and alerts go on from memory", async () => {
    await using bed = await AppBed.open({ speed: 50 });
    // No user may write there, root neither.
    bed.configure({ state: { path: "/sys/tocsin/tocsin.db" } });
    await bed.start();
    await bed.until(async () => (await bed.get("/readyz")).body.includes("in memory"));
    const { status, body } = await bed.get("/readyz");
    expect(status).toBe(503);
    expect(body).toContain("/sys/tocsin/tocsin.db");
    expect(body).toContain("a restart forgets it");
    const said = "the state file cannot be used; the state is in memory, and a restart forgets it";
    expect(bed.logged(said)).toHaveLength(1);
    expect((await bed.get("/livez")).status).toBe(200);
    bed.api.create(broken("web"));
    await bed.until(() => bed.told().includes("web"));
  });

  it.runIf(isWholeCheck)("that another process uses is refused with a line that says so", async () => {
    await using bed = await AppBed.open();
    await using first = new BridgeProcess();
    first.write("kubeconfig.yaml", kubeconfigFor(bed.api.url));
    first.write("tocsin.yaml", {
      kubernetes: { kubeconfig: "kubeconfig.yaml" },
      state: { path: "tocsin.db" },
      rules: ["builtin"],
      sinks: [{ name: "console", type: "stdout" }],
      route: { sinks: ["console"] },
    });
    await first.start();
    const { log } = first;
    expect(await first.rival()).toBe(1);
    expect(first.log.slice(log.length)).toMatch(
      /tocsin\.db is in use by (?:another process|process \d+).*ERR_STORE/u,
    );
    // The first one goes on.
    expect((await fetch(`${first.address}/readyz`)).status).toBe(200);
  });
});
