import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { noLoad } from "../../src/alert/dispatch/storm.ts";
import { toEntityChanges } from "../../src/alert/entity-kinds.ts";
import {
  type AlertState,
  type Changes,
  type GroupState,
  NO_CHANGES,
  type NotifiedAlert,
  type Silence,
} from "../../src/alert/index.ts";
import type { Position, SeenRow } from "../../src/event/index.ts";
import type { LeasedDelivery, AttemptResult, Store } from "../../src/store/index.ts";
import { makeDelivery, makeNotification, makeRecord } from "./make-delivery.ts";

const HOUR_MS = 3_600_000;

/** A store under test, and the same one after its process ended. */
export interface StoreBed {
  readonly store: Store;
  /** Closes the store and opens what it kept; undefined when it keeps nothing (`:memory:`). */
  readonly reopen: (() => Promise<Store>) | undefined;
}

/** What every implementation of `Store` does. The bed's clock stands at 1000. */
export function describeStore(name: string, open: () => Promise<StoreBed>): void {
  describe(`${name} as a Store`, () => {
    let bed: StoreBed;
    let store: Store;
    beforeEach(async () => {
      bed = await open();
      store = bed.store;
    });
    afterEach(() => store.close());

    const commit = (changes: Partial<Changes>): Promise<void> => store.commit({ ...NO_CHANGES, ...changes });
    const lease = (now = 1000, over: { sink?: string; limit?: number } = {}) =>
      store.leaseDeliveries({ sink: "ops", now, limit: 100, ...over });
    const leaseRecords = (now = 1000, over: { sink?: string; limit?: number } = {}) =>
      store.leaseRecords({ sink: "ops", now, limit: 100, ...over });
    const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map((row) => row.id);
    const outcomes = async (): Promise<string[]> =>
      (await store.outcomes(100)).map((row) => `${row.id} ${row.outcome}`);
    const reopen = async (): Promise<void> => {
      if (bed.reopen !== undefined) store = await bed.reopen();
    };
    const retry = (
      id: string,
      over: { dueAt?: number; started?: boolean; remaining?: unknown; error?: string } = {},
    ) =>
      store.settle([{ id, outcome: "retry", at: 1000, dueAt: 1000, started: true, error: "down", ...over }]);

    describe("engine state", () => {
      it("is empty at first", async () => {
        expect(await store.load()).toEqual({ positions: [], entities: [] });
      });

      it("gives back after a restart what was committed last", async () => {
        await commit({
          positions: [makePosition({ resourceVersion: "1" })],
          entities: toEntityChanges({
            alert: { put: [makeAlert("a"), makeAlert("b")], forget: [] },
            group: { put: [makeGroup("g"), makeGroup("h")], forget: [] },
            rule: { put: [{ name: "r", version: "1", since: 0 }], forget: [] },
            load: { put: [noLoad("ops"), noLoad("pager")], forget: [] },
            silence: { put: [makeSilence("s"), makeSilence("t")], forget: [] },
          }),
        });
        await commit({
          positions: [makePosition({ resourceVersion: "2" })],
          entities: toEntityChanges({
            alert: { put: [makeAlert("a", { occurrences: 9 })], forget: ["b"] },
            group: { put: [makeGroup("g", { flushAt: 5 })], forget: ["h"] },
            rule: { put: [{ name: "r", version: "2", since: 7 }], forget: [] },
            load: { put: [{ ...noLoad("ops"), openings: [9] }], forget: ["pager"] },
            silence: { put: [makeSilence("s", { usedAt: 9 })], forget: ["t"] },
          }),
        });
        await reopen();
        expect(await store.load()).toEqual({
          positions: [makePosition({ resourceVersion: "2" })],
          entities: [
            { kind: "alert", version: 1, state: makeAlert("a", { occurrences: 9 }) },
            { kind: "group", version: 1, state: makeGroup("g", { flushAt: 5 }) },
            { kind: "rule", version: 1, state: { name: "r", version: "2", since: 7 } },
            { kind: "load", version: 1, state: { ...noLoad("ops"), openings: [9] } },
            { kind: "silence", version: 1, state: makeSilence("s", { usedAt: 9 }) },
          ],
        });
      });

      it("keeps entities in the order in which each was first stored, however many there are", async () => {
        const alerts = Array.from({ length: 1200 }, (_, index) => makeAlert(`f${index}`));
        await commit({ entities: toEntityChanges({ alert: { put: alerts, forget: [] } }) });
        await commit({ entities: toEntityChanges({ alert: { put: [makeAlert("f0")], forget: ["f500"] } }) });
        const keys = (await store.load()).entities.map(({ state }) => (state as AlertState).fingerprint);
        expect(keys).toEqual(alerts.map(({ fingerprint }) => fingerprint).filter((key) => key !== "f500"));
      });

      it("remembers seen rows by lineage and replaces them", async () => {
        await commit({ seen: [makeSeen("1/shop/a"), makeSeen("1/shop/b")] });
        await commit({ seen: [makeSeen("1/shop/a", { count: 4, uid: "u2" })] });
        const found = await store.seen(["1/shop/a", "1/shop/b", "1/shop/none"]);
        expect([...found.keys()]).toEqual(["1/shop/a", "1/shop/b"]);
        expect(found.get("1/shop/a")).toEqual(makeSeen("1/shop/a", { count: 4, uid: "u2" }));
      });

      it("keeps an owner that is known, and takes the newer node", async () => {
        const row = { object: "Pod/shop/web-1", owner: "", node: "n1", expiresAt: HOUR_MS };
        await commit({ owners: [row] });
        await commit({ owners: [{ ...row, owner: "ReplicaSet/web", node: "" }] });
        await commit({ owners: [{ ...row, owner: "ReplicaSet/other", node: "n2" }] });
        const found = await store.owners([row.object, "Pod/shop/none"]);
        expect([...found.values()]).toEqual([{ ...row, owner: "ReplicaSet/web", node: "n2" }]);
      });

      it("keeps an owner that is used, and forgets one that is not", async () => {
        const row = { owner: "ReplicaSet/web", node: "", expiresAt: HOUR_MS };
        await commit({
          owners: [
            { ...row, object: "Pod/shop/used" },
            { ...row, object: "Pod/shop/unused" },
          ],
        });
        await store.owners(["Pod/shop/used"]);
        await store.trim(2 * HOUR_MS);
        const found = await store.owners(["Pod/shop/used", "Pod/shop/unused"]);
        expect([...found.keys()]).toEqual(["Pod/shop/used"]);
      });

      it("forgets expired seen rows and keeps the others", async () => {
        await commit({
          seen: [makeSeen("1/shop/old"), makeSeen("1/shop/young", { expiresAt: 9 * HOUR_MS })],
        });
        await store.trim(2 * HOUR_MS);
        expect([...(await store.seen(["1/shop/old", "1/shop/young"])).keys()]).toEqual(["1/shop/young"]);
      });
    });

    describe("commit", () => {
      it("leaves nothing behind when a part of it fails, and works when it is repeated", async () => {
        const broken: unknown = { ...makeRecord("r1"), body: undefined };
        const changes = {
          positions: [makePosition()],
          seen: [makeSeen("1/shop/a")],
          deliveries: [makeDelivery("d1")],
        };
        // A record without body cannot be stored; the type forbids it, which is the point.
        await expect(
          commit({ ...changes, records: [broken as ReturnType<typeof makeRecord>] }),
        ).rejects.toMatchObject({
          code: "ERR_STORE",
        });
        expect(store.isWritable()).toBe(false);
        expect((await store.load()).positions).toEqual([]);
        expect((await store.seen(["1/shop/a"])).size).toBe(0);
        expect(await lease()).toEqual([]);
        await commit({ ...changes, records: [makeRecord("r1")] });
        expect(store.isWritable()).toBe(true);
        expect(ids(await lease())).toEqual(["d1"]);
        expect(ids(await leaseRecords())).toEqual(["r1"]);
      });

      it("changes nothing when it is repeated, whatever has become of its rows", async () => {
        const changes = {
          deliveries: [makeDelivery("d1"), makeDelivery("d2", { groupKey: "h" })],
          records: [makeRecord("r1"), makeRecord("r2")],
        };
        await commit(changes);
        await commit(changes);
        await lease(1000, { limit: 1 });
        await leaseRecords(1000, { limit: 1 });
        await store.settle([
          { id: "d1", outcome: "delivered", at: 1000 },
          { id: "r1", outcome: "delivered", at: 1000 },
        ]);
        await commit(changes);
        expect(ids(await lease())).toEqual(["d2"]);
        expect(ids(await leaseRecords())).toEqual(["r2"]);
        expect(await outcomes()).toEqual(["d1 delivered"]);
      });
    });

    describe("leases of deliveries", () => {
      it("give what the sink needs", async () => {
        await commit({ deliveries: [makeDelivery("d1", { expiresAt: 5000 })] });
        expect(await lease()).toEqual([
          {
            id: "d1",
            sink: "ops",
            groupKey: "g",
            notification: makeDelivery("d1").notification,
            attempt: 1,
            remaining: undefined,
            receiver: undefined,
            createdAt: 1000,
            expiresAt: 5000,
          },
        ] satisfies LeasedDelivery[]);
      });

      it("give a row to nobody else until it is settled, whatever the clock says", async () => {
        await commit({ deliveries: [makeDelivery("d1")], records: [makeRecord("r1")] });
        await lease();
        await leaseRecords();
        for (const now of [0, 1000, 365 * 24 * HOUR_MS])
          expect([...(await lease(now)), ...(await leaseRecords(now))]).toEqual([]);
        expect(await store.nextDueAt("ops")).toBeUndefined();
        await retry("d1");
        expect(await lease()).toMatchObject([{ id: "d1", attempt: 2 }]);
      });

      it("keep to the sink, the limit and the due time", async () => {
        await commit({
          deliveries: [
            makeDelivery("d1", { groupKey: "g1" }),
            makeDelivery("d2", { groupKey: "g2", createdAt: 1001 }),
            makeDelivery("d3", { groupKey: "g3", createdAt: 1002 }),
            makeDelivery("other", { sink: "mail" }),
          ],
        });
        expect(ids(await lease(1001, { limit: 1 }))).toEqual(["d1"]);
        expect(ids(await lease(1001))).toEqual(["d2"]);
        expect(await store.nextDueAt("ops")).toBe(1002);
        expect(ids(await lease(1000, { sink: "mail" }))).toEqual(["other"]);
      });

      it("take only the oldest of a group, and none while one of it is leased", async () => {
        await commit({ deliveries: [makeDelivery("d1")] });
        await lease();
        await commit({ deliveries: [makeDelivery("d2", { kind: "update" })] });
        expect(await lease()).toEqual([]);
        await retry("d1", { dueAt: 5000 });
        expect(await lease(4999)).toEqual([]);
        expect(ids(await lease(5000))).toEqual(["d1"]);
        await store.settle([{ id: "d1", outcome: "delivered", at: 5000 }]);
        expect(ids(await lease(5000))).toEqual(["d2"]);
      });

      it("count attempts that were started, and keep what the last one left to do", async () => {
        await commit({ deliveries: [makeDelivery("d1")] });
        await lease();
        await retry("d1", { started: false });
        expect(await lease()).toMatchObject([{ attempt: 1, remaining: undefined }]);
        await retry("d1", { remaining: ["b@x.test"] });
        expect(await lease()).toMatchObject([{ attempt: 2, remaining: ["b@x.test"] }]);
        await retry("d1");
        expect(await lease()).toMatchObject([{ attempt: 3, remaining: ["b@x.test"] }]);
      });

      it("are void after a restart, and their attempts still count", async () => {
        if (bed.reopen === undefined) return;
        await commit({ deliveries: [makeDelivery("d1")], records: [makeRecord("r1")] });
        await lease();
        await leaseRecords();
        await reopen();
        expect(await lease()).toMatchObject([{ id: "d1", attempt: 2 }]);
        expect(ids(await leaseRecords())).toEqual(["r1"]);
      });

      it("stay when their settlements cannot all be written", async () => {
        await commit({ deliveries: [makeDelivery("d1")], records: [makeRecord("r1")] });
        await lease();
        await leaseRecords();
        const good: AttemptResult = { id: "r1", outcome: "delivered", at: 1000 };
        // An error without text cannot be stored; the type forbids it, which is the point.
        const bad = { id: "d1", outcome: "dead", at: 1000, error: undefined } as unknown as AttemptResult;
        await expect(store.settle([good, bad])).rejects.toMatchObject({ code: "ERR_STORE" });
        expect([...(await lease()), ...(await leaseRecords())]).toEqual([]);
        await store.settle([good, { id: "d1", outcome: "delivered", at: 1000 }]);
        expect(await store.depths()).toEqual([]);
        expect(await outcomes()).toEqual(["d1 delivered"]);
      });

      it("are the only thing that can be settled", async () => {
        await commit({ deliveries: [makeDelivery("d1")], records: [makeRecord("r1")] });
        await store.settle([
          { id: "d1", outcome: "delivered", at: 1000 },
          { id: "r1", outcome: "dead", at: 1000, error: "no" },
          { id: "unknown", outcome: "expired", at: 1000 },
        ]);
        expect(await outcomes()).toEqual([]);
        expect(ids(await lease())).toEqual(["d1"]);
        expect(ids(await leaseRecords())).toEqual(["r1"]);
      });
    });

    describe("memory of the receiver", () => {
      const accept = async (id: string, receiver?: unknown): Promise<void> => {
        await commit({ deliveries: [makeDelivery(id, { kind: "update" })] });
        await lease();
        await store.settle([{ id, outcome: "delivered", at: 1000, receiver }]);
      };
      const recall = async (): Promise<unknown> => {
        await commit({ deliveries: [makeDelivery("asks", { kind: "update" })] });
        const [row] = await lease();
        await retry("asks", { started: false });
        return row?.receiver;
      };

      it("is kept per group and sink until the sink says something new", async () => {
        await commit({ entities: groups({ put: [makeGroup("g")] }) });
        await accept("d1", { ts: "1" });
        await accept("d2");
        expect(await recall()).toEqual({ ts: "1" });
        await commit({ deliveries: [makeDelivery("m1", { sink: "mail" })] });
        expect(await lease(1000, { sink: "mail" })).toMatchObject([{ receiver: undefined }]);
      });

      it("stays as it was when the new one is larger than 4 KiB", async () => {
        await commit({ entities: groups({ put: [makeGroup("g")] }) });
        await accept("d1", { ts: "1" });
        await accept("d2", { ts: "x".repeat(4096) });
        expect(await recall()).toEqual({ ts: "1" });
      });

      it("goes with the group, once nothing waits for it", async () => {
        await commit({ entities: groups({ put: [makeGroup("g")] }) });
        await accept("d1", { ts: "1" });
        await commit({
          deliveries: [makeDelivery("d2", { kind: "resolved" })],
          entities: groups({ forget: ["g"] }),
        });
        expect(await lease()).toMatchObject([{ id: "d2", receiver: { ts: "1" } }]);
        await store.settle([{ id: "d2", outcome: "delivered", at: 1000, receiver: { ts: "2" } }]);
        expect(await recall()).toBeUndefined();
      });
    });

    describe("superseding", () => {
      const late = makeNotification({ id: "late", title: "if the opening was unsent" });

      it("replaces what waits for the same group and sink, and nothing else", async () => {
        await commit({
          deliveries: [
            makeDelivery("d1", { kind: "update" }),
            makeDelivery("mail", { sink: "mail" }),
            makeDelivery("h", { groupKey: "h" }),
          ],
        });
        await commit({
          deliveries: [makeDelivery("d2", { kind: "update", createdAt: 2000, ifOpeningUnsent: late })],
        });
        expect(ids(await lease(2000))).toEqual(["h", "d2"]);
        expect(ids(await lease(2000, { sink: "mail" }))).toEqual(["mail"]);
        expect(await store.outcomes(10)).toMatchObject([
          { id: "d1", outcome: "superseded", at: 2000, kind: "update" },
        ]);
      });

      it("never touches what is leased: newer state waits behind it", async () => {
        await commit({ deliveries: [makeDelivery("d1")] });
        await lease();
        await commit({ deliveries: [makeDelivery("d2", { kind: "update", ifOpeningUnsent: late })] });
        await commit({ deliveries: [makeDelivery("d3", { kind: "update", ifOpeningUnsent: late })] });
        await store.settle([{ id: "d1", outcome: "delivered", at: 1000 }]);
        expect(await lease()).toMatchObject([{ id: "d3", notification: { title: "update d3" } }]);
        expect(await outcomes()).toEqual(["d1 delivered", "d2 superseded"].toSorted());
      });

      it.each([
        { case: "never attempted", attempt: false },
        { case: "attempted in vain", attempt: true },
      ])("makes an update the first message when the opening was $case", async ({ attempt }) => {
        await commit({ deliveries: [makeDelivery("d1")] });
        if (attempt) {
          await lease();
          await retry("d1");
        }
        await commit({ deliveries: [makeDelivery("d2", { kind: "update", ifOpeningUnsent: late })] });
        await commit({ deliveries: [makeDelivery("d3", { kind: "update", ifOpeningUnsent: late })] });
        expect(await lease()).toMatchObject([{ id: "d3", notification: { title: late.title }, attempt: 1 }]);
        expect(await outcomes()).toEqual(["d1 superseded", "d2 superseded"]);
      });

      it("says that it cleared before delivery when no attempt of the opening was started", async () => {
        await commit({ deliveries: [makeDelivery("d1")] });
        await lease();
        await retry("d1", { started: false });
        await commit({ deliveries: [makeDelivery("d2", { kind: "resolved", ifOpeningUnsent: late })] });
        expect(await lease()).toMatchObject([{ id: "d2", notification: { title: late.title } }]);
      });

      it("sends nothing at all when there is nothing to say about it", async () => {
        const end = makeDelivery("d3", { kind: "resolved" });
        await commit({ deliveries: [makeDelivery("d1")] });
        await commit({ deliveries: [makeDelivery("d2", { kind: "update" })] });
        await commit({ deliveries: [end] });
        await commit({ deliveries: [end] });
        expect(await lease()).toEqual([]);
        expect(await store.nextDueAt("ops")).toBeUndefined();
        expect(await outcomes()).toEqual(["d1 superseded", "d2 superseded", "d3 superseded"]);
      });

      it("tells the end to a receiver that may have seen an opening, even when an update replaced it", async () => {
        await commit({ deliveries: [makeDelivery("d1")] });
        await lease();
        await retry("d1");
        await commit({ deliveries: [makeDelivery("d2", { kind: "update", ifOpeningUnsent: late })] });
        await commit({ deliveries: [makeDelivery("d3", { kind: "resolved" })] });
        expect(await lease()).toMatchObject([{ id: "d3", notification: { title: "resolved d3" } }]);
      });

      it("does not tell the end of what died unheard", async () => {
        await commit({ deliveries: [makeDelivery("d1")] });
        await lease();
        await commit({ deliveries: [makeDelivery("d2", { kind: "resolved" })] });
        await store.settle([{ id: "d1", outcome: "dead", at: 2000, error: "refused" }]);
        expect(await lease(2000)).toEqual([]);
        expect(await outcomes()).toEqual(["d1 dead", "d2 superseded"]);
      });

      it("tells the end after an update died, since the beginning was heard", async () => {
        await commit({ deliveries: [makeDelivery("d1", { kind: "update" })] });
        await lease();
        await commit({ deliveries: [makeDelivery("d2", { kind: "resolved" })] });
        await store.settle([{ id: "d1", outcome: "dead", at: 2000, error: "refused" }]);
        expect(ids(await lease(2000))).toEqual(["d2"]);
      });

      it("lets an update that waited behind a dead opening take its place", async () => {
        await commit({ deliveries: [makeDelivery("d1")] });
        await lease();
        await commit({ deliveries: [makeDelivery("d2", { kind: "update" })] });
        await store.settle([{ id: "d1", outcome: "dead", at: 2000, error: "refused" }]);
        await commit({ deliveries: [makeDelivery("d3", { kind: "resolved" })] });
        expect(await lease(2000)).toEqual([]);
        expect(await outcomes()).toEqual(["d2 superseded", "d3 superseded", "d1 dead"]);
      });
    });

    describe("outcomes", () => {
      it("are given until a commit notes them, with the alerts that were firing", async () => {
        const delivery = makeDelivery("d1");
        // Only these fields of an alert are read.
        const alerts = [
          { fingerprint: "a", status: "firing" },
          { fingerprint: "b", status: "resolved" },
        ] as NotifiedAlert[];
        await commit({
          deliveries: [
            { ...delivery, notification: { ...delivery.notification, alerts } },
            makeDelivery("d2", { groupKey: "h" }),
          ],
        });
        await lease();
        await store.settle([
          { id: "d2", outcome: "delivered", at: 2000 },
          { id: "d1", outcome: "delivered", at: 1999 },
        ]);
        const first = {
          sink: "ops",
          groupKey: "g",
          kind: "firing",
          outcome: "delivered",
          firing: ["a"],
          at: 1999,
        };
        expect(await store.outcomes(1)).toEqual([{ ...first, id: "d1" }]);
        expect(await outcomes()).toEqual(["d1 delivered", "d2 delivered"]);
        await commit({ notedOutcomes: ["d1"] });
        expect(await outcomes()).toEqual(["d2 delivered"]);
      });

      it("survive the trimming until they are noted", async () => {
        await commit({ deliveries: [makeDelivery("d1")] });
        await lease();
        await store.settle([{ id: "d1", outcome: "delivered", at: 1000 }]);
        await store.trim(1000 * HOUR_MS);
        expect(await outcomes()).toEqual(["d1 delivered"]);
      });
    });

    describe("what goes to a fallback", () => {
      const overdue = async (waitingSince = 1000): Promise<string[]> =>
        (await store.overdue({ sink: "ops", waitingSince, deadSince: 1000, limit: 10 })).map(
          ({ id, isDead, isTold }) => `${id}${isDead ? " dead" : ""}${isTold ? " told" : ""}`,
        );
      const copy = (id: string) => makeDelivery(`${id}.copy`, { sink: "mail", groupKey: "g@ops" });

      it("is what waits for so long or has died, each once", async () => {
        await commit({
          deliveries: [
            makeDelivery("waits"),
            makeDelivery("young", { groupKey: "y", createdAt: 1001 }),
            makeDelivery("dies", { groupKey: "d" }),
            makeDelivery("other", { sink: "file" }),
          ],
        });
        const rows = await lease(1001);
        await store.settle([{ id: "dies", outcome: "dead", at: 1000, error: "no" }]);
        expect(rows).toHaveLength(3);
        expect(await overdue()).toEqual(["waits", "dies dead"]);
        await store.fallBack([
          { id: "waits", copy: copy("waits") },
          { id: "dies", copy: undefined },
        ]);
        await reopen();
        expect(await overdue()).toEqual([]);
        expect(ids(await lease(1000, { sink: "mail" }))).toEqual(["waits.copy"]);
      });

      it("is the end of every group it was told of, whatever became of that end at its own sink", async () => {
        await commit({ entities: groups({ put: [makeGroup("g")] }), deliveries: [makeDelivery("d1")] });
        await store.fallBack([{ id: "d1", copy: copy("d1") }]);
        await commit({ deliveries: [makeDelivery("d2", { kind: "resolved" })] });
        await reopen();
        expect(await overdue(0)).toEqual(["d2 told"]);
        await store.fallBack([{ id: "d2", copy: copy("d2") }]);
        expect(await overdue()).toEqual([]);
      });

      it("counts from the first news that waits", async () => {
        await commit({ deliveries: [makeDelivery("d1")] });
        await commit({ deliveries: [makeDelivery("d2", { kind: "update", createdAt: 5000 })] });
        expect(await overdue(1000)).toEqual(["d2"]);
      });

      it("does not go on from one fallback to the next", async () => {
        await commit({ deliveries: [makeDelivery("d1")] });
        await store.fallBack([{ id: "d1", copy: copy("d1") }]);
        const query = { sink: "mail", waitingSince: 9000, deadSince: 0, limit: 10 };
        expect(await store.overdue(query)).toEqual([]);
      });
    });

    describe("records", () => {
      it("are leased oldest first and once", async () => {
        await commit({ records: ["r1", "r2", "r3"].map((id) => makeRecord(id)) });
        await commit({ records: [makeRecord("r4"), makeRecord("x", { sink: "file" })] });
        expect(await leaseRecords(1000, { limit: 2 })).toEqual(
          ["r1", "r2"].map((id) => ({
            id,
            sink: "ops",
            body: makeRecord(id).body,
            attempt: 1,
            createdAt: 1000,
            expiresAt: undefined,
          })),
        );
        expect(ids(await leaseRecords())).toEqual(["r3", "r4"]);
        expect(await leaseRecords()).toEqual([]);
      });

      it("come again when they are due, before younger ones", async () => {
        await commit({ records: ["r1", "r2", "r3"].map((id) => makeRecord(id)) });
        await leaseRecords(1000, { limit: 2 });
        await retry("r1", { dueAt: 3000 });
        await retry("r2", { started: false });
        expect(await leaseRecords(2999)).toMatchObject([
          { id: "r2", attempt: 1 },
          { id: "r3", attempt: 1 },
        ]);
        expect(await store.nextDueAt("ops")).toBe(3000);
        expect(await leaseRecords(3000)).toMatchObject([{ id: "r1", attempt: 2 }]);
      });

      it("are stored once, also under an id that is leased, and have no outcomes", async () => {
        await commit({ records: [makeRecord("r1")] });
        await leaseRecords();
        await commit({ records: [makeRecord("r1")] });
        await store.settle([{ id: "r1", outcome: "delivered", at: 1000 }]);
        expect(await leaseRecords()).toEqual([]);
        expect(await outcomes()).toEqual([]);
        expect(await store.depths()).toEqual([]);
      });

      it("do not hide each other when thousands are leased, settled and returned", async () => {
        const all = Array.from({ length: 2000 }, (_, index) => `r${String(index).padStart(4, "0")}`);
        await commit({ records: all.map((id) => makeRecord(id)) });
        const seen: string[] = [];
        for (let round = 0; ; round++) {
          const rows = await leaseRecords(1000 + round, { limit: 70 });
          if (rows.length === 0) break;
          const [back, ...done] = rows.toReversed();
          await store.settle(done.map(({ id }) => ({ id, outcome: "delivered", at: 1000 })));
          seen.push(...ids(done));
          if (back !== undefined && back.attempt < 3) await retry(back.id, { dueAt: 1000 + round + 3 });
          else if (back !== undefined) {
            seen.push(back.id);
            await store.settle([{ id: back.id, outcome: "delivered", at: 1000 }]);
          }
          if (done.length === 0) await leaseRecords(1000 + round);
        }
        const rest = await leaseRecords(100_000);
        expect([...seen, ...ids(rest)].toSorted()).toEqual(all);
      });
    });

    describe("dead letters", () => {
      beforeEach(async () => {
        await commit({
          deliveries: [makeDelivery("d1"), makeDelivery("d2", { groupKey: "h", expiresAt: 1500 })],
          records: [makeRecord("r1"), makeRecord("r2")],
        });
        await lease();
        await leaseRecords();
        await retry("d2", { error: "receiver answered 503" });
        await lease();
        await store.settle([
          { id: "d1", outcome: "dead", at: 2000, error: "refused" },
          { id: "d2", outcome: "expired", at: 2001 },
          { id: "r1", outcome: "dead", at: 2002, error: "too large" },
          { id: "r2", outcome: "expired", at: 2003 },
        ]);
      });

      it("say what it was, why it ended and how often it was tried", async () => {
        expect(await store.deadLetters({ limit: 10 })).toMatchObject([
          {
            id: "r2",
            kind: "record",
            title: "Failed Pod shop/r2",
            error: "expired",
            attempts: 0,
            buriedAt: 2003,
          },
          { id: "r1", kind: "record", error: "too large", attempts: 1, body: makeRecord("r1").body },
          { id: "d2", kind: "notification", error: "expired: receiver answered 503", attempts: 1 },
          { id: "d1", title: "firing d1", error: "refused", attempts: 1, createdAt: 1000, buriedAt: 2000 },
        ]);
        expect(await store.deadLetters({ limit: 1 })).toMatchObject([{ id: "r2" }]);
        expect(await store.deadLetters({ sink: "mail", limit: 10 })).toEqual([]);
        expect(await store.depths()).toEqual([{ sink: "ops", waiting: 0, oldestAt: undefined, dead: 4 }]);
      });

      it("are listed page by page, and by their ids", async () => {
        const listed: string[] = [];
        let page = await store.deadLetters({ limit: 3 });
        for (; page.length > 0; page = await store.deadLetters({ limit: 3, after: page.at(-1) }))
          listed.push(...ids(page));
        expect(listed).toEqual(["r2", "r1", "d2", "d1"]);
        expect(ids(await store.deadLetters({ ids: ["d1", "r2", "unknown"], limit: 10 }))).toEqual([
          "r2",
          "d1",
        ]);
      });

      it("can be tried again, and then never expire", async () => {
        expect(await store.retryDead(["d1", "d2", "r1", "unknown"], 5000)).toBe(3);
        expect(await lease(4999)).toEqual([]);
        expect(await lease(5000)).toMatchObject([
          { id: "d1", attempt: 1 },
          { id: "d2", expiresAt: undefined },
        ]);
        expect(ids(await leaseRecords(5000))).toEqual(["r1"]);
        expect(ids(await store.deadLetters({ limit: 10 }))).toEqual(["r2"]);
      });

      it("can be dropped, and their outcome is told all the same", async () => {
        expect(await store.dropDead(["d1", "r1", "unknown"])).toBe(2);
        expect(ids(await store.deadLetters({ limit: 10 }))).toEqual(["r2", "d2"]);
        expect(await outcomes()).toEqual(["d1 dead", "d2 expired"]);
      });

      it("stay over a day and go after a month", async () => {
        await commit({ notedOutcomes: ["d1", "d2"] });
        await store.trim(48 * HOUR_MS);
        expect(await store.deadLetters({ limit: 10 })).toHaveLength(4);
        await store.trim(31 * 24 * HOUR_MS);
        expect(await store.deadLetters({ limit: 10 })).toEqual([]);
      });

      it("are made of what waits for sinks that are gone", async () => {
        await commit({
          deliveries: [makeDelivery("d3", { groupKey: "i" }), makeDelivery("m", { sink: "mail" })],
          records: [makeRecord("r3"), makeRecord("m1", { sink: "mail" })],
        });
        expect(await store.buryOrphans(["ops"], 3000)).toBe(2);
        expect(ids(await store.deadLetters({ sink: "mail", limit: 10 })).toSorted()).toEqual(["m", "m1"]);
        expect(ids(await lease())).toEqual(["d3"]);
        expect(await outcomes()).toContain("m dead");
      });
    });

    describe("the list of deliveries", () => {
      const open = (over: Partial<Parameters<Store["deliveries"]>[0]> = {}) =>
        store.deliveries({ which: "open", limit: 10, ...over });

      it("says of each what it is and what becomes of it, newest first", async () => {
        await commit({
          deliveries: [makeDelivery("d1"), makeDelivery("d2", { groupKey: "h", createdAt: 3000 })],
          records: [makeRecord("r1", { createdAt: 2000 })],
        });
        await lease();
        await retry("d1", { dueAt: 9000, error: "receiver answered 503" });
        await leaseRecords(2000);
        const row = { sink: "ops", attempts: 0, error: "", endedAt: undefined };
        expect((await open()).rows).toEqual([
          {
            ...row,
            id: "d2",
            kind: "firing",
            groupKey: "h",
            title: "firing d2",
            state: "waiting",
            createdAt: 3000,
            dueAt: 3000,
          },
          {
            ...row,
            id: "r1",
            kind: "event",
            groupKey: "",
            title: "Failed Pod shop/r1",
            state: "sending",
            createdAt: 2000,
            dueAt: undefined,
          },
          {
            ...row,
            id: "d1",
            kind: "firing",
            groupKey: "g",
            title: "firing d1",
            state: "waiting",
            createdAt: 1000,
            dueAt: 9000,
            attempts: 1,
            error: "receiver answered 503",
          },
        ]);
        expect(ids((await open({ groupKey: "h" })).rows)).toEqual(["d2"]);
        expect((await open({ sink: "mail" })).rows).toEqual([]);
      });

      it("goes on behind a cursor, over deliveries and records, whatever has come since", async () => {
        const deliveries = Array.from({ length: 7 }, (_, index) =>
          makeDelivery(`d${index}`, { groupKey: `${index}`, createdAt: 1000 + 10 * index }),
        );
        const records = Array.from({ length: 7 }, (_, index) =>
          makeRecord(`r${index}`, { createdAt: 1005 + 10 * index }),
        );
        await commit({ deliveries, records });
        const all = [6, 5, 4, 3, 2, 1, 0].flatMap((index) => [`r${index}`, `d${index}`]);
        const listed: string[] = [];
        let page = await open({ limit: 4 });
        for (;;) {
          listed.push(...ids(page.rows));
          if (page.next === undefined) break;
          await commit({
            deliveries: [
              makeDelivery(`new${listed.length}`, { groupKey: `n${listed.length}`, createdAt: 9000 }),
            ],
          });
          page = await open({ limit: 4, after: page.next });
        }
        expect(listed).toEqual(all);
      });

      it("shows on demand how deliveries ended, the newest end first", async () => {
        await commit({
          deliveries: ["d1", "d2", "d3"].map((id) => makeDelivery(id, { groupKey: id })),
        });
        await lease();
        await store.settle([
          { id: "d3", outcome: "delivered", at: 2000 },
          { id: "d1", outcome: "dead", at: 2001, error: "refused" },
        ]);
        const ended = await store.deliveries({ which: "ended", limit: 1 });
        expect(ended.rows).toMatchObject([{ id: "d1", state: "dead", error: "refused", endedAt: 2001 }]);
        const rest = await store.deliveries({ which: "ended", limit: 1, after: ended.next });
        expect(rest).toMatchObject({ rows: [{ id: "d3", state: "delivered" }], next: undefined });
      });

      it("refuses the cursor of another list", async () => {
        await expect(open({ after: [1] })).rejects.toMatchObject({ code: "ERR_USAGE" });
      });
    });

    describe("the list of decisions", () => {
      const list = (over: Partial<Parameters<Store["decisions"]>[0]> = {}) =>
        store.decisions({ since: 0, limit: 10, ...over });

      it("gives back what was decided, newest first, narrowed by what is asked", async () => {
        const decisions = [
          makeDecision({ at: 1000 }),
          makeDecision({ at: 2000, sink: "mail", outcome: "suppressed", reason: "min_severity" }),
          makeDecision({ at: 3000, rule: "other", namespace: "pay", fingerprint: "f2" }),
        ];
        await commit({ decisions });
        expect(await list()).toEqual({ rows: decisions.toReversed(), next: undefined });
        const narrowed: [Partial<Parameters<Store["decisions"]>[0]>, number[]][] = [
          [{ since: 2000 }, [3000, 2000]],
          [{ rule: "other" }, [3000]],
          [{ namespace: "shop" }, [2000, 1000]],
          [{ sink: "mail" }, [2000]],
          [{ fingerprint: "f1", sink: "ops" }, [1000]],
          [{ outcome: "suppressed" }, [2000]],
        ];
        for (const [query, times] of narrowed)
          expect((await list(query)).rows.map(({ at }) => at)).toEqual(times);
      });

      it("says what became of the message", async () => {
        const decisions = ["d1", "d2", "none"].map((deliveryId) => makeDecision({ deliveryId }));
        await commit({ decisions, deliveries: [makeDelivery("d1"), makeDelivery("d2", { groupKey: "h" })] });
        await lease();
        await store.settle([{ id: "d2", outcome: "dead", at: 1000, error: "refused" }]);
        expect((await list()).rows.map(({ delivery }) => delivery)).toEqual([undefined, "dead", "sending"]);
      });

      it("goes on behind a cursor, also among decisions of one moment", async () => {
        const decisions = Array.from({ length: 7 }, (_, index) => makeDecision({ occurrences: index }));
        await commit({ decisions });
        const listed: number[] = [];
        let page = await list({ limit: 2 });
        for (;;) {
          listed.push(...page.rows.map(({ occurrences }) => occurrences));
          if (page.next === undefined) break;
          page = await list({ limit: 2, after: page.next });
        }
        expect(listed).toEqual([6, 5, 4, 3, 2, 1, 0]);
        await expect(list({ after: [1, 2] })).rejects.toMatchObject({ code: "ERR_USAGE" });
      });

      it("counts what was decided since a time", async () => {
        await commit({
          decisions: [
            makeDecision({ at: 1000 }),
            makeDecision({ at: 2000, occurrences: 2 }),
            makeDecision({ at: 2001, occurrences: 3 }),
            makeDecision({ at: 2002, outcome: "suppressed", reason: "repeat", occurrences: 5 }),
          ],
        });
        expect(await store.decisionCounts(2000)).toEqual([
          { outcome: "notified", reason: "first", decisions: 2, occurrences: 5 },
          { outcome: "suppressed", reason: "repeat", decisions: 1, occurrences: 5 },
        ]);
      });
    });

    it("says how much it holds", async () => {
      const before = await store.usedBytes();
      await commit({ records: Array.from({ length: 500 }, (_, index) => makeRecord(`r${index}`)) });
      expect(await store.usedBytes()).toBeGreaterThan(before);
    });

    it("says how much waits for each sink, and since when", async () => {
      await commit({
        deliveries: [makeDelivery("d1", { createdAt: 3000 }), makeDelivery("m", { sink: "mail" })],
        records: [makeRecord("r1", { createdAt: 2000 }), makeRecord("r2", { createdAt: 2500 })],
      });
      await leaseRecords(2000);
      expect(await store.depths()).toEqual([
        { sink: "mail", waiting: 1, oldestAt: 1000, dead: 0 },
        { sink: "ops", waiting: 3, oldestAt: 2000, dead: 0 },
      ]);
    });
  });
}

