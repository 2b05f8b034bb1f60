import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Changes } from "../../../src/alert/index.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import { openConnection } from "../../../src/store/sqlite/connection.ts";
import { migrate } from "../../../src/store/sqlite/migrate.ts";
import { MIGRATIONS } from "../../../src/store/sqlite/migrations.ts";
import { makeSeen } from "../../support/describe-engine-store.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { makeDelivery, makeNotification, makeRecord } from "../../support/make-delivery.ts";
import { OwnedStore } from "../../support/owned-store.ts";

describe("the state file", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tocsin-store-"));
    path = join(folder, "data", "tocsin.db");
  });
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  const open = (maxBytes?: number): Promise<OwnedStore> =>
    OwnedStore.open({ path, clock: new FakeClock(1000), log: silentLogger, maxBytes });
  const runCommitter = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "committer.ts"), path, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    return child;
  };

  it("is refused to a second process, and free as soon as the first was killed", async () => {
    const child = runCommitter();
    await once(child.stdout ?? child, "data");
    await expect(open()).rejects.toMatchObject({
      code: "ERR_STORE",
      message: expect.stringContaining(`state file ${path} is in use by another process`),
    });
    child.kill("SIGKILL");
    await once(child, "exit");
    const store = await open();
    expect(await store.engine.positions()).toMatchObject([{ resourceVersion: "1" }]);
    await store.close();
  });

  it("can be read by nobody else, and neither can its log, also when it was open to others", async () => {
    const modes = (): Record<string, string> =>
      Object.fromEntries(
        readdirSync(join(folder, "data")).map((name) => [
          name,
          (statSync(join(folder, "data", name)).mode & 0o777).toString(8),
        ]),
      );
    const first = await open();
    expect(modes()).toEqual({ "tocsin.db": "600", "tocsin.db-wal": "600" });
    await first.close();
    chmodSync(path, 0o644);
    const second = await open();
    expect(modes()).toEqual({ "tocsin.db": "600", "tocsin.db-wal": "600" });
    await second.close();
  });

  it("is refused to a second store of the same process", async () => {
    const store = await open();
    await expect(open()).rejects.toThrow("is in use by another process");
    await store.close();
  });

  it.each(["seen", "owners", "positions", "entities", "deliveries", "records", "decisions", "notedOutcomes"])(
    "holds all of a commit or nothing after kill -9 before %s were written",
    async (field) => {
      const child = runCommitter(field);
      const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
      expect({ code, signal }).toEqual({ code: null, signal: "SIGKILL" });
      const store = await open();
      expect(await store.engine.positions()).toMatchObject([{ resourceVersion: "1" }]);
      expect([...(await store.engine.seen(["test/1/shop/1", "test/1/shop/2"])).keys()]).toEqual([
        "test/1/shop/1",
      ]);
      expect(await store.lease()).toMatchObject([{ id: "d1" }]);
      expect(await store.leaseRecords()).toMatchObject([{ id: "r1" }]);
      await store.close();
    },
  );

  it("of a newer version is refused and left as it is", async () => {
    await (await open()).close();
    execute(path, `PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    await expect(open()).rejects.toThrow(
      `state file ${path} has schema version ${MIGRATIONS.length + 1}, this tocsin knows up to ${MIGRATIONS.length}`,
    );
    execute(path, `PRAGMA user_version = ${MIGRATIONS.length}`);
    await (await open()).close();
  });

  it("of another program is refused and left as it is", async () => {
    path = join(folder, "other.db");
    execute(path, "CREATE TABLE notes (text TEXT)");
    await expect(open()).rejects.toThrow("is an SQLite database of another program");
    execute(path, "INSERT INTO notes VALUES ('still here')");
  });

  it("that is no database is refused", async () => {
    path = join(folder, "tocsin.yaml");
    writeFileSync(path, "cluster: prod\n".repeat(100));
    await expect(open()).rejects.toThrow("is not an SQLite database");
  });

  it("that cannot be made is refused with the reason", async () => {
    writeFileSync(join(folder, "data"), "");
    await expect(open()).rejects.toThrow(/cannot be opened: .*EEXIST|cannot be opened: .*ENOTDIR/u);
  });

  it("is brought to a newer version with everything in it", async () => {
    const first = await open();
    await first.commit({ records: [makeRecord("r1")] });
    await first.close();
    const connection = openConnection(path);
    migrate(connection, path, [
      ...MIGRATIONS,
      "ALTER TABLE record ADD COLUMN note TEXT NOT NULL DEFAULT 'old'",
    ]);
    expect(connection.database.prepare("SELECT * FROM record").all()).toMatchObject([
      { id: "r1", note: "old" },
    ]);
    connection.close();
  });

  it("stays at its version when a migration fails", async () => {
    await (await open()).close();
    const connection = openConnection(path);
    const steps = [...MIGRATIONS, "CREATE TABLE fine (x INTEGER) STRICT", "CREATE TABEL wrong"];
    expect(() => migrate(connection, path, steps)).toThrow("syntax error");
    connection.close();
    await (await open()).close();
  });

  it("takes no commits above its bound, but lets attempts be settled until there is room again", async () => {
    const store = await open(300_000);
    const add = (id: string): Promise<void> => {
      const notification = makeNotification({ id, text: { own: "x".repeat(1000), builtIn: "", note: "" } });
      return store.commit({ deliveries: [{ ...makeDelivery(id, { groupKey: id }), notification }] });
    };
    const full = async (): Promise<void> => {
      for (let id = 0; id < 1000; id++) await add(`d${id}`);
    };
    await expect(full()).rejects.toThrow(/full: \d+ of 300000 bytes are used/u);
    expect(store.host.isWritable()).toBe(false);
    const rows = await store.lease(1000, { limit: 1000 });
    await store.settle(rows.map(({ id }) => ({ id, outcome: "delivered", at: 1000 })));
    await add("another");
    expect(store.host.isWritable()).toBe(true);
    await store.close();
  });

  it("keeps each decision once, also two that look alike, and forgets them after a week", async () => {
    const decision: Changes["decisions"][number] = {
      at: 1000,
      rule: "r",
      fingerprint: "f",
      groupKey: "g",
      namespace: "shop",
      sink: "",
      outcome: "suppressed",
      reason: "threshold",
      occurrences: 1,
      deliveryId: "",
    };
    const seen = {
      lineage: "1/shop/a",
      uid: "u",
      resourceVersion: "1",
      count: 1,
      firstSeenAt: 0,
      lastSeenAt: 0,
      expiresAt: 0,
    };
    const store = await open();
    const first = { seen: [seen], decisions: [decision, decision] };
    await store.commit(first);
    await store.commit(first);
    await store.commit({ ...first, seen: [{ ...seen, resourceVersion: "2" }] });
    await store.close();
    expect(count(path, "decision")).toBe(4);
    const again = await open();
    await again.engine.trim(8 * 86_400_000);
    await again.close();
    expect(count(path, "decision")).toBe(0);
  });

  it("forgets seen rows in steps, whatever the order of their keys", async () => {
    const store = await open();
    const seen = Array.from({ length: 5000 }, (_, index) => ({
      lineage: `1/shop/${(index * 7919) % 5000}`,
      uid: "u",
      resourceVersion: "1",
      count: 1,
      firstSeenAt: 0,
      lastSeenAt: 0,
      expiresAt: index % 2 === 0 ? 1000 : 9000,
    }));
    await store.commit({ seen });
    await store.engine.trim(5000);
    await store.close();
    expect(count(path, "seen")).toBe(2500);
  });

  it("keeps seen rows in the order of the times in the names of Events", async () => {
    const names = ["web-2.18ab01", "api-7.18ab03", "web-1.18ab02", "node"];
    const store = await open();
    await store.commit({ seen: names.map((name) => makeSeen(`test/1/shop/${name}`)) });
    await store.close();
    const database = new DatabaseSync(path);
    const rows = database.prepare("SELECT head || tail AS lineage FROM seen").all();
    database.close();
    expect(rows.map(({ lineage }) => String(lineage).split("/").at(-1))).toEqual([
      "web-2.18ab01",
      "web-1.18ab02",
      "api-7.18ab03",
      "node",
    ]);
  });

  it("finds the seen rows of a file in which they lay in the order of the objects", async () => {
    const lineages = [
      "eu.west/1/shop/node",
      "test/1/a.b/web-1.18ab02",
      "test/1/shop/web%2F1.18ab01",
      "plain",
    ];
    const older = openConnection(path);
    migrate(older, path, MIGRATIONS.slice(0, 4));
    const insert = older.database.prepare("INSERT INTO seen VALUES (?, 'u', '7', 1, 0, 0, 9)");
    for (const lineage of lineages) insert.run(lineage);
    older.close();
    const store = await open();
    const found = await store.engine.seen([...lineages, "test/1/shop/web-1.18ab02"]);
    await store.close();
    expect([...found.values()].map(({ lineage }) => lineage)).toEqual(lineages);
    expect(found.get("plain")).toEqual(makeSeen("plain", { uid: "u", resourceVersion: "7", expiresAt: 9 }));
  });
});

function execute(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

function count(path: string, table: string): unknown {
  const database = new DatabaseSync(path);
  const row = database.prepare(`SELECT count(*) AS rows FROM ${table}`).get();
  database.close();
  return row?.["rows"];
}
