import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Changes, GroupState } from "../../src/alert/index.ts";
import type { AttemptResult, LeasedDelivery } from "../../src/store/index.ts";
import { toEntityChanges } from "./entity-changes.ts";
import { makeDelivery, makeNotification, makeRecord } from "./make-delivery.ts";
import { makeAlert, makeResolvedAlert } from "./notifications.ts";
import { OwnedStore } from "./owned-store.ts";
import type { StoreBed } from "./store-bed.ts";

const HOUR_MS = 3_600_000;

/** The tests that every implementation of `Outbox` passes. */
export function describeOutbox(name: string, open: () => Promise<StoreBed>): void {
  describe(`${name} as an Outbox`, () => {
    let bed: StoreBed;
    let store: OwnedStore;
    beforeEach(async () => {
      bed = await open();
      store = await OwnedStore.of(...bed.hosts);
    });
    afterEach(() => store.close());

    const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map((row) => row.id);
    const reopen = async (): Promise<void> => {
      if (bed.reopen !== undefined) store = await OwnedStore.of(...(await bed.reopen()));
    };
    const retry = (
      id: string,
      over: Partial<Omit<Extract<AttemptResult, { readonly outcome: "retry" }>, "id" | "outcome">> = {},
    ) =>
      store.settle([{ id, outcome: "retry", at: 1000, dueAt: 1000, started: true, error: "down", ...over }]);

    describe("ends that a receiver was told", () => {
      const deliver = async (id: string, at: number, over: Parameters<typeof makeDelivery>[1] = {}) => {
        const ended = makeResolvedAlert(undefined, { fingerprint: `over-${id}` });
        const alerts = [makeAlert({ fingerprint: `open-${id}` }), ended];
        const notification = makeNotification({ id, kind: "update", alerts });
        await store.commit({
          deliveries: [{ ...makeDelivery(id, { groupKey: id, ...over }), notification }],
        });
        const sink = over.sink ?? "ops";
        await store.lease(1000, { sink });
        return (outcome: "delivered" | "dead") => store.settle([{ id, outcome, at, error: "no" }], sink);
      };
      const ends = async (since: number, limit = 10): Promise<readonly string[]> =>
        (await (await store.outbox()).toldEnds({ since, limit })).map(({ fingerprint }) => fingerprint);

      it("are those of its delivered messages, newest first, from a time on", async () => {
        await (
          await deliver("d1", 2000)
        )("delivered");
        await (
          await deliver("d2", 3000)
        )("delivered");
        await (
          await deliver("d3", 4000)
        )("dead");
        await (
          await deliver("d4", 5000, { sink: "other" })
        )("delivered");
        await deliver("d5", 6000);
        expect(await ends(0)).toEqual(["over-d2", "over-d1"]);
        expect(await ends(2001)).toEqual(["over-d2"]);
        expect(await ends(0, 1)).toEqual(["over-d2"]);
        await reopen();
        expect(await ends(0)).toEqual(["over-d2", "over-d1"]);
      });
    });

    describe("leases of deliveries", () => {
      it("give what the sink needs", async () => {
        await store.commit({ deliveries: [makeDelivery("d1", { expiresAt: 5000 })] });
        expect(await store.lease()).toEqual([
          {
            id: "d1",
            sink: "ops",
            groupKey: "g",
            bundle: undefined,
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
        await store.commit({ deliveries: [makeDelivery("d1")], records: [makeRecord("r1")] });
        await store.lease();
        await store.leaseRecords();
        for (const now of [0, 1000, 365 * 24 * HOUR_MS])
          expect([...(await store.lease(now)), ...(await store.leaseRecords(now))]).toEqual([]);
        expect(await (await store.outbox()).nextDueAt()).toBeUndefined();
        await retry("d1");
        expect(await store.lease()).toMatchObject([{ id: "d1", attempt: 2 }]);
      });

      it("keep to the sink, the limit and the due time", async () => {
        await store.commit({
          deliveries: [
            makeDelivery("d1", { groupKey: "g1" }),
            makeDelivery("d2", { groupKey: "g2", createdAt: 1001 }),
            makeDelivery("d3", { groupKey: "g3", createdAt: 1002 }),
            makeDelivery("other", { sink: "mail" }),
          ],
        });
        expect(ids(await store.lease(1001, { limit: 1 }))).toEqual(["d1"]);
        expect(ids(await store.lease(1001))).toEqual(["d2"]);
        expect(await (await store.outbox()).nextDueAt()).toBe(1002);
        expect(ids(await store.lease(1000, { sink: "mail" }))).toEqual(["other"]);
      });

      it("take only the oldest of a group, and none while one of it is leased", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await store.lease();
        await store.commit({ deliveries: [makeDelivery("d2", { kind: "update" })] });
        expect(await store.lease()).toEqual([]);
        await retry("d1", { dueAt: 5000 });
        expect(await store.lease(4999)).toEqual([]);
        expect(ids(await store.lease(5000))).toEqual(["d1"]);
        await store.settle([{ id: "d1", outcome: "delivered", at: 5000 }]);
        expect(ids(await store.lease(5000))).toEqual(["d2"]);
      });

      it("count attempts that were started, and keep what the last one left to do", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await store.lease();
        await retry("d1", { started: false });
        expect(await store.lease()).toMatchObject([{ attempt: 1, remaining: undefined }]);
        await retry("d1", { remaining: ["b@x.test"] });
        expect(await store.lease()).toMatchObject([{ attempt: 2, remaining: ["b@x.test"] }]);
        await retry("d1");
        expect(await store.lease()).toMatchObject([{ attempt: 3, remaining: ["b@x.test"] }]);
      });

      it("leave out what is known to go to a closed destination, and nothing else", async () => {
        await store.commit({
          deliveries: ["d1", "d2", "d3"].map((id) => makeDelivery(id, { groupKey: id })),
        });
        await store.lease();
        await retry("d1", { started: false, destination: "#old" });
        await retry("d2", { destination: "#new" });
        await retry("d3");
        const outbox = await store.outbox();
        const closed = ["#old"];
        expect(ids(await store.lease(1000, { closed }))).toEqual(["d2", "d3"]);
        // The closed one does not make the others wait, and is not waited for.
        expect(await outbox.nextDueAt(closed)).toBeUndefined();
        expect(await outbox.nextDueAt()).toBe(1000);
        await retry("d2", { dueAt: 5000 });
        expect(await outbox.nextDueAt(closed)).toBe(5000);
        expect(ids(await store.lease(5000))).toEqual(["d1", "d2"]);
      });

      it("forget the destination of a delivery that newer news replace", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await store.lease();
        await retry("d1", { started: false, destination: "#old" });
        await store.commit({ deliveries: [makeDelivery("d2", { kind: "update" })] });
        expect(ids(await store.lease(1000, { closed: ["#old"] }))).toEqual(["d2"]);
      });

      it("take all rows of a bundle as one, but for those whose group has an older row", async () => {
        const bundled = (id: string, groupKey: string, bundle = "b") =>
          makeDelivery(id, { groupKey, bundle });
        await store.commit({ deliveries: [makeDelivery("old", { groupKey: "g3" })] });
        await store.lease();
        await store.commit({
          deliveries: [
            bundled("d1", "g1"),
            bundled("d2", "g2"),
            bundled("d3", "g3"),
            bundled("e1", "h1", "e"),
          ],
        });
        const rows = await store.lease(1000, { limit: 1 });
        expect(rows.map(({ id, bundle }) => [id, bundle])).toEqual([
          ["d1", "b"],
          ["d2", "b"],
        ]);
        await retry("d1", { dueAt: 2000 });
        await retry("d2", { dueAt: 2000 });
        // Newer news of a group takes its row out of the bundle.
        await store.commit({ deliveries: [makeDelivery("d4", { groupKey: "g2", kind: "update" })] });
        await store.settle([{ id: "old", outcome: "delivered", at: 1000 }]);
        expect(ids(await store.lease(2000)).toSorted()).toEqual(["d1", "d3", "d4", "e1"]);
      });

      it("are void after a restart, and their attempts still count", async () => {
        if (bed.reopen === undefined) return;
        await store.commit({ deliveries: [makeDelivery("d1")], records: [makeRecord("r1")] });
        await store.lease();
        await store.leaseRecords();
        await reopen();
        expect(await store.lease()).toMatchObject([{ id: "d1", attempt: 2 }]);
        expect(ids(await store.leaseRecords())).toEqual(["r1"]);
      });

      it("stay when their settlements cannot all be written", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")], records: [makeRecord("r1")] });
        await store.lease();
        await store.leaseRecords();
        const good: AttemptResult = { id: "r1", outcome: "delivered", at: 1000 };
        // An error without text cannot be stored; the type forbids it, which is the point.
        const bad = { id: "d1", outcome: "dead", at: 1000, error: undefined } as unknown as AttemptResult;
        await expect(store.settle([good, bad])).rejects.toMatchObject({ code: "ERR_STORE" });
        expect([...(await store.lease()), ...(await store.leaseRecords())]).toEqual([]);
        await store.settle([good, { id: "d1", outcome: "delivered", at: 1000 }]);
        expect(await store.queries.depths()).toEqual([]);
        expect(await store.outcomes()).toEqual(["d1 delivered"]);
      });

      it("are the only thing that can be settled", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")], records: [makeRecord("r1")] });
        await store.settle([
          { id: "d1", outcome: "delivered", at: 1000 },
          { id: "r1", outcome: "dead", at: 1000, error: "no" },
          { id: "unknown", outcome: "expired", at: 1000 },
        ]);
        expect(await store.outcomes()).toEqual([]);
        expect(ids(await store.lease())).toEqual(["d1"]);
        expect(ids(await store.leaseRecords())).toEqual(["r1"]);
      });
    });

    describe("memory of the receiver", () => {
      const accept = async (id: string, receiver?: unknown): Promise<void> => {
        await store.commit({ deliveries: [makeDelivery(id, { kind: "update" })] });
        await store.lease();
        await store.settle([{ id, outcome: "delivered", at: 1000, receiver }]);
      };
      const recall = async (): Promise<unknown> => {
        await store.commit({ deliveries: [makeDelivery("asks", { kind: "update" })] });
        const [row] = await store.lease();
        await retry("asks", { started: false });
        return row?.receiver;
      };

      it("is kept per group and sink until the sink says something new", async () => {
        await store.commit({ entities: groups({ put: [makeGroup("g")] }) });
        await accept("d1", { ts: "1" });
        await accept("d2");
        expect(await recall()).toEqual({ ts: "1" });
        await store.commit({ deliveries: [makeDelivery("m1", { sink: "mail" })] });
        expect(await store.lease(1000, { sink: "mail" })).toMatchObject([{ receiver: undefined }]);
      });

      it("is kept of an attempt that did only a part", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await store.lease();
        await retry("d1", { receiver: { ts: "1" }, remaining: ["edit"] });
        expect(await store.lease()).toMatchObject([{ receiver: { ts: "1" }, remaining: ["edit"] }]);
        await retry("d1");
        expect(await store.lease()).toMatchObject([{ receiver: { ts: "1" } }]);
      });

      it("counts the groups of a thread for each sink", async () => {
        await store.commit({ entities: groups({ put: [makeGroup("g"), makeGroup("h"), makeGroup("i")] }) });
        const rows = [
          { groupKey: "g", receiver: { thread: "C1/1", severity: "warning" } },
          { groupKey: "h", receiver: { thread: "C1/1" } },
          { groupKey: "i", receiver: { left: ["C1/1"] } },
        ];
        for (const { groupKey, receiver } of rows) {
          await store.commit({ deliveries: [makeDelivery(groupKey, { groupKey })] });
          await store.lease();
          await store.settle([{ id: groupKey, outcome: "delivered", at: 1000, receiver }]);
        }
        const outbox = await store.outbox();
        expect(await outbox.groupsIn("C1/1")).toBe(2);
        expect(await outbox.groupsIn("C1/2")).toBe(0);
        expect(await (await store.outbox("mail")).groupsIn("C1/1")).toBe(0);
      });

      it("stays as it was when the new one is larger than 4 KiB", async () => {
        await store.commit({ entities: groups({ put: [makeGroup("g")] }) });
        await accept("d1", { ts: "1" });
        await accept("d2", { ts: "x".repeat(4096) });
        expect(await recall()).toEqual({ ts: "1" });
      });

      it("goes with the group, once nothing waits for it", async () => {
        await store.commit({ entities: groups({ put: [makeGroup("g")] }) });
        await accept("d1", { ts: "1" });
        await store.commit({
          deliveries: [makeDelivery("d2", { kind: "resolved" })],
          entities: groups({ forget: ["g"] }),
        });
        expect(await store.lease()).toMatchObject([{ id: "d2", receiver: { ts: "1" } }]);
        await store.settle([{ id: "d2", outcome: "delivered", at: 1000, receiver: { ts: "2" } }]);
        expect(await recall()).toBeUndefined();
      });
    });

    describe("superseding", () => {
      const late = makeNotification({ id: "late", title: "if the opening was unsent" });

      it("replaces what waits for the same group and sink, and nothing else", async () => {
        await store.commit({
          deliveries: [
            makeDelivery("d1", { kind: "update" }),
            makeDelivery("mail", { sink: "mail" }),
            makeDelivery("h", { groupKey: "h" }),
          ],
        });
        await store.commit({
          deliveries: [makeDelivery("d2", { kind: "update", createdAt: 2000, ifOpeningUnsent: late })],
        });
        expect(ids(await store.lease(2000))).toEqual(["h", "d2"]);
        expect(ids(await store.lease(2000, { sink: "mail" }))).toEqual(["mail"]);
        expect(await store.engine.outcomes(10)).toMatchObject([
          { id: "d1", outcome: "superseded", at: 2000, kind: "update" },
        ]);
      });

      it("never touches what is leased: newer state waits behind it", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await store.lease();
        await store.commit({ deliveries: [makeDelivery("d2", { kind: "update", ifOpeningUnsent: late })] });
        await store.commit({ deliveries: [makeDelivery("d3", { kind: "update", ifOpeningUnsent: late })] });
        await store.settle([{ id: "d1", outcome: "delivered", at: 1000 }]);
        expect(await store.lease()).toMatchObject([{ id: "d3", notification: { title: "update d3" } }]);
        expect(await store.outcomes()).toEqual(["d1 delivered", "d2 superseded"].toSorted());
      });

      it.each([
        { case: "never attempted", attempt: false },
        { case: "attempted in vain", attempt: true },
      ])("makes an update the first message when the opening was $case", async ({ attempt }) => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        if (attempt) {
          await store.lease();
          await retry("d1");
        }
        await store.commit({ deliveries: [makeDelivery("d2", { kind: "update", ifOpeningUnsent: late })] });
        await store.commit({ deliveries: [makeDelivery("d3", { kind: "update", ifOpeningUnsent: late })] });
        expect(await store.lease()).toMatchObject([
          { id: "d3", notification: { title: late.title }, attempt: 1 },
        ]);
        expect(await store.outcomes()).toEqual(["d1 superseded", "d2 superseded"]);
      });

      describe("of what the receiver was told, but for the rest,", () => {
        const tell = async (): Promise<void> => {
          await store.commit({ deliveries: [makeDelivery("d1")] });
          await store.lease();
          await retry("d1", { isTold: true, remaining: ["edit"], receiver: { ts: "1" } });
        };

        it("is no loss: it counts as delivered, and the next message is no opening", async () => {
          await tell();
          await store.commit({ deliveries: [makeDelivery("d2", { kind: "update", ifOpeningUnsent: late })] });
          expect(await store.lease()).toMatchObject([
            { id: "d2", notification: { title: "update d2" }, remaining: undefined, receiver: { ts: "1" } },
          ]);
          expect(await store.outcomes()).toEqual(["d1 delivered"]);
        });

        it("lets a message that came meanwhile go first", async () => {
          await store.commit({ deliveries: [makeDelivery("d1")] });
          await store.lease();
          await store.commit({ deliveries: [makeDelivery("d2", { kind: "resolved" })] });
          await retry("d1", { isTold: true, remaining: ["edit"] });
          expect(ids(await store.lease())).toEqual(["d2"]);
          expect(await store.outcomes()).toEqual(["d1 delivered"]);
        });

        it("counts as delivered when its time is over", async () => {
          await tell();
          await store.lease();
          await store.settle([{ id: "d1", outcome: "expired", at: 2000 }]);
          expect(await store.outcomes()).toEqual(["d1 delivered"]);
        });

        it("goes to no fallback", async () => {
          await tell();
          const overdue = { waitingSince: 5000, deadSince: 0, limit: 10 };
          expect(await (await store.outbox()).overdue(overdue)).toEqual([]);
        });
      });

      it("says that it cleared before delivery when no attempt of the opening was started", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await store.lease();
        await retry("d1", { started: false });
        await store.commit({ deliveries: [makeDelivery("d2", { kind: "resolved", ifOpeningUnsent: late })] });
        expect(await store.lease()).toMatchObject([{ id: "d2", notification: { title: late.title } }]);
      });

      it("sends nothing at all when there is nothing to say about it", async () => {
        const end = makeDelivery("d3", { kind: "resolved" });
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await store.commit({ deliveries: [makeDelivery("d2", { kind: "update" })] });
        await store.commit({ deliveries: [end] });
        await store.commit({ deliveries: [end] });
        expect(await store.lease()).toEqual([]);
        expect(await (await store.outbox()).nextDueAt()).toBeUndefined();
        expect(await store.outcomes()).toEqual(["d1 superseded", "d2 superseded", "d3 superseded"]);
      });

      it("tells the end to a receiver that may have seen an opening, even when an update replaced it", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await store.lease();
        await retry("d1");
        await store.commit({ deliveries: [makeDelivery("d2", { kind: "update", ifOpeningUnsent: late })] });
        await store.commit({ deliveries: [makeDelivery("d3", { kind: "resolved" })] });
        expect(await store.lease()).toMatchObject([{ id: "d3", notification: { title: "resolved d3" } }]);
      });

      it("does not tell the end of what died unheard", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await store.lease();
        await store.commit({ deliveries: [makeDelivery("d2", { kind: "resolved" })] });
        await store.settle([{ id: "d1", outcome: "dead", at: 2000, error: "refused" }]);
        expect(await store.lease(2000)).toEqual([]);
        expect(await store.outcomes()).toEqual(["d1 dead", "d2 superseded"]);
      });

      it("tells the end after an update died, since the beginning was heard", async () => {
        await store.commit({ deliveries: [makeDelivery("d1", { kind: "update" })] });
        await store.lease();
        await store.commit({ deliveries: [makeDelivery("d2", { kind: "resolved" })] });
        await store.settle([{ id: "d1", outcome: "dead", at: 2000, error: "refused" }]);
        expect(ids(await store.lease(2000))).toEqual(["d2"]);
      });

      it("lets an update that waited behind a dead opening take its place", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await store.lease();
        await store.commit({ deliveries: [makeDelivery("d2", { kind: "update" })] });
        await store.settle([{ id: "d1", outcome: "dead", at: 2000, error: "refused" }]);
        await store.commit({ deliveries: [makeDelivery("d3", { kind: "resolved" })] });
        expect(await store.lease(2000)).toEqual([]);
        expect(await store.outcomes()).toEqual(["d2 superseded", "d3 superseded", "d1 dead"]);
      });
    });

    describe("what goes to a fallback", () => {
      const overdue = async (waitingSince = 1000): Promise<string[]> =>
        (await (await store.outbox()).overdue({ waitingSince, deadSince: 1000, limit: 10 })).map(
          ({ id, isDead, isTold }) => `${id}${isDead ? " dead" : ""}${isTold ? " told" : ""}`,
        );
      const copy = (id: string) => makeDelivery(`${id}.copy`, { sink: "mail", groupKey: "g@ops" });

      it("is what waits for so long or has died, each once", async () => {
        await store.commit({
          deliveries: [
            makeDelivery("waits"),
            makeDelivery("young", { groupKey: "y", createdAt: 1001 }),
            makeDelivery("dies", { groupKey: "d" }),
            makeDelivery("other", { sink: "file" }),
          ],
        });
        const rows = await store.lease(1001);
        await store.settle([{ id: "dies", outcome: "dead", at: 1000, error: "no" }]);
        expect(rows).toHaveLength(3);
        expect(await overdue()).toEqual(["waits", "dies dead"]);
        const outbox = await store.outbox();
        await outbox.fallBack([
          { id: "waits", copy: copy("waits") },
          { id: "dies", copy: undefined },
          // Of another sink: it has a fallback of its own.
          { id: "other", copy: copy("other") },
        ]);
        await reopen();
        expect(await overdue()).toEqual([]);
        expect(ids(await store.lease(1000, { sink: "mail" }))).toEqual(["waits.copy"]);
      });

      it("is the end of every group it was told of, whatever became of that end at its own sink", async () => {
        await store.commit({ entities: groups({ put: [makeGroup("g")] }), deliveries: [makeDelivery("d1")] });
        await (await store.outbox()).fallBack([{ id: "d1", copy: copy("d1") }]);
        await store.commit({ deliveries: [makeDelivery("d2", { kind: "resolved" })] });
        await reopen();
        expect(await overdue(0)).toEqual(["d2 told"]);
        await (await store.outbox()).fallBack([{ id: "d2", copy: copy("d2") }]);
        expect(await overdue()).toEqual([]);
      });

      it("counts from the first news that waits", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await store.commit({ deliveries: [makeDelivery("d2", { kind: "update", createdAt: 5000 })] });
        expect(await overdue(1000)).toEqual(["d2"]);
      });

      it("does not go on from one fallback to the next", async () => {
        await store.commit({ deliveries: [makeDelivery("d1")] });
        await (await store.outbox()).fallBack([{ id: "d1", copy: copy("d1") }]);
        const mail = await store.outbox("mail");
        expect(await mail.overdue({ waitingSince: 9000, deadSince: 0, limit: 10 })).toEqual([]);
      });
    });

    describe("records", () => {
      it("are leased oldest first and once", async () => {
        await store.commit({ records: ["r1", "r2", "r3"].map((id) => makeRecord(id)) });
        await store.commit({ records: [makeRecord("r4"), makeRecord("x", { sink: "file" })] });
        expect(await store.leaseRecords(1000, { limit: 2 })).toEqual(
          ["r1", "r2"].map((id) => ({
            id,
            sink: "ops",
            body: makeRecord(id).body,
            attempt: 1,
            createdAt: 1000,
            expiresAt: undefined,
          })),
        );
        expect(ids(await store.leaseRecords())).toEqual(["r3", "r4"]);
        expect(await store.leaseRecords()).toEqual([]);
      });

      it("come again when they are due, before younger ones", async () => {
        await store.commit({ records: ["r1", "r2", "r3"].map((id) => makeRecord(id)) });
        await store.leaseRecords(1000, { limit: 2 });
        await retry("r1", { dueAt: 3000 });
        await retry("r2", { started: false });
        expect(await store.leaseRecords(2999)).toMatchObject([
          { id: "r2", attempt: 1 },
          { id: "r3", attempt: 1 },
        ]);
        expect(await (await store.outbox()).nextDueAt()).toBe(3000);
        expect(await store.leaseRecords(3000)).toMatchObject([{ id: "r1", attempt: 2 }]);
      });

      it("are stored once, also under an id that is leased, and have no outcomes", async () => {
        await store.commit({ records: [makeRecord("r1")] });
        await store.leaseRecords();
        await store.commit({ records: [makeRecord("r1")] });
        await store.settle([{ id: "r1", outcome: "delivered", at: 1000 }]);
        expect(await store.leaseRecords()).toEqual([]);
        expect(await store.outcomes()).toEqual([]);
        expect(await store.queries.depths()).toEqual([]);
      });

      it("come in their order, whether others were leased before or not, with all of them", async () => {
        const [id, ...later] = ["r1", "r2", "r3", "r4", "r5"];
        await store.commit({ records: [makeRecord(id ?? "")] });
        expect(ids(await store.leaseRecords())).toEqual(["r1"]);
        expect(await store.leaseRecords()).toEqual([]);
        await store.commit({
          records: later.flatMap((each) => [makeRecord(each), makeRecord(`x${each}`, { sink: "file" })]),
        });
        expect(await (await store.outbox()).nextDueAt()).toBe(1000);
        expect(await store.leaseRecords(999)).toEqual([]);
        expect(await store.leaseRecords(1000, { limit: 1 })).toEqual([
          {
            id: "r2",
            sink: "ops",
            body: makeRecord("r2").body,
            attempt: 1,
            createdAt: 1000,
            expiresAt: undefined,
          },
        ]);
        await store.settle([{ id: "r2", outcome: "delivered", at: 1000 }]);
        await retry("r1", { dueAt: 1000 });
        await store.commit({ records: [makeRecord("r6", { expiresAt: 7000 })] });
        expect(ids(await store.leaseRecords())).toEqual(["r1", "r3", "r4", "r5", "r6"]);
        await store.settle(["r4", "r3", "r6"].map((each) => ({ id: each, outcome: "delivered", at: 1000 })));
        expect(await store.queries.depths()).toMatchObject([
          { sink: "file", waiting: 4 },
          { sink: "ops", waiting: 2 },
        ]);
        await retry("r1");
        await retry("r5");
        expect(await store.leaseRecords()).toMatchObject([
          { id: "r1", attempt: 3 },
          { id: "r5", attempt: 2 },
        ]);
      });

      it("come again from the dead while others come", async () => {
        await store.commit({ records: [makeRecord("r1")] });
        await store.leaseRecords();
        await store.leaseRecords();
        await store.settle([{ id: "r1", outcome: "dead", at: 1000, error: "refused" }]);
        await store.commit({ records: [makeRecord("r2")] });
        await Promise.all([
          store.host.deadLetters.retry(["r1"], 1000),
          store.commit({ records: [makeRecord("r3")] }),
        ]);
        expect(ids(await store.leaseRecords()).toSorted()).toEqual(["r1", "r2", "r3"]);
        expect(await store.leaseRecords()).toEqual([]);
      });

      it("do not hide each other when thousands are leased, settled and returned", async () => {
        const all = Array.from({ length: 2000 }, (_, index) => `r${String(index).padStart(4, "0")}`);
        await store.commit({ records: all.map((id) => makeRecord(id)) });
        const seen: string[] = [];
        for (let round = 0; ; round++) {
          const rows = await store.leaseRecords(1000 + round, { limit: 70 });
          if (rows.length === 0) break;
          const [back, ...done] = rows.toReversed();
          await store.settle(done.map(({ id }) => ({ id, outcome: "delivered", at: 1000 })));
          seen.push(...ids(done));
          if (back !== undefined && back.attempt < 3) await retry(back.id, { dueAt: 1000 + round + 3 });
          else if (back !== undefined) {
            seen.push(back.id);
            await store.settle([{ id: back.id, outcome: "delivered", at: 1000 }]);
          }
          if (done.length === 0) await store.leaseRecords(1000 + round);
        }
        const rest = await store.leaseRecords(100_000);
        expect([...seen, ...ids(rest)].toSorted()).toEqual(all);
      });
    });
  });
}

function makeGroup(key: string, over: Partial<GroupState> = {}): GroupState {
  return { key, route: "default", labels: {}, told: [], ...over } as GroupState;
}

function groups(changes: {
  readonly put?: readonly GroupState[];
  readonly forget?: readonly string[];
}): Changes["entities"] {
  return toEntityChanges({ group: { put: [], forget: [], ...changes } });
}
