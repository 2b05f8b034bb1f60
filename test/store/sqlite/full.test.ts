import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { NO_CHANGES } from "../../../src/alert/index.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import { openSqliteStore, type Store } from "../../../src/store/index.ts";
import type { Connection } from "../../../src/store/sqlite/connection.ts";
import { createSqliteStore } from "../../../src/store/sqlite/sqlite-store.ts";
import { openStateFile } from "../../../src/store/sqlite/state-file.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { makeDelivery, makeNotification, makeRecord } from "../../support/make-delivery.ts";

const text = "x".repeat(3000);
const lease = { sink: "ops", now: 1000, limit: 1000 };

describe("a full store", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tocsin-full-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const options = () => ({ path: join(folder, "tocsin.db"), clock: new FakeClock(1000), log: silentLogger });
  const add = (store: Store, id: string): Promise<void> =>
    store.commit({
      ...NO_CHANGES,
      deliveries: [{ ...makeDelivery(id, { groupKey: id }), notification: makeNotification({ id, text }) }],
    });
  /** Commits deliveries until one is refused; answers how many were not. */
  const fillUp = async (store: Store): Promise<number> => {
    for (let count = 0; count < 1000; count++) {
      try {
        await add(store, `d${count}`);
      } catch {
        return count;
      }
    }
    throw new Error("it never was full");
  };
  const deliverAll = async (store: Store): Promise<void> => {
    const rows = await store.leaseDeliveries(lease);
    await store.settle(rows.map(({ id }) => ({ id, outcome: "delivered", at: 1000 })));
  };

  it("takes commits again once what waits was delivered, and still tells every outcome", async () => {
    const store = await openSqliteStore({ ...options(), maxBytes: 400_000 });
    const count = await fillUp(store);
    await expect(add(store, "another")).rejects.toThrow(/full: \d+ of 400000 bytes are used/u);
    await deliverAll(store);
    await add(store, "another");
    expect(await store.outcomes(1000)).toHaveLength(count);
    await store.close();
  });

  it("forgets decisions before it refuses anything", async () => {
    const store = await openSqliteStore({ ...options(), maxBytes: 400_000 });
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
      await store.commit({ ...NO_CHANGES, decisions });
    }
    await store.commit({ ...NO_CHANGES, records: [makeRecord("r1")] });
    await store.close();
  });

  it("keeps what waits and what is dead, whatever else has to go", async () => {
    const store = await openSqliteStore({ ...options(), maxBytes: 400_000 });
    await add(store, "dead");
    await store.leaseDeliveries(lease);
    await store.settle([{ id: "dead", outcome: "dead", at: 1000, error: "no" }]);
    const count = await fillUp(store);
    expect(await store.depths()).toMatchObject([{ waiting: count, dead: 1 }]);
    const [letter] = await store.deadLetters({ limit: 1 });
    expect(JSON.parse(letter?.body ?? "")).toMatchObject({ text });
    await store.close();
  });

  it("on a full disk loses nothing and goes on when there is space", async () => {
    const connection = openStateFile(options());
    const store = createSqliteStore(options(), connection);
    setDisk(connection, 60);
    const count = await fillUp(store);
    expect(count).toBeGreaterThan(5);
    expect(store.isWritable()).toBe(false);
    await expect(add(store, "another")).rejects.toThrow("full");
    setDisk(connection, 1000);
    await add(store, "another");
    expect(store.isWritable()).toBe(true);
    expect(await store.depths()).toMatchObject([{ waiting: count + 1 }]);
    await store.close();
  });
});

/** As many pages as there is space for; less than what is used is taken as that. */
function setDisk({ database }: Connection, pages: number): void {
  database.exec(`PRAGMA max_page_count = ${pages}`);
}
