import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { engineStateFrom } from "../../../src/alert/engine-state.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import { MIGRATIONS } from "../../../src/store/sqlite/migrations.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { loadEntities } from "../../support/load-entities.ts";
import { OwnedStore } from "../../support/owned-store.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures/state");

/** Made by `make-state.ts`, one for each version of the schema. */
const files = readdirSync(FIXTURES).filter((name) => name.endsWith(".db"));

describe("a state file of this or an older program", () => {
  it("is there for each version of the schema", () => {
    expect(files.toSorted()).toEqual(MIGRATIONS.map((_, index) => `version-${index + 1}.db`));
  });

  it.each(files)("is opened with everything in it: %s", async (name) => {
    const folder = mkdtempSync(join(tmpdir(), "tocsin-fixture-"));
    const path = join(folder, "tocsin.db");
    copyFileSync(join(FIXTURES, name), path);
    const damages: unknown[] = [];
    const store = await OwnedStore.open({
      path,
      clock: new FakeClock(),
      log: silentLogger,
      onDamage: (damage) => damages.push(damage),
    });
    const positions = await store.engine.positions();
    const entities = await loadEntities(store.engine);
    const { alerts, groups, rules, silences } = engineStateFrom(entities);
    expect(damages).toEqual([]);
    expect(positions).toMatchObject([{ scope: "core/", resourceVersion: "1200" }]);
    expect(alerts.map(({ rule, phase }) => `${rule} ${phase}`).toSorted()).toEqual([
      "crash firing",
      "crash firing",
      "node firing",
    ]);
    expect(groups.length).toBeGreaterThan(0);
    expect(rules.map((row) => row.name).toSorted()).toEqual(["crash", "node"]);
    expect(silences).toHaveLength(1);
    expect([...(await store.engine.seen(["0/shop/web-1.1"])).values()]).toMatchObject([{ count: 3 }]);
    expect([...(await store.engine.owners(["test/Pod/shop/web-1"])).values()]).toMatchObject([
      { node: "node-1" },
    ]);
    expect(await store.engine.commands(10)).toMatchObject([{ kind: "unsilence", silenceId: "s1" }]);
    expect((await store.engine.outcomes(10)).map(({ outcome }) => outcome)).toContain("delivered");
    expect(await store.queries.depths()).toMatchObject([{ sink: "ops", waiting: 3 }]);
    expect(await store.leaseRecords(Number.MAX_SAFE_INTEGER)).toHaveLength(2);
    const history = await store.queries.history({ since: 0, limit: 10 });
    expect(history.rows.map(({ id, title }) => `${id} ${title}`)).toEqual(
      hasHistory(name)
        ? ["e2 Image cannot be pulled: Deployment/web", "e1 Image cannot be pulled: Deployment/web"]
        : [],
    );
    await store.close();
    rmSync(folder, { recursive: true });
  });
});

/** The history begins with version 6. */
function hasHistory(name: string): boolean {
  return Number(/\d+/u.exec(name)?.[0]) >= 6;
}
