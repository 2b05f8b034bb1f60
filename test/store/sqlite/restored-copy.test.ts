import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { toEntity } from "../../../src/alert/entity-kinds.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import { Metrics } from "../../../src/lib/metrics.ts";
import type { CopyOutcome, StateDamage } from "../../../src/store/index.ts";
import { MIGRATIONS } from "../../../src/store/sqlite/migrations.ts";
import { breakIndex } from "../../support/break-index.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { loadEntities } from "../../support/load-entities.ts";
import { makeDelivery, makeNotification, makeRecord } from "../../support/make-delivery.ts";
import { OwnedStore } from "../../support/owned-store.ts";
import { until } from "../../support/until.ts";

const MINUTE = 60_000;
const COPIED_AT = Date.UTC(2026, 5, 1, 10, 10);
const NOTE = "This may have come before: the state went back to its copy of 2026-06-01T10:10:00.000Z.";

describe("a damaged state file with a copy", () => {
  let folder: string;
  let path: string;
  let clock: FakeClock;
  let damages: StateDamage[];
  let outcomes: CopyOutcome[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tocsin-restored-"));
    path = join(folder, "tocsin.db");
    clock = new FakeClock();
    damages = [];
    outcomes = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = (): Promise<OwnedStore> =>
    OwnedStore.open({
      path,
      clock,
      log: silentLogger,
      onDamage: (damage) => damages.push(damage),
      copies: { random: () => 0, metrics: new Metrics(), onCopy: (outcome) => outcomes.push(outcome) },
    });
  const rule = (name: string) => toEntity("rule", { name, version: "1", since: 0 });
  const position = (resourceVersion: string) => ({
    cluster: "test",
    scope: "s",
    clusterId: "c",
    epoch: 0,
    resourceVersion,
    coverageStartAt: 0,
    updatedAt: 0,
  });
  const self = makeDelivery("self-1", {
    groupKey: "self/sink:ops",
    notification: makeNotification({ id: "self-1", trigger: "self" }),
  } as object);
  /** A file whose copy lacks the second half of what is in it. */
  const copied = async (): Promise<void> => {
    const store = await open();
    const deliveries = ["waits", "sent", "attempted"].map((id) => makeDelivery(id, { groupKey: id }));
    await store.commit({
      positions: [position("7")],
      entities: { put: [rule("a")], forget: [] },
      deliveries: [...deliveries, makeDelivery("info", { groupKey: "info", sink: "other" }), self],
      records: [makeRecord("r1")],
    });
    await store.lease(clock.now());
    await store.commit({ deliveries: [makeDelivery("follows", { groupKey: "sent", kind: "update" })] });
    await store.settle([{ id: "sent", outcome: "delivered", at: 1000, receiver: { ts: "1" } }]);
    await clock.advance(10 * MINUTE);
    await until(() => outcomes.length > 0);
    await store.commit({ positions: [position("9")], entities: { put: [rule("b")], forget: [] } });
    await store.close();
    clock.setWall(COPIED_AT + 5 * 60 * MINUTE);
  };
  const overwrite = (from: number, bytes: number, file = path): void => {
    const content = readFileSync(file);
    content.fill("garbage ", from, Math.min(from + bytes, content.length));
    writeFileSync(file, content);
  };
  /** The page where a table or an index begins. */
  const overwriteRootOf = (name: string): void => {
    const database = new DatabaseSync(path);
    const root = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(name);
    database.close();
    overwrite((Number(root?.["rootpage"]) - 1) * 4096, 4096);
  };
  const names = async (store: OwnedStore): Promise<unknown[]> =>
    (await loadEntities(store.engine)).map(({ state }) => (state as { name: string }).name); // rules

  it.each([
    ["whose header is overwritten", () => overwrite(0, 100)],
    ["whose schema is overwritten", () => overwrite(100, 3900)],
    ["of which a table is overwritten", () => overwriteRootOf("entity")],
    ["of which an index is overwritten", () => overwriteRootOf("delivery_due")],
    ["that is cut", () => truncateSync(path, 10_000)],
    ["that is empty", () => truncateSync(path)],
    ["that is nothing but text", () => writeFileSync(path, "hello\n".repeat(1000))],
  ])("%s goes back to it, and says so", async (_, damage) => {
    await copied();
    damage();
    utimesSync(path, 1_780_000_000, 1_780_000_000);
    const store = await open();
    const movedTo = `${path}.damaged-20260601T151000Z`;
    expect(damages).toEqual([
      {
        kind: "restored",
        path,
        reason: expect.any(String),
        movedTo,
        copiedAt: COPIED_AT,
        writtenAt: 1_780_000_000_000,
      },
    ]);
    expect(await store.engine.positions()).toEqual([position("7")]);
    expect(await names(store)).toEqual(["a"]);
    await store.close();
    expect(existsSync(movedTo)).toBe(true);
    await (await open()).close();
    expect(damages).toHaveLength(1);
    expect(readdirSync(folder).toSorted()).toEqual([
      "tocsin.db",
      "tocsin.db.copy",
      expect.stringContaining("tocsin.db.damaged-"),
    ]);
    expect((statSync(path).mode & 0o777).toString(8)).toBe("600");
  });

  it("sends no message of the copy at once, and says in each that it may have come before", async () => {
    await copied();
    overwrite(0, 100);
    const store = await open();
    const now = clock.now();
    expect(await store.lease(now)).toEqual([]);
    // They do not count as waiting since the copy, so none goes to a fallback.
    const overdue = { waitingSince: now - 1, deadSince: 0, limit: 10 };
    expect(await (await store.outbox()).overdue(overdue)).toEqual([]);
    const leased = await store.lease(now + 3 * MINUTE);
    expect(leased.map(({ id, notification, receiver }) => [id, notification.text.note, receiver])).toEqual([
      ["waits", NOTE, undefined],
      ["attempted", NOTE, undefined],
      ["follows", NOTE, { ts: "1" }],
    ]);
    expect((await store.lease(now + 3 * MINUTE, { sink: "other" })).map(({ id }) => id)).toEqual(["info"]);
    expect((await store.leaseRecords(now)).map(({ id }) => id)).toEqual(["r1"]);
    expect(await store.outcomes()).toEqual(["sent delivered", "self-1 superseded"]);
    await store.close();
  });

  it("sends newer news in their place at once, and the end of what it may have begun", async () => {
    await copied();
    overwrite(0, 100);
    const store = await open();
    await store.commit({
      deliveries: [
        makeDelivery("end", { groupKey: "waits", kind: "resolved" }),
        makeDelivery("news", { groupKey: "attempted", kind: "update" }),
        // No attempt of its beginning was made before the copy.
        makeDelivery("other-end", { groupKey: "info", sink: "other", kind: "resolved" }),
      ],
    });
    const leased = await store.lease(clock.now());
    expect(leased.map(({ id, notification }) => [id, notification.text.note])).toEqual([
      ["end", ""],
      ["news", ""],
    ]);
    expect(await store.lease(clock.now(), { sink: "other" })).toMatchObject([{ id: "other-end" }]);
    await store.close();
  });

  it("that is damaged as well begins anew, keeps both files, and says why", async () => {
    await copied();
    overwrite(0, 100);
    overwrite(4096, 100_000, `${path}.copy`);
    const store = await open();
    const movedTo = `${path}.damaged-20260601T151000Z`;
    expect(damages).toEqual([
      {
        kind: "moved",
        path,
        reason: expect.any(String),
        movedTo,
        copyFault: expect.stringContaining("malformed"),
      },
    ]);
    expect(await store.engine.positions()).toEqual([]);
    await store.close();
    expect(readdirSync(folder).toSorted()).toEqual([
      "tocsin.db",
      "tocsin.db.damaged-20260601T151000Z",
      "tocsin.db.damaged-20260601T151000Z.copy",
    ]);
  });

  it("of a newer program begins anew, and keeps that copy", async () => {
    await copied();
    overwrite(0, 100);
    const newer = new DatabaseSync(`${path}.copy`);
    newer.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    newer.close();
    const store = await open();
    const copyFault = `state file ${path}.copy has schema version ${MIGRATIONS.length + 1}`;
    expect(damages).toMatchObject([{ kind: "moved", copyFault: expect.stringContaining(copyFault) }]);
    await store.close();
    expect(existsSync(`${path}.damaged-20260601T151000Z.copy`)).toBe(true);
  });

  it("that is no state file at all is not taken for one", async () => {
    await copied();
    overwrite(0, 100);
    rmSync(`${path}.copy`);
    const foreign = new DatabaseSync(`${path}.copy`);
    foreign.exec("CREATE TABLE t (a)");
    foreign.close();
    const store = await open();
    expect(damages).toMatchObject([
      { kind: "moved", copyFault: expect.stringContaining("an SQLite database of another program") },
    ]);
    await store.close();
  });

  it("is not restored where somebody removed the file: that is a first start", async () => {
    await copied();
    rmSync(path);
    const store = await open();
    expect(damages).toEqual([]);
    expect(await store.engine.positions()).toEqual([]);
    await store.close();
  });

  it.each([
    ["middle", (size: number) => Math.floor(size / 2)],
    ["beginning", () => 0],
  ])("whose log lost its %s goes on from what it has, no older than the copy", async (_, start) => {
    const store = await open();
    await store.commit({ positions: [position("7")] });
    await clock.advance(10 * MINUTE);
    await until(() => outcomes.length > 0);
    for (let version = 8; version < 40; version++)
      await store.commit({ positions: [position(String(version))] });
    // The files of a killed process.
    const dead = join(folder, "dead.db");
    for (const suffix of ["", "-wal", ".copy"]) copyFileSync(path + suffix, dead + suffix);
    await store.close();
    path = dead;
    overwrite(start(statSync(`${path}-wal`).size), 20, `${path}-wal`);
    const next = await open();
    const [read] = await next.engine.positions();
    expect(Number(read?.resourceVersion)).toBeGreaterThanOrEqual(7);
    expect(Number(read?.resourceVersion)).toBeLessThan(39);
    expect(damages).toMatchObject([
      { kind: "incomplete", path: dead, reason: `its log ${dead}-wal is damaged` },
    ]);
    await next.close();
  });

  it("keeps no more than three damaged files", async () => {
    await copied();
    for (let hour = 0; hour < 5; hour++) {
      clock.setWall(COPIED_AT + hour * 60 * MINUTE);
      overwrite(0, 100);
      await (await open()).close();
    }
    expect(damages).toHaveLength(5);
    expect(readdirSync(folder).filter((name) => name.includes("damaged"))).toEqual([
      "tocsin.db.damaged-20260601T121000Z",
      "tocsin.db.damaged-20260601T131000Z",
      "tocsin.db.damaged-20260601T141000Z",
    ]);
  });

  describe("that a statement finds damaged while it runs", () => {
    it("is said once, and the next start goes back to the copy although its own check finds nothing", async () => {
      await copied();
      breakIndex(path, "delivery_due");
      const store = await open();
      expect(damages).toEqual([]);
      const outbox = await store.outbox();
      await expect(outbox.buryOrphans(clock.now())).rejects.toThrow("malformed");
      await expect(outbox.buryOrphans(clock.now())).rejects.toThrow("malformed");
      expect(damages).toMatchObject([
        {
          kind: "failing",
          path,
          copiedAt: Math.round(statSync(`${path}.copy`).mtimeMs),
          reason: expect.any(String),
        },
      ]);
      await store.close();
      const next = await open();
      expect(damages).toMatchObject([{ kind: "failing" }, { kind: "restored", copiedAt: COPIED_AT }]);
      await next.close();
      await (await open()).close();
      expect(damages).toHaveLength(2);
    });

    it("is left to the process that works on it", async () => {
      await copied();
      breakIndex(path, "delivery_due");
      const store = await open();
      await expect((await store.outbox()).buryOrphans(clock.now())).rejects.toThrow("malformed");
      await expect(open()).rejects.toThrow("is in use by another process");
      expect(damages).toMatchObject([{ kind: "failing" }]);
      expect(readdirSync(folder).filter((name) => name.includes("damaged"))).toEqual([]);
      await store.close();
    });

    it("is not taken for damaged when another file is in its place", async () => {
      await copied();
      breakIndex(path, "delivery_due");
      const store = await open();
      await expect((await store.outbox()).buryOrphans(clock.now())).rejects.toThrow("malformed");
      await store.close();
      renameSync(path, `${path}.old`);
      copyFileSync(`${path}.copy`, path);
      await (await open()).close();
      expect(damages).toMatchObject([{ kind: "failing" }]);
    });
  });
});
