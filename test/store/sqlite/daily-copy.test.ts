import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { silentLogger } from "../../../src/lib/log.ts";
import { Metrics } from "../../../src/lib/metrics.ts";
import type { CopyOutcome, StateDamage } from "../../../src/store/index.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { makeDelivery, makeRecord } from "../../support/make-delivery.ts";
import { OwnedStore } from "../../support/owned-store.ts";
import { SmallDisk } from "../../support/small-disk.ts";
import { until } from "../../support/until.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe("the daily copy", () => {
  let folder: string;
  let path: string;
  let clock: FakeClock;
  let outcomes: CopyOutcome[];
  let damages: StateDamage[];
  let metrics: Metrics;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tocsin-copy-"));
    path = join(folder, "tocsin.db");
    clock = new FakeClock();
    outcomes = [];
    damages = [];
    metrics = new Metrics();
  });
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  const open = (random = 0, at = path): Promise<OwnedStore> =>
    OwnedStore.open({
      path: at,
      clock,
      log: silentLogger,
      onDamage: (damage) => damages.push(damage),
      copies: { random: () => random, metrics, onCopy: (outcome) => outcomes.push(outcome) },
    });
  /** Passes the time, and waits for what must have come by then. */
  const copied = async (ms: number, count: number): Promise<void> => {
    await clock.advance(ms);
    await until(() => outcomes.length >= count);
  };
  const files = (): readonly string[] => readdirSync(folder).toSorted();
  const idsIn = (file: string): readonly unknown[] => {
    using database = new DatabaseSync(file, { readOnly: true });
    return database
      .prepare("SELECT id FROM delivery ORDER BY seq")
      .all()
      .map(({ id }) => id);
  };
  /** So many that no cache has all of their pages. */
  const fill = async (store: OwnedStore): Promise<void> => {
    const body = "x".repeat(10_000);
    await store.commit({ records: Array.from({ length: 3000 }, (_, id) => makeRecord(`r${id}`, { body })) });
  };
  /** Overwrites what lies in the middle of the file while a store has it open. */
  const overwriteMiddle = (): void => {
    const descriptor = openSync(path, "r+");
    writeSync(descriptor, "garbage ".repeat(100_000), Math.floor(statSync(path).size / 2 / 4096) * 4096);
    closeSync(descriptor);
  };

  it("is made some time after the first start, and then every day, for nobody else to read", async () => {
    const store = await open(0.5);
    await store.commit({ deliveries: [makeDelivery("d1")] });
    await clock.advance(25 * MINUTE - 1);
    expect(files()).toEqual(["tocsin.db", "tocsin.db-wal"]);
    await copied(1, 1);
    expect(files()).toEqual(["tocsin.db", "tocsin.db-wal", "tocsin.db.copy"]);
    expect((statSync(`${path}.copy`).mode & 0o777).toString(8)).toBe("600");
    expect(idsIn(`${path}.copy`)).toEqual(["d1"]);
    expect(await metrics.text()).toContain(`tocsin_state_copy_timestamp_seconds ${clock.now() / 1000}`);
    await store.commit({ deliveries: [makeDelivery("d2", { groupKey: "h" })] });
    await copied(DAY, 2);
    expect(idsIn(`${path}.copy`)).toEqual(["d1", "d2"]);
    expect(outcomes).toMatchObject([{ kind: "made" }, { kind: "made" }]);
    expect(await metrics.text()).toContain("tocsin_state_damaged 0");
    await store.close();
    expect(clock.pending).toBe(0);
  });

  it("waits for its day after a restart, and has no part of an unfinished one", async () => {
    const first = await open();
    await copied(10 * MINUTE, 1);
    await first.close();
    utimesSync(`${path}.copy`, clock.now() / 1000, clock.now() / 1000);
    writeFileSync(`${path}.copy-unfinished`, "half");
    const second = await open();
    await clock.advance(DAY - 1);
    expect(outcomes).toHaveLength(1);
    expect(files()).not.toContain("tocsin.db.copy-unfinished");
    await copied(1, 2);
    await second.close();
  });

  it("holds what is committed while it is made", async () => {
    const store = await open();
    await fill(store);
    await clock.advance(10 * MINUTE);
    let commits = 0;
    await until(async () => {
      await store.commit({ deliveries: [makeDelivery(`d${commits}`, { groupKey: `g${commits}` })] });
      commits += 1;
      return outcomes.length > 0;
    });
    expect(outcomes).toEqual([{ kind: "made", bytes: expect.any(Number) }]);
    expect(commits).toBeGreaterThan(2);
    // Those that were committed after its last step are not in it.
    const ids = idsIn(`${path}.copy`);
    expect(ids.length).toBeGreaterThan(0);
    expect(ids).toEqual(Array.from(ids, (_, id) => `d${id}`));
    await store.close();
  });

  it("of a file that was damaged on the disk is not made: the last one stays, and it is said", async () => {
    const store = await open();
    await fill(store);
    await copied(10 * MINUTE, 1);
    const good = readFileSync(`${path}.copy`);
    overwriteMiddle();
    await copied(DAY, 2);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["made", "damaged"]);
    expect(damages).toMatchObject([
      {
        kind: "found",
        path,
        copiedAt: Math.round(statSync(`${path}.copy`).mtimeMs),
        reason: expect.any(String),
      },
    ]);
    expect(await metrics.text()).toContain("tocsin_state_damaged 1");
    expect(readFileSync(`${path}.copy`).equals(good)).toBe(true);
    expect(existsSync(`${path}.copy-unfinished`)).toBe(false);
    // It is tried no more.
    expect(clock.pending).toBe(0);
    await store.close();
  });

  it("is given up when the store is closed, without a part left", async () => {
    const store = await open();
    await fill(store);
    await clock.advance(10 * MINUTE);
    await until(() => existsSync(`${path}.copy-unfinished`) || outcomes.length > 0);
    await store.close();
    expect(files().filter((name) => name.includes("unfinished"))).toEqual([]);
    await (await open()).close();
    expect(damages).toEqual([]);
  });

  it("of a killed process is no half one, and its part goes with the next start", async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "copier.ts"), path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    await once(child.stdout ?? child, "data");
    await until(() => existsSync(`${path}.copy`));
    await until(
      () => (statSync(`${path}.copy-unfinished`, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000,
    );
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(files()).toContain("tocsin.db.copy-unfinished");
    using copy = new DatabaseSync(`${path}.copy`, { readOnly: true });
    expect(copy.prepare("PRAGMA quick_check").get()).toEqual({ quick_check: "ok" });
    expect(copy.prepare("SELECT count(*) AS count FROM record").get()).toEqual({ count: 2000 });
    const store = await open();
    await until(() => !files().some((name) => name.includes("unfinished")));
    expect(damages).toEqual([]);
    await store.close();
  });

  it.skipIf(SmallDisk.missing !== "")(
    "is left out while the disk has no room, and that is said",
    async () => {
      using disk = new SmallDisk();
      const store = await open(0, join(disk.path, "tocsin.db"));
      await copied(10 * MINUTE, 1);
      expect(outcomes).toEqual([
        { kind: "skipped", reason: expect.stringMatching(/^\d+ bytes are missing/u) },
      ]);
      expect(disk.files).toEqual(["tocsin.db", "tocsin.db-wal"]);
      expect(damages).toEqual([]);
      await store.close();
    },
  );
});

describe("a state in memory", () => {
  it("has no copy", async () => {
    const clock = new FakeClock();
    const copies = { random: () => 0, metrics: new Metrics() };
    const store = await OwnedStore.open({ path: ":memory:", clock, log: silentLogger, copies });
    expect(clock.pending).toBe(0);
    await store.close();
  });
});
