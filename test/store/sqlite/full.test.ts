import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { toEntity } from "../../../src/alert/entity-kinds.ts";
import { NO_CHANGES } from "../../../src/alert/index.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import type { StateDamage } from "../../../src/store/index.ts";
import type { Connection } from "../../../src/store/sqlite/connection.ts";
import { createEndedRows } from "../../../src/store/sqlite/ended-rows.ts";
import { createKeptRows } from "../../../src/store/sqlite/kept-rows.ts";
import { MIGRATIONS } from "../../../src/store/sqlite/migrations.ts";
import { SqliteFile, type SqliteStoreOptions } from "../../../src/store/sqlite/sqlite-file.ts";
import { SqliteHost } from "../../../src/store/sqlite/sqlite-host.ts";
import { openStateFile } from "../../../src/store/sqlite/state-file.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { loadEntities } from "../../support/load-entities.ts";
import { makeDecision } from "../../support/make-decision.ts";
import { makeDelivery, makeNotification, makeRecord } from "../../support/make-delivery.ts";
import { makeEnded } from "../../support/make-ended.ts";
import { OwnedStore } from "../../support/owned-store.ts";

const text = "x".repeat(3000);
const ALL = { limit: 1000 };

describe("a full store", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tocsin-full-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const options = () => ({ path: join(folder, "tocsin.db"), clock: new FakeClock(1000), log: silentLogger });
  const add = (store: OwnedStore, id: string): Promise<void> =>
    store.commit({
      deliveries: [
        {
          ...makeDelivery(id, { groupKey: id }),
          notification: makeNotification({ id, text: { own: text, builtIn: "", note: "" } }),
        },
      ],
    });
  /** Commits deliveries until one is refused; answers how many were not. */
  const fillUp = async (store: OwnedStore): Promise<number> => {
    for (let count = 0; count < 1000; count++) {
      try {
        await add(store, `d${count}`);
      } catch {
        return count;
      }
    }
    throw new Error("it never was full");
  };
  const deliverAll = async (store: OwnedStore): Promise<void> => {
    const rows = await store.lease(1000, ALL);
    await store.settle(rows.map(({ id }) => ({ id, outcome: "delivered", at: 1000 })));
  };

  it("takes commits again once what waits was delivered, and still tells every outcome", async () => {
    const store = await OwnedStore.open({ ...options(), maxBytes: 400_000 });
    const count = await fillUp(store);
    await expect(add(store, "another")).rejects.toThrow(/full: \d+ of 400000 bytes are used/u);
    await deliverAll(store);
    await add(store, "another");
    expect(await store.engine.outcomes(1000)).toHaveLength(count);
    await store.close();
  });

  it("forgets decisions before it refuses anything", async () => {
    const store = await OwnedStore.open({ ...options(), maxBytes: 400_000 });
    for (let at = 0; at < 40; at++) {
      const decisions = Array.from({ length: 50 }, () => ({
        at,
        rule: "r",
        fingerprint: "f",
        groupKey: "g".repeat(200),
        namespace: "shop",
        sink: "",
        outcome: "suppressed" as const,
        reason: "threshold",
        occurrences: 1,
        deliveryId: "",
      }));
      await store.commit({ decisions });
    }
    await store.commit({ records: [makeRecord("r1")] });
    await store.close();
  });

  describe("with a history", () => {
    const history = (from: number, count: number, over: Parameters<typeof makeEnded>[1] = {}) =>
      Array.from({ length: count }, (_, index) =>
        // No two are alike, so that packing does not make them small.
        makeEnded(`e${from + index}`, {
          resolvedAt: 1000 + from + index,
          alert: { text: randomBytes(500).toString("hex"), objects: [] },
          ...over,
        }),
      );
    const countOf = async (store: OwnedStore, which?: "fired"): Promise<number> =>
      (await store.queries.history({ since: 0, limit: 10_000, which })).rows.length;

    it("gives it up before anything else, and refuses nothing", async () => {
      const store = await OwnedStore.open({ ...options(), maxBytes: 3_000_000 });
      for (let from = 0; from < 3000; from += 100) await store.commit({ ended: history(from, 100) });
      const kept = await countOf(store);
      expect(kept).toBeGreaterThan(500);
      expect(kept).toBeLessThan(3000);
      await store.commit({ decisions: Array.from({ length: 100 }, (_, at) => makeDecision({ at })) });
      for (let count = 0; (await countOf(store)) > 0; count += 50)
        for (let more = 0; more < 50; more++) await add(store, `d${count + more}`);
      expect((await store.queries.decisions({ since: 0, limit: 500 })).rows).toHaveLength(100);
      await store.close();
    });

    it("trims it when the file is nearly full, and keeps decisions and ended deliveries", async () => {
      const store = await OwnedStore.open({ ...options(), maxBytes: 3_000_000 });
      await store.commit({ decisions: [makeDecision()] });
      await add(store, "d");
      await deliverAll(store);
      await store.commit({ notedOutcomes: ["d"] });
      for (let from = 0; (await store.queries.usedBytes()) < 2_500_000; from += 100)
        await store.commit({ ended: history(from, 100) });
      const before = await countOf(store);
      await store.engine.trim(5 * 3_600_000);
      const after = await countOf(store);
      expect(after).toBeLessThan(before);
      expect(after).toBeGreaterThan(0);
      expect(await store.queries.usedBytes()).toBeLessThan(2_400_001);
      expect((await store.queries.decisions({ since: 0, limit: 500 })).rows).toHaveLength(1);
      expect((await store.queries.deliveries({ which: "ended", limit: 9 })).rows).toHaveLength(1);
      await store.close();
    });

    it("keeps a bounded number of alerts: those that never fired go first, then the oldest", () => {
      using database = new DatabaseSync(":memory:");
      for (const step of MIGRATIONS) database.exec(step);
      const kept = createKeptRows(database);
      kept.begin("ended", 0);
      const rows = createEndedRows(database, kept, 1500);
      const never = history(0, 1000, { firedAt: undefined, resolvedAt: 9000 });
      rows.write({ ended: [...never, ...history(1000, 2001)], lateNews: [] });
      const idsNow = (): unknown[] => database.prepare("SELECT id FROM ended ORDER BY seq").all();
      expect(rows.sweep(0, 0)).toBe(true);
      expect(idsNow()).toHaveLength(2001);
      // Those that never fired are not missed.
      expect(kept.since("ended")).toBe(0);
      expect(rows.sweep(0, 0)).toBe(true);
      expect(idsNow()).toHaveLength(1001);
      expect(idsNow()[0]).toEqual({ id: "e2000" });
      expect(kept.since("ended")).toBe(history(1999, 1)[0]!.resolvedAt + 1);
      expect(rows.sweep(0, 0)).toBe(false);
    });

    it("keeps none where none is wanted", async () => {
      const store = await OwnedStore.open({ ...options(), historyForMs: 0 });
      await store.commit({
        ended: history(0, 1),
        activity: [{ bucket: 0, rule: "r", severity: "info", opened: 1, occurrences: 1 }],
      });
      expect(await countOf(store)).toBe(0);
      expect(await store.queries.activity({ from: 0, stepMs: 1_800_000, steps: 1 })).toEqual([]);
      await store.close();
    });
  });

  it("keeps what waits and what is dead, whatever else has to go", async () => {
    const store = await OwnedStore.open({ ...options(), maxBytes: 400_000 });
    await add(store, "dead");
    await store.lease(1000, ALL);
    await store.settle([{ id: "dead", outcome: "dead", at: 1000, error: "no" }]);
    const count = await fillUp(store);
    expect(await store.queries.depths()).toMatchObject([{ waiting: count, dead: 1 }]);
    const [letter] = await store.queries.deadLetters({ limit: 1 });
    expect(JSON.parse(letter?.body ?? "")).toMatchObject({ text: { own: text } });
    await store.close();
  });

  describe("of records for a sink that is down", () => {
    const MOST = 2_000_000;
    const body = JSON.stringify({ text: "x".repeat(900) });
    let made = 0;
    /** Commits records until one is refused; answers how many were not. */
    const forward = async (store: OwnedStore, sink: string): Promise<number> => {
      for (let count = 0; count < 3000; count++) {
        const records = [makeRecord(`${sink}${made++}`, { sink, body })];
        const refused = await store.engine.commit({ ...NO_CHANGES, records });
        if (refused.size > 0) {
          expect(refused).toEqual(new Map([[sink, 1]]));
          return count;
        }
      }
      throw new Error("it never was full");
    };
    const waitingFor = async (store: OwnedStore, sink: string): Promise<number> =>
      (await store.queries.depths()).find((depth) => depth.sink === sink)?.waiting ?? 0;

    it("takes half of its bytes of them at most, also after a restart, and three quarters of all sinks", async () => {
      const first = await OwnedStore.open({ ...options(), maxBytes: MOST });
      const count = await forward(first, "archive");
      expect(count * body.length).toBeGreaterThan(0.45 * MOST);
      expect(count * body.length).toBeLessThan(0.5 * MOST);
      await first.close();
      const store = await OwnedStore.open({ ...options(), maxBytes: MOST });
      expect(await forward(store, "archive")).toBe(0);
      expect(await forward(store, "siem")).toBeGreaterThan(count / 2.1);
      expect(await forward(store, "siem")).toBe(0);
      expect(await waitingFor(store, "archive")).toBe(count);
      await store.close();
    });

    it("takes them again when some were delivered", async () => {
      const store = await OwnedStore.open({ ...options(), maxBytes: MOST });
      const count = await forward(store, "archive");
      const outbox = await store.outbox("archive");
      const lease = { now: 2000, deliveries: 0, records: 10 };
      const { records } = await outbox.exchange([], lease);
      await outbox.exchange(
        records.map(({ id }) => ({ id, outcome: "delivered", at: 2000 })),
        { ...lease, records: 0 },
      );
      expect(await waitingFor(store, "archive")).toBe(count - 10);
      expect(await forward(store, "archive")).toBe(10);
      await store.close();
    });

    it("drops dead records before those that wait", async () => {
      const store = await OwnedStore.open({ ...options(), maxBytes: MOST });
      await forward(store, "archive");
      const outbox = await store.outbox("archive");
      const lease = { now: 2000, deliveries: 0, records: 600 };
      const { records } = await outbox.exchange([], lease);
      await outbox.exchange(
        records.map(({ id }) => ({ id, outcome: "dead", at: 2000, error: "no" })),
        { ...lease, records: 0 },
      );
      const waiting = await waitingFor(store, "archive");
      const deadOf = async (): Promise<number> => (await store.queries.depths())[0]?.dead ?? 0;
      expect(await deadOf()).toBe(600);
      for (let count = 0; (await deadOf()) === 600 && count < 1000; count++) await add(store, `d${count}`);
      expect(await deadOf()).toBeLessThan(600);
      expect(await waitingFor(store, "archive")).toBe(waiting);
      await store.close();
    });

    it("counts dead records that somebody retries", async () => {
      const store = await OwnedStore.open({ ...options(), maxBytes: MOST });
      await forward(store, "archive");
      const outbox = await store.outbox("archive");
      const lease = { now: 2000, deliveries: 0, records: 100 };
      const { records } = await outbox.exchange([], lease);
      await outbox.exchange(
        records.map(({ id }) => ({ id, outcome: "dead", at: 2000, error: "no" })),
        { ...lease, records: 0 },
      );
      await store.host.deadLetters.retry(
        records.map(({ id }) => id),
        2000,
      );
      expect(await forward(store, "archive")).toBe(0);
      await store.close();
    });

    it("takes alerts as if no record were there", async () => {
      const empty = await OwnedStore.open({ ...options(), path: ":memory:", maxBytes: MOST });
      const most = await fillUp(empty);
      await empty.close();
      const store = await OwnedStore.open({ ...options(), maxBytes: MOST });
      await forward(store, "archive");
      expect(await fillUp(store)).toBeGreaterThan(most * 0.9);
      expect(await waitingFor(store, "archive")).toBe(0);
      await store.close();
    });
  });

  it("on a full disk loses nothing and goes on when there is space", async () => {
    const connection = openStateFile(options());
    const store = await over(options(), connection);
    setDisk(connection, 60);
    const count = await fillUp(store);
    expect(count).toBeGreaterThan(5);
    expect(store.host.isWritable()).toBe(false);
    await expect(add(store, "another")).rejects.toThrow("full");
    setDisk(connection, 1000);
    await add(store, "another");
    expect(store.host.isWritable()).toBe(true);
    expect(await store.queries.depths()).toMatchObject([{ waiting: count + 1 }]);
    await store.close();
  });
});

