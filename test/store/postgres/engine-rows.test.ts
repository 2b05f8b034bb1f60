import { afterEach, beforeEach, expect, it } from "vitest";

import { type Changes, NO_CHANGES, type NewDelivery } from "../../../src/alert/index.ts";
import {
  PostgresDatabase,
  type PostgresStoreOptions,
} from "../../../src/store/postgres/postgres-database.ts";
import { PostgresEngineStore } from "../../../src/store/postgres/postgres-engine-store.ts";
import type { PostgresTenure } from "../../../src/store/postgres/postgres-tenure.ts";
import type { Answer } from "../../../src/store/postgres/session.ts";
import { makeSeen } from "../../support/describe-engine-store.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { loadEntities } from "../../support/load-entities.ts";
import { makeDecision } from "../../support/make-decision.ts";
import { makeDelivery, makeNotification, makeRecord } from "../../support/make-delivery.ts";
import { makeEnded } from "../../support/make-ended.ts";
import { makeAlert } from "../../support/notifications.ts";
import { postgresOptions } from "../../support/postgres-bed.ts";
import { describeOnPostgres } from "../../support/postgres.ts";

const DAY_MS = 86_400_000;

describeOnPostgres("the rows of an engine on PostgreSQL", () => {
  let options: PostgresStoreOptions;
  let database: PostgresDatabase;
  let tenure: PostgresTenure;
  let store: PostgresEngineStore;
  beforeEach(async () => {
    options = await postgresOptions();
    await open();
  });
  afterEach(() => close());

  const open = async (): Promise<void> => {
    database = await PostgresDatabase.open(options);
    tenure = await database.holdings.take("engine/0", new AbortController().signal);
    store = new PostgresEngineStore(database, 0, tenure);
  };
  const close = async (): Promise<void> => {
    await tenure.release();
    await database.close();
  };
  const commit = (changes: Partial<Changes>) => store.commit({ ...NO_CHANGES, ...changes });
  const ask = async (text: string): Promise<Answer["rows"]> => {
    const [answer] = await database.pool.ask([{ name: "", text, values: [] }]);
    return answer?.rows ?? [];
  };
  const column = async (text: string): Promise<readonly unknown[]> =>
    (await ask(text)).flatMap((row) => Object.values(row));

  /** A delivery about the alert of this fingerprint. */
  const about = (fingerprint: string, id: string, over: Partial<NewDelivery> = {}): NewDelivery => ({
    ...makeDelivery(id),
    notification: makeNotification({ id, alerts: [makeAlert({ fingerprint })] }),
    ...over,
  });
  const end = (id: string, state: string) =>
    ask(`UPDATE delivery SET state = '${state}', ended_at = 2000 WHERE id = '${id}'`);
  const toldOf = (id: string) => column(`SELECT told FROM ended WHERE id = '${id}'`);

  it("says who was told of an alert that is over, before and after its end", async () => {
    const awaits = (deliveryId: string) => [{ sink: "ops", groupKey: "g", deliveryId }];
    await commit({ deliveries: [about("f-a", "d1")] });
    const ended = makeEnded("a", { told: ["mail"], unaccepted: awaits("d1") });
    await commit({ ended: [ended] });
    await commit({ ended: [ended] });
    expect(await toldOf("a")).toEqual(['["mail"]']);
    await end("d1", "delivered");
    expect(await toldOf("a")).toEqual(['["mail","ops"]']);
    // The message was accepted before the engine heard of it.
    await commit({ ended: [makeEnded("b", { told: [], unaccepted: awaits("d1") })] });
    expect(await toldOf("b")).toEqual(['["ops"]']);
    // One that is about others says nothing.
    await commit({ deliveries: [about("f-other", "d2")] });
    await commit({ ended: [makeEnded("c", { told: [], unaccepted: awaits("gone") })] });
    await end("d2", "delivered");
    expect(await toldOf("c")).toEqual(["[]"]);
    expect(await column("SELECT count(*) FROM ended_await")).toEqual(["0"]);
  });

  it("takes the later message of the group for one about the end, and late news for the last of its fingerprint", async () => {
    await commit({ deliveries: [about("f-a", "d1")] });
    const ended = makeEnded("a", {
      told: [],
      unaccepted: [{ sink: "ops", groupKey: "g", deliveryId: "d1" }],
    });
    await commit({ deliveries: [about("f-a", "d2")], ended: [ended] });
    await end("d2", "delivered");
    expect(await toldOf("a")).toEqual(['["ops"]']);
    await commit({ ended: ["x", "y"].map((id) => makeEnded(id, { told: [], alert: { fingerprint: "f" } })) });
    const digest = about("f", "d3", { groupKey: "digest/d3" });
    await commit({ deliveries: [digest], lateNews: [{ fingerprint: "f", sink: "ops", deliveryId: "d3" }] });
    await end("d3", "delivered");
    expect([await toldOf("x"), await toldOf("y")]).toEqual([["[]"], ['["ops"]']]);
    await commit({
      deliveries: [about("f", "d4", { groupKey: "h" })],
      lateNews: [{ fingerprint: "f", sink: "ops", deliveryId: "d4" }],
    });
    await ask("DELETE FROM delivery WHERE id = 'd4'");
    expect(await column("SELECT count(*) FROM ended_await")).toEqual(["0"]);
  });

  it("takes lines of logs out of a message that is superseded", async () => {
    const logs = [{ container: "app", lines: ["secret"] }];
    // The store looks at nothing else of it.
    const evidence = { logs } as unknown as NonNullable<ReturnType<typeof makeAlert>["evidence"]>;
    const withLogs = (id: string) =>
      about("f", id, {
        notification: makeNotification({ id, alerts: [makeAlert({ fingerprint: "f", evidence })] }),
      });
    await commit({ deliveries: [withLogs("d1")] });
    await commit({ deliveries: [withLogs("d2"), withLogs("d3")] });
    const rows = await ask(
      "SELECT id, state, notification LIKE '%secret%' AS logged FROM delivery ORDER BY seq",
    );
    expect(rows).toEqual([
      { id: "d1", state: "superseded", logged: false },
      { id: "d2", state: "superseded", logged: false },
      { id: "d3", state: "waiting", logged: true },
    ]);
  });

  it("keeps decisions in a part for each day, and drops a part when all of its day is old", async () => {
    const days = [0, 1, 8];
    await commit({ decisions: days.map((day) => makeDecision({ at: day * DAY_MS + 5 })) });
    await commit({ decisions: [makeDecision({ at: 6 })], seen: [makeSeen("a")] });
    await store.trim(0);
    await store.trim(8.5 * DAY_MS);
    expect(await column("SELECT at FROM decision ORDER BY at")).toEqual(
      days.slice(1).map((day) => String(day * DAY_MS + 5)),
    );
    expect(await ask("SELECT what, since FROM kept WHERE what = 'decision'")).toEqual([
      { what: "decision", since: "7" },
    ]);
    // A part that another replica has dropped is made anew.
    await ask("DROP TABLE decision_8");
    const late = { decisions: [makeDecision({ at: 8 * DAY_MS })] };
    await expect(commit(late)).rejects.toMatchObject({ code: "ERR_STORE" });
    await commit(late);
    expect(await column("SELECT count(*) FROM decision WHERE at >= 691200000")).toEqual(["1"]);
  });

  it("keeps decisions of one moment apart, and a repeated commit adds none", async () => {
    const changes = { decisions: [makeDecision(), makeDecision()], seen: [makeSeen("a")] };
    await commit(changes);
    await commit(changes);
    expect(await column("SELECT count(*) FROM decision")).toEqual(["2"]);
  });

  it("forgets alerts that are over after 30 days, and those that never fired after seven", async () => {
    await store.trim(500);
    await commit({
      ended: [
        makeEnded("old", { resolvedAt: DAY_MS }),
        makeEnded("unfired", { resolvedAt: DAY_MS, firedAt: undefined }),
        makeEnded("newer", { resolvedAt: 5 * DAY_MS, firedAt: undefined }),
      ],
      activity: [{ bucket: 0, rule: "r", severity: "info", opened: 1, occurrences: 1 }],
    });
    await store.trim(8 * DAY_MS + 1);
    expect(await column("SELECT id FROM ended ORDER BY id")).toEqual(["newer", "old"]);
    await store.trim(31 * DAY_MS + 1);
    expect(await column("SELECT id FROM ended")).toEqual([]);
    expect(await ask("SELECT what, since FROM kept ORDER BY what")).toEqual([
      { what: "activity", since: "500" },
      { what: "decision", since: "500" },
      { what: "ended", since: String(DAY_MS + 1) },
    ]);
    expect(await store.activity()).toEqual([]);
  });

  it("forgets thousands of rows in one trim", async () => {
    await commit({ ended: Array.from({ length: 5001 }, (_, index) => makeEnded(`e${index}`)) });
    await ask("INSERT INTO activity SELECT 0, i, 'info', 0, 1, 1 FROM generate_series(1, 5001) AS i");
    await store.trim(31 * DAY_MS);
    expect(await column("SELECT count(*) FROM ended UNION ALL SELECT count(*) FROM activity")).toEqual([
      "0",
      "0",
    ]);
  });

  it("keeps no history where none is wanted", async () => {
    await store.trim(500);
    await close();
    options = { ...options, historyForMs: 0 };
    await open();
    await commit({ ended: [makeEnded("a")] });
    await store.trim(1000);
    expect(await column("SELECT id FROM ended")).toEqual([]);
    expect(await column("SELECT what FROM kept")).toEqual(["decision"]);
  });

  it("puts a row that cannot be read aside, and loads the others", async () => {
    const rule = (name: string) => ({
      kind: "rule",
      key: name,
      version: 1,
      cluster: "",
      state: { name },
      columns: undefined,
    });
    await commit({ entities: { put: [rule("a"), rule("b")], forget: [] } });
    await ask("UPDATE entity SET state = '{' WHERE key = 'a'");
    expect(await loadEntities(store)).toMatchObject([{ state: { name: "b" } }]);
    expect(await ask("SELECT at, kind, key, state FROM damaged_entity")).toEqual([
      { at: "1000", kind: "rule", key: "a", state: "{" },
    ]);
    expect(await loadEntities(store)).toHaveLength(1);
  });

  it("writes the groups of an alert when they change, and takes them away with it", async () => {
    const alert = (groups: readonly string[] | undefined, phase: "firing" | "resolved" = "firing") => ({
      kind: "alert",
      key: "f",
      version: 1,
      cluster: "c",
      state: {},
      columns: groups && {
        namespace: "",
        sinks: ["ops"],
        groups,
        rule: "r",
        severity: "info" as const,
        phase,
        openedAt: 5,
      },
    });
    const put = (...entity: Parameters<typeof alert>) =>
      commit({ entities: { put: [alert(...entity)], forget: [] } });
    const groups = () => ask("SELECT group_key, phase FROM membership ORDER BY group_key");
    await put(["g", "h"]);
    await put(["g", "h"]);
    expect(await groups()).toHaveLength(2);
    await put(["h"], "resolved");
    expect(await groups()).toEqual([{ group_key: "h", phase: "resolved" }]);
    // The next holder knows nothing of what was written before.
    await close();
    await open();
    await put(undefined);
    expect(await groups()).toEqual([]);
    await put(["g"]);
    await commit({ entities: { put: [], forget: [{ kind: "alert", key: "f" }] } });
    expect(await groups()).toEqual([]);
    await put(["g"]);
    expect(await groups()).toHaveLength(1);
  });

  it("asks the server for no row that it has written or read itself", async () => {
    await commit({ seen: [makeSeen("a.1")], owners: [{ object: "o", owner: "w", node: "", expiresAt: 9 }] });
    await ask("DELETE FROM seen");
    await ask("DELETE FROM owner");
    expect([...(await store.seen(["b.1", "a.1"])).keys()]).toEqual(["a.1"]);
    expect([...(await store.owners(["o"])).keys()]).toEqual(["o"]);
    await store.trim(10_000_000_000);
    expect((await store.seen(["a.1"])).size).toBe(0);
    expect((await store.owners(["o"])).size).toBe(0);
  });

  it("keeps the later end of an owner, and the larger count of a bucket that begins anew", async () => {
    const owner = { object: "o", owner: "w", node: "", expiresAt: 9 };
    const count = { bucket: 0, rule: "r", severity: "info" as const, opened: 3, occurrences: 1 };
    await commit({ owners: [owner], activity: [count] });
    await commit({
      owners: [{ ...owner, expiresAt: 5 }],
      activity: [{ ...count, opened: 1, occurrences: 7 }],
    });
    expect((await store.owners(["o"])).get("o")).toEqual(owner);
    expect(await store.activity()).toEqual([{ ...count, occurrences: 7 }]);
  });

  it("plans the end for a fallback that was sent the group, and forgets its data with the group", async () => {
    await ask("INSERT INTO fallback_group (sink, group_key) VALUES ('ops', 'g'), ('ops', 'h')");
    await ask("INSERT INTO receiver (sink, group_key, value) VALUES ('ops', 'g', '1'), ('ops', 'h', '1')");
    await commit({
      deliveries: [about("f", "d1", { notification: makeNotification({ kind: "resolved" }) })],
    });
    expect(await column("SELECT group_key FROM fallback_group WHERE resolved_id = 'd1'")).toEqual(["g"]);
    const forget = ["g", "h"].map((key) => ({ kind: "group", key }));
    await commit({ entities: { put: [], forget } });
    // The end of g is still to be sent, and a delivery of it waits.
    expect(await column("SELECT group_key FROM fallback_group")).toEqual(["g"]);
    expect(await column("SELECT group_key FROM receiver")).toEqual(["g"]);
  });

  it("forgets ended deliveries after a day, and dead letters after 30", async () => {
    const ids = ["noted", "unnoted", "dead"];
    await commit({ deliveries: ids.map((id) => about("f", id, { groupKey: id })) });
    await ask(
      "UPDATE delivery SET state = 'dead', ended_at = 1000, listed = id = 'dead', noted = id <> 'unnoted'",
    );
    await ask("INSERT INTO dead_record VALUES ('r', 'ops', 1, 0, 1000, 'no', '{}')");
    await store.trim(DAY_MS + 1000);
    expect(await column("SELECT id FROM delivery ORDER BY id")).toEqual(["dead", "noted", "unnoted"]);
    await store.trim(DAY_MS + 1001);
    expect(await column("SELECT id FROM delivery ORDER BY id")).toEqual(["dead", "unnoted"]);
    await store.trim(30 * DAY_MS + 1001);
    expect(await column("SELECT id FROM delivery WHERE listed")).toEqual([]);
    expect(await column("SELECT id FROM dead_record")).toEqual([]);
    await commit({ notedOutcomes: ["unnoted"] });
    await store.trim(30 * DAY_MS + 1001);
    expect(await column("SELECT id FROM delivery")).toEqual([]);
  });

  it("refuses records that have no room, until others have gone", async () => {
    const clock = new FakeClock(1000);
    await close();
    options = { ...options, clock, maxBytes: 1000 };
    await open();
    const record = (id: string, sink = "ops") =>
      makeRecord(id, { sink, body: JSON.stringify("x".repeat(198)) });
    const some = (...records: readonly ReturnType<typeof record>[]) => commit({ records });
    expect(await some(record("1"), record("2"), record("3"))).toEqual(new Map([["ops", 1]]));
    expect(await some(record("m1", "mail"), record("m2", "mail"))).toEqual(new Map([["mail", 1]]));
    // Another replica has sent one, and this one learns of it.
    await ask("DELETE FROM record WHERE id = '1'");
    expect(await some(record("4"))).toEqual(new Map([["ops", 1]]));
    await clock.advance(10_000);
    expect(await some(record("1"), record("5"))).toEqual(new Map());
    expect(await column("SELECT id FROM record ORDER BY id")).toEqual(["2", "5", "m1"]);
  });

  it("keeps every text, also what PostgreSQL refuses", async () => {
    const odd = "a\0b\u001ec\u001dd\ud800";
    const key = odd.toWellFormed();
    const state = { odd };
    await commit({
      entities: {
        put: [{ kind: "rule", key, version: 1, cluster: "", state, columns: undefined }],
        forget: [],
      },
      seen: [makeSeen(`${key}.1`)],
      records: [makeRecord("r", { body: JSON.stringify(state) })],
      deliveries: [about("f", "d1", { groupKey: key })],
    });
    expect(await loadEntities(store)).toMatchObject([{ state }]);
    await close();
    await open();
    expect([...(await store.seen([`${key}.1`])).keys()]).toEqual([`${key}.1`]);
    expect(await column("SELECT group_key FROM delivery")).toEqual([key]);
  });
});
