import { afterEach, beforeEach, expect, it } from "vitest";

import { systemClock } from "../../../src/lib/clock.ts";
import type { PostgresDatabase } from "../../../src/store/postgres/postgres-database.ts";
import type { PostgresTenure } from "../../../src/store/postgres/postgres-tenure.ts";
import { nameStatements } from "../../../src/store/postgres/statement.ts";
import { openPostgresDatabase } from "../../support/postgres-bed.ts";
import { describeOnPostgres } from "../../support/postgres.ts";

const patient = new AbortController().signal;

const SQL = nameStatements("test", {
  keep: "INSERT INTO shared_key VALUES ($1, '')",
  keys: "SELECT name FROM shared_key ORDER BY name",
  expire: "UPDATE holding SET until = '-infinity'",
  goBack: "UPDATE holding SET commits = commits - 1",
  fail: "SELECT 1 / 0",
});

describeOnPostgres("a holding on PostgreSQL", () => {
  let database: PostgresDatabase;
  let held: PostgresTenure[];
  beforeEach(async () => {
    database = await openPostgresDatabase();
    held = [];
  });
  afterEach(async () => {
    await Promise.all(held.map((tenure) => tenure.release()));
    await database.close();
  });

  const take = async (signal = patient): Promise<PostgresTenure> => {
    const tenure = await database.holdings.take("engine/0", signal);
    held.push(tenure);
    return tenure;
  };
  const keep = (tenure: PostgresTenure, name: string) => tenure.write(async () => [SQL.keep(name)]);
  const keys = async (): Promise<readonly unknown[]> => {
    const [answer] = await database.pool.ask([SQL.keys()]);
    return (answer?.rows ?? []).map(({ name }) => name);
  };

  it("is one owner's at a time, and the next one has a greater epoch", async () => {
    const first = await take();
    const second = take();
    await keep(first, "a");
    await first.release();
    expect((await second).epoch).toBeGreaterThan(first.epoch);
    await keep(await second, "b");
    expect(await keys()).toEqual(["a", "b"]);
  });

  it("ends the waiting of who gives up", async () => {
    await take();
    const reason = new Error("no more");
    await expect(take(AbortSignal.abort(reason))).rejects.toBe(reason);
    const impatient = new AbortController();
    const waiting = take(impatient.signal);
    impatient.abort(reason);
    await expect(waiting).rejects.toMatchObject({ message: "no more" });
  });

  it("fences who was taken over, and undoes what it writes", async () => {
    const first = await take();
    await database.pool.ask([SQL.expire()]);
    const second = await take();
    await keep(second, "b");
    await expect(keep(first, "a")).rejects.toMatchObject({ code: "ERR_FENCED" });
    expect(first.lost.aborted).toBe(true);
    expect(first.validUntil()).toBe(0);
    await expect(keep(first, "a")).rejects.toMatchObject({ code: "ERR_FENCED" });
    expect(await keys()).toEqual(["b"]);
    expect(second.lost.aborted).toBe(false);
  });

  it("fences a writer whose last commit is gone, as on a copy that lacks it", async () => {
    const tenure = await take();
    await keep(tenure, "a");
    await database.pool.ask([SQL.goBack()]);
    await expect(keep(tenure, "b")).rejects.toMatchObject({ code: "ERR_FENCED" });
    expect(await keys()).toEqual(["a"]);
  });

  it("undoes a write that fails, in one flight or in two, and goes on", async () => {
    const tenure = await take();
    const works = [async () => [SQL.keep("a"), SQL.fail()], async () => [SQL.fail(), SQL.keep("a")]];
    for (const work of works) await expect(tenure.write(work)).rejects.toMatchObject({ code: "ERR_STORE" });
    const inTwo = tenure.write(async (send) => {
      await send([SQL.keep("a")]);
      return [SQL.fail()];
    });
    await expect(inTwo).rejects.toMatchObject({ code: "ERR_STORE" });
    const early = tenure.write(async (send) => {
      await send([SQL.keep("a"), SQL.fail()]);
      return [];
    });
    await expect(early).rejects.toMatchObject({ code: "ERR_STORE" });
    expect(await keys()).toEqual([]);
    await keep(tenure, "b");
    expect(await keys()).toEqual(["b"]);
    expect(tenure.lost.aborted).toBe(false);
  });

  it("goes on with a new connection when the server ends the old one", async () => {
    const tenure = await take();
    await keep(tenure, "a");
    const end = { name: "end", text: "SELECT pg_terminate_backend(pg_backend_pid())", values: [] };
    await expect(tenure.write(async () => [end])).rejects.toMatchObject({ code: "ERR_STORE" });
    await keep(tenure, "b");
    expect(await keys()).toEqual(["a", "b"]);
  });

  it("is renewed while nothing is written, and lost when the server says nothing for a lease", async () => {
    const quick = await openPostgresDatabase({ clock: systemClock, leaseMs: 1000 });
    const tenure = await quick.holdings.take("engine/0", patient);
    const first = tenure.validUntil();
    await expect.poll(() => tenure.validUntil(), { timeout: 60_000 }).toBeGreaterThan(first);
    await quick.pool.ask([{ name: "drop", text: "DROP FUNCTION fence", values: [] }]);
    await expect.poll(() => tenure.lost.aborted, { timeout: 60_000 }).toBe(true);
    await tenure.release();
    await quick.close();
  });
});