function makeDecision(over: Partial<Changes["decisions"][number]> = {}): Changes["decisions"][number] {
  return {
    at: 1000,
    rule: "r",
    fingerprint: "f1",
    groupKey: "g",
    namespace: "shop",
    sink: "ops",
    outcome: "notified",
    reason: "first",
    occurrences: 1,
    deliveryId: "d1",
    ...over,
  };
}

function makePosition(over: Partial<Position> = {}): Position {
  return {
    scope: "core/",
    clusterId: "c",
    epoch: 1,
    resourceVersion: "100",
    coverageStartAt: 0,
    updatedAt: 1000,
    ...over,
  };
}

function makeSilence(id: string, over: Partial<Silence> = {}): Silence {
  return {
    id,
    origin: "api",
    match: { namespace: { like: "shop-*" } },
    from: 1000,
    until: 2000,
    untilResolved: false,
    schedule: { zone: "UTC", times: ["18:00-08:00"] },
    author: "me",
    comment: "upgrade",
    createdAt: 1000,
    usedAt: 1500,
    ...over,
  };
}

function makeSeen(lineage: string, over: Partial<SeenRow> = {}): SeenRow {
  return {
    lineage,
    uid: "u1",
    resourceVersion: "100",
    count: 1,
    firstSeenAt: 0,
    lastSeenAt: 0,
    expiresAt: HOUR_MS,
    ...over,
  };
}

/** The store reads nothing but the key of a state, and the columns of an alert. */
function makeAlert(fingerprint: string, over: Partial<AlertState> = {}): AlertState {
  return {
    fingerprint,
    rule: "r",
    phase: "firing",
    severity: "warning",
    labels: { cluster: "c", namespace: "shop" },
    openedAt: 1000,
    occurrences: 1,
    ...over,
  } as AlertState;
}

function groups(changes: {
  readonly put?: readonly GroupState[];
  readonly forget?: readonly string[];
}): Changes["entities"] {
  return toEntityChanges({ group: { put: [], forget: [], ...changes } });
}

function makeGroup(key: string, over: Partial<GroupState> = {}): GroupState {
  return { key, route: "default", labels: {}, told: [], ...over } as GroupState;
}
