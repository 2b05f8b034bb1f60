import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { toEntity } from "../../../src/alert/entity-kinds.ts";
import type { Logger } from "../../../src/lib/log.ts";
import type { StateDamage } from "../../../src/store/index.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { loadEntities } from "../../support/load-entities.ts";
import { makeDelivery } from "../../support/make-delivery.ts";
import { OwnedStore } from "../../support/owned-store.ts";

const NOW = Date.UTC(2026, 5, 1, 10, 2, 3);

describe("a damaged state file", () => {
  let folder: string;
  let path: string;
  let damages: StateDamage[];
  let errors: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tocsin-damaged-"));
    path = join(folder, "tocsin.db");
    damages = [];
    errors = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const log: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (message) => errors.push(message),
    child: () => log,
  };
  const open = (at = path): Promise<OwnedStore> =>
    OwnedStore.open({
      path: at,
      clock: new FakeClock(NOW),
      log,
      onDamage: (damage) => damages.push(damage),
    });
  const position = {
    cluster: "test",
    scope: "s",
    clusterId: "c",
    epoch: 0,
    resourceVersion: "7",
    coverageStartAt: 0,
    updatedAt: 0,
  };
  const fill = async (store: OwnedStore): Promise<void> => {
    await store.commit({ positions: [position] });
    for (let id = 0; id < 200; id++) {
      await store.commit({ deliveries: [makeDelivery(`d${id}`, { groupKey: `g${id}` })] });
    }
  };
  /** A file with state in it, ended well. */
  const wellEnded = async (): Promise<void> => {
    const store = await open();
    await fill(store);
    await store.close();
  };
  /** Makes the files of a killed process: the state file, and its log with everything in it. */
  const killed = async (): Promise<void> => {
    const living = join(folder, "living.db");
    const store = await open(living);
    await fill(store);
    for (const suffix of ["", "-wal"]) copyFileSync(`${living}${suffix}`, `${path}${suffix}`);
    await store.close();
    rmSync(living);
  };
  const overwrite = (from: number, bytes: number): void => {
    const content = readFileSync(path);
    content.fill("garbage ", from, Math.min(from + bytes, content.length));
    writeFileSync(path, content);
  };
  const expectCold = async (store: OwnedStore): Promise<void> => {
    expect(await store.engine.positions()).toEqual([]);
    await store.commit({ positions: [position] });
    await store.close();
  };

  it.each([
    ["whose header is overwritten", () => overwrite(0, 100)],
    ["whose schema is overwritten", () => overwrite(100, 3900)],
    ["whose pages are overwritten", () => overwrite(4096, statSync(path).size)],
    ["of which one page is overwritten", () => overwrite(8 * 4096, 4096)],
    ["that is cut in the middle of a page", () => truncateSync(path, 10_000)],
    ["of which a table was dropped", () => execute(path, "DROP TABLE receiver")],
    ["of which an index was dropped", () => execute(path, "DROP INDEX entity_listed")],
    [
      "that is a link to itself",
      () => {
        rmSync(path);
        symlinkSync(path, path);
      },
    ],
    ["that is nothing but text", () => writeFileSync(path, "hello\n".repeat(1000))],
    [
      "that is a folder",
      () => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])("%s is moved aside, said, and the start is cold", async (_, damage) => {
    await wellEnded();
    damage();
    const store = await open();
    const movedTo = `${path}.damaged-20260601T100203Z`;
    expect(damages).toEqual([{ kind: "moved", path, reason: expect.any(String), movedTo }]);
    expect(errors).toEqual([
      "the state file is damaged and was moved aside; starting cold with an empty one",
    ]);
    expect(lstatSync(movedTo, { throwIfNoEntry: false })).toBeDefined();
    await expectCold(store);
    await (await open()).close();
    expect(damages).toHaveLength(1);
  });

  it("with one row that cannot be read starts without it, says so and keeps it", async () => {
    const store = await open();
    const put = ["a", "b"].map((name) => toEntity("rule", { name, version: "1", since: 0 }));
    await store.commit({ entities: { put, forget: [] } });
    await store.close();
    execute(path, "UPDATE entity SET state = '{\"name' WHERE key = 'a'");
    const next = await open();
    expect(await loadEntities(next.engine)).toMatchObject([{ state: { name: "b" } }]);
    expect(errors).toEqual(["some stored states cannot be read; they are left out"]);
    expect(damages).toEqual([{ kind: "rows", path, reason: "rule a: kept in damaged_entity" }]);
    expect(await loadEntities(next.engine)).toHaveLength(1);
    expect(errors).toHaveLength(1);
    await next.close();
    using database = new DatabaseSync(path);
    expect(database.prepare("SELECT kind, key, state FROM damaged_entity").all()).toMatchObject([
      { kind: "rule", key: "a", state: '{"name' },
    ]);
  });

  it("with damaged rows of messages goes on with all others: such a message is a dead letter", async () => {
    const store = await open();
    await store.commit({
      deliveries: ["d1", "d2", "d3"].map((id) => makeDelivery(id, { groupKey: id })),
    });
    await store.lease(1000);
    await store.settle([{ id: "d1", outcome: "delivered", at: 1000, receiver: { ts: "1" } }]);
    await store.host.commands.put({ id: "c1", kind: "reload" });
    await store.host.commands.put({ id: "c2", kind: "reload" });
    await store.close();
    execute(
      path,
      `UPDATE delivery SET notification = '{' WHERE id IN ('d1', 'd2');
       UPDATE receiver SET value = '{';
       UPDATE command SET body = '{' WHERE id = 'c1'`,
    );
    const next = await open();
    expect((await next.lease(2000)).map(({ id }) => id)).toEqual(["d3"]);
    expect(damages).toEqual([{ kind: "rows", path, reason: "delivery d2: a dead letter now" }]);
    expect(await next.queries.deadLetters({ limit: 10 })).toMatchObject([
      { id: "d2", title: "", error: "its row in the state file cannot be read" },
    ]);
    expect((await next.outcomes()).toSorted()).toEqual(["d1 delivered", "d2 dead"]);
    expect(await next.engine.commands(10)).toEqual([{ id: "c2", kind: "reload" }]);
    const { rows } = await next.queries.deliveries({ which: "ended", limit: 10 });
    expect(rows.map(({ id, title }) => `${id} ${title}`).toSorted()).toEqual(["d1 ", "d2 "]);
    const outbox = await next.outbox();
    const overdue = await outbox.overdue({ waitingSince: 5000, deadSince: 0, limit: 10 });
    expect(overdue.map(({ id }) => id)).toEqual(["d3"]);
    await next.close();
  });

  it("takes its log with it", async () => {
    // SQLite itself removes a log that belongs to no file.
    mkdirSync(path);
    writeFileSync(`${path}-wal`, "log");
    await expectCold(await open());
    expect(readdirSync(folder).filter((name) => name.includes("damaged"))).toEqual([
      "tocsin.db.damaged-20260601T100203Z",
      "tocsin.db.damaged-20260601T100203Z-wal",
    ]);
  });

  it("of another name is left to whom it belongs", async () => {
    path = join(folder, "notes");
    mkdirSync(path);
    await expect(open()).rejects.toThrow("cannot be opened");
    expect(readdirSync(folder)).toEqual(["notes"]);
  });

  it("that was killed is whole", async () => {
    await killed();
    const store = await open();
    expect(damages).toEqual([]);
    expect(await store.queries.depths()).toMatchObject([{ waiting: 200 }]);
    await store.close();
  });

  it.each([
    ["is gone", () => rmSync(`${path}-wal`)],
    ["is empty", () => truncateSync(`${path}-wal`)],
  ])("whose log %s is never silently empty", async (_, damage) => {
    await killed();
    damage();
    await expectCold(await open());
    expect(damages).toMatchObject([{ kind: "incomplete", reason: `its log ${path}-wal is gone or empty` }]);
  });

  it("whose log is cut is as it was at an earlier commit, position and deliveries together", async () => {
    await killed();
    truncateSync(`${path}-wal`, Math.floor(statSync(`${path}-wal`).size / 2) + 100);
    const store = await open();
    const [depth] = await store.queries.depths();
    expect(depth?.waiting).toBeGreaterThan(10);
    expect(depth?.waiting).toBeLessThan(190);
    expect(await store.engine.positions()).toEqual([position]);
    await store.close();
  });

  it("that is empty is said to be", async () => {
    writeFileSync(path, "");
    await expectCold(await open());
    expect(damages).toMatchObject([{ kind: "empty", reason: "it is empty" }]);
    expect(errors).toEqual(["the state file is empty: all that was in it is gone; starting cold"]);
  });

  it("that can be neither written nor moved is replaced by memory", async () => {
    // No user may write here, root neither.
    const unwritable = "/sys/tocsin/tocsin.db";
    await expectCold(await open(unwritable));
    expect(damages).toMatchObject([{ kind: "unusable", path: unwritable }]);
    expect(errors).toEqual([
      "the state file cannot be used; the state is in memory, and a restart forgets it",
    ]);
  });
});

function execute(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}