describe("a disk that is full at the start", () => {
  it("keeps the leases of the process before until there is space, and no longer", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tocsin-full-"));
    const options = { path: join(folder, "tocsin.db"), clock: new FakeClock(1000), log: silentLogger };
    const before = openStateFile(options);
    const first = await over(options, before);
    await first.commit({
      deliveries: [makeDelivery("d1"), makeDelivery("d2", { groupKey: "h" })],
    });
    expect(await first.lease(1000, ALL)).toHaveLength(2);
    before.abandon();
    const connection = openStateFile(options);
    const disk = { isFull: true };
    const store = await over(options, { ...connection, database: refusing(connection.database, disk) });
    await expect(store.lease(1000, ALL)).rejects.toThrow("full");
    disk.isFull = false;
    expect(await store.lease(1000, ALL)).toHaveLength(2);
    expect(await store.lease(1000, ALL)).toHaveLength(0);
    connection.abandon();
    rmSync(folder, { recursive: true });
  });
});

describe("a row that cannot be read while the disk is full", () => {
  it("is left out and said, stays where it is, and is set aside by a later start", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tocsin-full-"));
    const reasons: string[] = [];
    const options = {
      path: join(folder, "tocsin.db"),
      clock: new FakeClock(1000),
      log: silentLogger,
      onDamage: ({ kind, reason }: StateDamage) => reasons.push(`${kind}: ${reason}`),
    };
    const connection = openStateFile(options);
    const disk = { isFull: false };
    const store = await over(options, { ...connection, database: refusing(connection.database, disk) });
    const put = ["a", "b"].map((name) => toEntity("rule", { name, version: "1", since: 0 }));
    await store.commit({ entities: { put, forget: [] } });
    connection.database.exec("UPDATE entity SET state = '{' WHERE key = 'a'");
    disk.isFull = true;
    const kept = [{ state: { name: "b" } }];
    expect(await loadEntities(store.engine)).toMatchObject(kept);
    disk.isFull = false;
    expect(await loadEntities(store.engine)).toMatchObject(kept);
    expect(await loadEntities(store.engine)).toMatchObject(kept);
    expect(reasons).toEqual([
      "rows: rule a: not moved, since the disk is full",
      "rows: rule a: kept in damaged_entity",
    ]);
    connection.abandon();
    rmSync(folder, { recursive: true });
  });
});

/** A store over a connection of the test's making. */
async function over(options: SqliteStoreOptions, connection: Connection): Promise<OwnedStore> {
  return OwnedStore.of(new SqliteHost(new SqliteFile(options, connection)));
}

/** The database on a disk that takes nothing while it is full. SQLite's own bound lets rows be changed in place. */
function refusing(
  database: Connection["database"],
  disk: { readonly isFull: boolean },
): Connection["database"] {
  return new Proxy(database, {
    get: (target, name) => {
      if (name === "prepare") return (sql: string) => refusingStatement(target.prepare(sql), disk);
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

function refusingStatement(statement: StatementSync, disk: { readonly isFull: boolean }): StatementSync {
  return new Proxy(statement, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        // https://sqlite.org/rescode.html#full
        if (name === "run" && disk.isFull)
          throw Object.assign(new Error("database or disk is full"), { errcode: 13 });
        return member.apply(target, args);
      };
    },
  });
}

/** As many pages as there is space for; less than what is used is taken as that. */
function setDisk({ database }: Connection, pages: number): void {
  database.exec(`PRAGMA max_page_count = ${pages}`);
}
