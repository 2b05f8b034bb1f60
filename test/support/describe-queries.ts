import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Notification } from "../../src/alert/index.ts";
import type { Queries } from "../../src/store/index.ts";
import { makeDecision } from "./make-decision.ts";
import { makeDelivery, makeRecord } from "./make-delivery.ts";
import { OwnedStore } from "./owned-store.ts";
import type { StoreBed } from "./store-bed.ts";

const HOUR_MS = 3_600_000;

/** The tests that every implementation of `Queries` and of `DeadLetterActions` passes. */
export function describeQueries(name: string, open: () => Promise<StoreBed>): void {
  describe(`${name} as Queries`, () => {
    let store: OwnedStore;
    beforeEach(async () => {
      store = await OwnedStore.of(...(await open()).hosts);
    });
    afterEach(() => store.close());

    const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map((row) => row.id);
    const retry = (
      id: string,
      over: { dueAt?: number; started?: boolean; remaining?: unknown; error?: string } = {},
    ) =>
      store.settle([{ id, outcome: "retry", at: 1000, dueAt: 1000, started: true, error: "down", ...over }]);

    describe("dead letters", () => {
      beforeEach(async () => {
        await store.commit({
          deliveries: [makeDelivery("d1"), makeDelivery("d2", { groupKey: "h", expiresAt: 1500 })],
          records: [makeRecord("r1"), makeRecord("r2")],
        });
        await store.lease();
        await store.leaseRecords();
        await retry("d2", { error: "receiver answered 503" });
        await store.lease();
        await store.settle([
          { id: "d1", outcome: "dead", at: 2000, error: "refused" },
          { id: "d2", outcome: "expired", at: 2001 },
          { id: "r1", outcome: "dead", at: 2002, error: "too large" },
          { id: "r2", outcome: "expired", at: 2003 },
        ]);
      });

      it("say what it was, why it ended and how often it was tried", async () => {
        expect(await store.queries.deadLetters({ limit: 10 })).toMatchObject([
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
        expect(await store.queries.deadLetters({ limit: 1 })).toMatchObject([{ id: "r2" }]);
        expect(await store.queries.deadLetters({ sink: "mail", limit: 10 })).toEqual([]);
        expect(await store.queries.depths()).toEqual([
          { sink: "ops", waiting: 0, oldestAt: undefined, dead: 4 },
        ]);
      });

      it("about some groups are found among all deliveries, without those of records and what has expired", async () => {
        await store.commit({ deliveries: [makeDelivery("d3", { groupKey: "h" }), makeDelivery("d4")] });
        await store.lease();
        await store.settle([
          { id: "d3", outcome: "dead", at: 2004, error: "refused" },
          { id: "d4", outcome: "delivered", at: 2005 },
        ]);
        expect(ids(await store.queries.deadOfGroups(["g", "h"]))).toEqual(["d3", "d1"]);
        expect(ids(await store.queries.deadOfGroups(["h", "unknown"]))).toEqual(["d3"]);
        expect(await store.queries.deadOfGroups([])).toEqual([]);
        expect(await store.queries.deliveriesById(["d4", "unknown", "d1"])).toMatchObject([
          { id: "d4", state: "delivered", endedAt: 2005 },
          { id: "d1", state: "dead", error: "refused", attempts: 1, title: "", groupKey: "g" },
        ]);
        expect(await store.queries.deliveriesById([])).toEqual([]);
      });

      it("are listed page by page, and by their ids", async () => {
        const listed: string[] = [];
        let page = await store.queries.deadLetters({ limit: 3 });
        for (; page.length > 0; page = await store.queries.deadLetters({ limit: 3, after: page.at(-1) }))
          listed.push(...ids(page));
        expect(listed).toEqual(["r2", "r1", "d2", "d1"]);
        expect(ids(await store.queries.deadLetters({ ids: ["d1", "r2", "unknown"], limit: 10 }))).toEqual([
          "r2",
          "d1",
        ]);
      });

      it("can be tried again, and then never expire", async () => {
        expect(await store.host.deadLetters.retry(["d1", "d2", "r1", "unknown"], 5000)).toBe(3);
        expect(await store.lease(4999)).toEqual([]);
        expect(await store.lease(5000)).toMatchObject([
          { id: "d1", attempt: 1 },
          { id: "d2", expiresAt: undefined },
        ]);
        expect(ids(await store.leaseRecords(5000))).toEqual(["r1"]);
        expect(ids(await store.queries.deadLetters({ limit: 10 }))).toEqual(["r2"]);
      });

      it("get a line for people behind their notes when they are tried again, once", async () => {
        const noteOf = async (): Promise<string> => {
          const [row] = await store.queries.deadLetters({ ids: ["d1"], limit: 1 });
          // A notification, as this program wrote it.
          return row === undefined ? "" : (JSON.parse(row.body) as Notification).text.note;
        };
        const die = async (at: number): Promise<void> => {
          const [leased] = await store.lease(at);
          await store.settle([{ id: leased?.id ?? "", outcome: "dead", at, error: "no" }]);
        };
        for (const at of [5000, 6000]) {
          expect(await store.host.deadLetters.retry(["d1"], at, "It is over.")).toBe(1);
          await die(at);
        }
        expect(await noteOf()).toBe("It is over.");
        await store.host.deadLetters.retry(["d1"], 7000, "For good.");
        await die(7000);
        expect(await noteOf()).toBe("It is over.\nFor good.");
      });

      it("can be dropped, and their outcome is told all the same", async () => {
        expect(await store.host.deadLetters.drop(["d1", "r1", "unknown"])).toBe(2);
        expect(ids(await store.queries.deadLetters({ limit: 10 }))).toEqual(["r2", "d2"]);
        expect(await store.outcomes()).toEqual(["d1 dead", "d2 expired"]);
      });

      it("stay over a day and go after a month", async () => {
        await store.commit({ notedOutcomes: ["d1", "d2"] });
        await store.engine.trim(48 * HOUR_MS);
        expect(await store.queries.deadLetters({ limit: 10 })).toHaveLength(4);
        await store.engine.trim(31 * 24 * HOUR_MS);
        expect(await store.queries.deadLetters({ limit: 10 })).toEqual([]);
      });

      it("are made of what waits for sinks that are gone", async () => {
        await store.commit({
          deliveries: [makeDelivery("d3", { groupKey: "i" }), makeDelivery("m", { sink: "mail" })],
          records: [makeRecord("r3"), makeRecord("m1", { sink: "mail" })],
        });
        expect(await (await store.outbox("mail")).buryOrphans(3000)).toBe(2);
        expect(ids(await store.queries.deadLetters({ sink: "mail", limit: 10 })).toSorted()).toEqual([
          "m",
          "m1",
        ]);
        expect(ids(await store.lease())).toEqual(["d3"]);
        expect(await store.outcomes()).toContain("m dead");
      });
    });

    describe("the list of deliveries", () => {
      const open = (over: Partial<Parameters<Queries["deliveries"]>[0]> = {}) =>
        store.queries.deliveries({ which: "open", limit: 10, ...over });

      it("gives those with these ids, open or ended, and no records", async () => {
        await store.commit({
          deliveries: [makeDelivery("d1"), makeDelivery("d2"), makeDelivery("d3", { groupKey: "h" })],
          records: [makeRecord("r1")],
        });
        const rows = await store.queries.titledDeliveries(["d3", "d1", "r1", "unknown"]);
        expect(rows.map(({ state, title }) => `${title} ${state}`).toSorted()).toEqual([
          "firing d1 superseded",
          "firing d3 waiting",
        ]);
        expect(await store.queries.titledDeliveries([])).toEqual([]);
      });

      it("says of each what it is and what becomes of it, newest first", async () => {
        await store.commit({
          deliveries: [makeDelivery("d1"), makeDelivery("d2", { groupKey: "h", createdAt: 3000 })],
          records: [makeRecord("r1", { createdAt: 2000 })],
        });
        await store.lease();
        await retry("d1", { dueAt: 9000, error: "receiver answered 503" });
        await store.leaseRecords(2000);
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
        await store.commit({ deliveries, records });
        const all = [6, 5, 4, 3, 2, 1, 0].flatMap((index) => [`r${index}`, `d${index}`]);
        const listed: string[] = [];
        let page = await open({ limit: 4 });
        for (;;) {
          listed.push(...ids(page.rows));
          if (page.next === undefined) break;
          await store.commit({
            deliveries: [
              makeDelivery(`new${listed.length}`, { groupKey: `n${listed.length}`, createdAt: 9000 }),
            ],
          });
          page = await open({ limit: 4, after: page.next });
        }
        expect(listed).toEqual(all);
      });

      it("shows on demand how deliveries ended, the newest end first", async () => {
        await store.commit({
          deliveries: ["d1", "d2", "d3"].map((id) => makeDelivery(id, { groupKey: id })),
        });
        await store.lease();
        await store.settle([
          { id: "d3", outcome: "delivered", at: 2000 },
          { id: "d1", outcome: "dead", at: 2001, error: "refused" },
        ]);
        const ended = await store.queries.deliveries({ which: "ended", limit: 1 });
        expect(ended.rows).toMatchObject([{ id: "d1", state: "dead", error: "refused", endedAt: 2001 }]);
        const rest = await store.queries.deliveries({ which: "ended", limit: 1, after: ended.next });
        expect(rest).toMatchObject({ rows: [{ id: "d3", state: "delivered" }], next: undefined });
      });

      it("refuses the cursor of another list", async () => {
        await expect(open({ after: [1] })).rejects.toMatchObject({ code: "ERR_USAGE" });
      });
    });

    describe("the list of decisions", () => {
      const list = (over: Partial<Parameters<Queries["decisions"]>[0]> = {}) =>
        store.queries.decisions({ since: 0, limit: 10, ...over });

      it("gives back what was decided, newest first, narrowed by what is asked", async () => {
        const decisions = [
          makeDecision({ at: 1000, waits: [{ for: "others", ms: 10_000 }], checked: "verified" }),
          makeDecision({ at: 2000, sink: "mail", outcome: "suppressed", reason: "min_severity" }),
          makeDecision({
            at: 3000,
            rule: "other",
            namespace: "pay",
            fingerprint: "f2",
            cause: {
              fingerprint: "f9",
              name: { rule: "node-down", namespace: "", workload: "Node/n1" },
              others: 0,
              standing: "not-again",
              endedAt: 2500,
            },
          }),
        ];
        await store.commit({ decisions });
        expect(await list()).toEqual({ rows: decisions.toReversed(), next: undefined });
        const narrowed: [Partial<Parameters<Queries["decisions"]>[0]>, number[]][] = [
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
        await store.commit({
          decisions,
          deliveries: [makeDelivery("d1"), makeDelivery("d2", { groupKey: "h" })],
        });
        await store.lease();
        await store.settle([{ id: "d2", outcome: "dead", at: 1000, error: "refused" }]);
        expect((await list()).rows.map(({ delivery }) => delivery)).toEqual([undefined, "dead", "sending"]);
      });

      it("goes on behind a cursor, also among decisions of one moment", async () => {
        const decisions = Array.from({ length: 7 }, (_, index) => makeDecision({ occurrences: index }));
        await store.commit({ decisions });
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
        await store.commit({
          decisions: [
            makeDecision({ at: 1000 }),
            makeDecision({ at: 2000, occurrences: 2 }),
            makeDecision({ at: 2001, occurrences: 3 }),
            makeDecision({ at: 2002, outcome: "suppressed", reason: "repeat", occurrences: 5 }),
          ],
        });
        expect(await store.queries.decisionCounts(2000)).toEqual([
          { outcome: "notified", reason: "first", decisions: 2, occurrences: 5 },
          { outcome: "suppressed", reason: "repeat", decisions: 1, occurrences: 5 },
        ]);
      });

      it("sums up what was decided for each rule since a time", async () => {
        const held = { outcome: "suppressed", deliveryId: "", sink: "" } as const;
        await store.commit({
          decisions: [
            makeDecision({ at: 1000, deliveryId: "d0" }),
            makeDecision({ at: 2000 }),
            makeDecision({ at: 2001, fingerprint: "f2" }),
            makeDecision({ at: 2002, deliveryId: "d2" }),
            makeDecision({ at: 2003, ...held, reason: "repeat" }),
            makeDecision({ at: 2004, ...held, reason: "repeat" }),
            makeDecision({ at: 2005, ...held, reason: "silence" }),
            makeDecision({ at: 2006, ...held, reason: "silence", rule: "other" }),
          ],
        });
        expect(new Set(await store.queries.ruleDecisions(2000))).toEqual(
          new Set([
            { rule: "r", messages: 2, lastMessageAt: 2002, suppressed: { repeat: 2, silence: 1 } },
            { rule: "other", messages: 0, lastMessageAt: undefined, suppressed: { silence: 1 } },
          ]),
        );
      });
    });

    it("says how much it holds", async () => {
      const before = await store.queries.usedBytes();
      await store.commit({ records: Array.from({ length: 500 }, (_, index) => makeRecord(`r${index}`)) });
      expect(await store.queries.usedBytes()).toBeGreaterThan(before);
    });

    it("says how much waits for each sink, and since when", async () => {
      await store.commit({
        deliveries: [makeDelivery("d1", { createdAt: 3000 }), makeDelivery("m", { sink: "mail" })],
        records: [makeRecord("r1", { createdAt: 2000 }), makeRecord("r2", { createdAt: 2500 })],
      });
      await store.leaseRecords(2000);
      expect(await store.queries.depths()).toEqual([
        { sink: "mail", waiting: 1, oldestAt: 1000, dead: 0 },
        { sink: "ops", waiting: 3, oldestAt: 2000, dead: 0 },
      ]);
    });
  });
}
