import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { NO_CHANGES } from "../../src/alert/index.ts";
import { NO_LEASE, type StoreHost, type Topic } from "../../src/store/index.ts";
import { loadEntities } from "./load-entities.ts";
import { makeDelivery, makeRecord } from "./make-delivery.ts";
import type { StoreBed } from "./store-bed.ts";

/** Never aborts. */
const patient = new AbortController().signal;

/** The tests of two owners on one store, for every implementation of `StoreHost`. Its partitions are 0 and 1. */
export function describeHoldings(name: string, open: () => Promise<StoreBed>): void {
  describe(`${name} as a StoreHost for two owners`, () => {
    let a: StoreHost;
    let b: StoreHost;
    let reopen: StoreBed["reopen"];
    beforeEach(async () => {
      ({
        hosts: [a, b],
        reopen,
      } = await open());
    });
    afterEach(() => Promise.all([a.close(), b.close()]));

    const all = { now: 1000, deliveries: 100, records: 100 };
    const deliver = async (...ids: readonly string[]): Promise<void> => {
      const { store, release } = await heldBriefly(a, 0);
      await store.commit({
        ...NO_CHANGES,
        deliveries: ids.map((id) => makeDelivery(id, { groupKey: id })),
        records: ids.map((id) => makeRecord(`r${id}`)),
      });
      await release();
    };

    describe("a holding", () => {
      it("is one owner's at a time; who waits gets it in turn, under a greater epoch", async () => {
        const order: string[] = [];
        const first = await a.hold("sink/ops", patient);
        const second = b.hold("sink/ops", patient).then((holding) => {
          order.push("second");
          return holding;
        });
        const third = a.hold("sink/ops", patient).then((holding) => {
          order.push("third");
          return holding;
        });
        await a.hold("sink/mail", patient);
        expect(order).toEqual([]);
        await first.release();
        const { epoch } = await second;
        expect(order).toEqual(["second"]);
        expect(epoch).toBeGreaterThan(first.epoch);
        await (await second).release();
        expect((await third).epoch).toBeGreaterThan(epoch);
      });

      it("is waited for only until the signal aborts", async () => {
        const held = await a.hold("house", patient);
        const impatience = new AbortController();
        const waiting = b.hold("house", impatience.signal);
        impatience.abort(new Error("no time"));
        await expect(waiting).rejects.toThrow("no time");
        await held.release();
        expect((await a.hold("house", AbortSignal.timeout(1_000_000))).name).toBe("house");
      });

      it("is lost by its release: every call of it throws ERR_FENCED from then on", async () => {
        const engine = await a.hold("engine/0", patient);
        const sink = await a.hold("sink/ops", patient);
        const house = await a.hold("house", patient);
        expect([engine.lost.aborted, sink.validUntil() > 0]).toEqual([false, true]);
        await Promise.all([engine.release(), sink.release(), house.release(), house.release()]);
        expect([engine.lost.aborted, sink.validUntil()]).toEqual([true, 0]);
        const { store } = engine;
        const { outbox } = sink;
        const calls: readonly (() => Promise<unknown>)[] = [
          () => store.positions(),
          () => store.load(() => undefined),
          () => store.seen([]),
          () => store.owners([]),
          () => store.commit(NO_CHANGES),
          () => store.outcomes(1),
          () => store.commands(1),
          () => store.trim(1000),
          () => outbox.exchange([], all),
          () => outbox.exchange([], NO_LEASE),
          () => outbox.exchange([{ id: "d", outcome: "delivered", at: 1000 }], NO_LEASE),
          () => outbox.nextDueAt(),
          () => outbox.overdue({ waitingSince: 0, deadSince: 0, limit: 1 }),
          () => outbox.fallBack([]),
          () => outbox.buryOrphans(1000),
          () => house.house.send([makeDelivery("d")]),
        ];
        const codes = await Promise.all(
          calls.map((call) => call().then(String, ({ code }: { code?: string }) => code)),
        );
        expect(codes).toEqual(calls.map(() => "ERR_FENCED"));
        expect(await a.queries.depths()).toEqual([]);
      });

      it("is released with its host", async () => {
        const { lost } = await a.hold("sink/ops", patient);
        const next = b.hold("sink/ops", patient);
        await a.close();
        expect(lost.aborted).toBe(true);
        expect((await next).name).toBe("sink/ops");
        a = b;
      });

      it("has a greater epoch than that of a process before that wrote something", async () => {
        if (reopen === undefined) return;
        const before = await a.hold("sink/ops", patient);
        await before.outbox.exchange([], all);
        [a, b] = await reopen();
        expect((await b.hold("sink/ops", patient)).epoch).toBeGreaterThan(before.epoch);
      });
    });

    describe("a shared key", () => {
      const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

      it("is the first one of its name, for every owner", async () => {
        const made = await Promise.all([
          a.sharedKeys.keep("session", keyOf(1)),
          b.sharedKeys.keep("session", keyOf(2)),
        ]);
        expect(made).toEqual([keyOf(1), keyOf(1)]);
        expect(await b.sharedKeys.keep("session", keyOf(3))).toEqual(keyOf(1));
        expect(await b.sharedKeys.keep("other", keyOf(4))).toEqual(keyOf(4));
      });

      it("outlives the process", async () => {
        if (reopen === undefined) return;
        await a.sharedKeys.keep("session", keyOf(1));
        [a, b] = await reopen();
        expect(await b.sharedKeys.keep("session", keyOf(2))).toEqual(keyOf(1));
      });
    });

    describe("a write that was under way when the holding was lost", () => {
      it("is undone whole", async () => {
        const { store, release } = await heldBriefly(a, 0);
        const write = store.commit({ ...NO_CHANGES, records: [makeRecord("r1")] });
        await release();
        await expect(write).rejects.toMatchObject({ code: "ERR_FENCED" });
        expect(await b.queries.depths()).toEqual([]);
      });
    });

    describe("leases of a sink", () => {
      it("are void for its next holder, who may send again, and the one before ends nothing any more", async () => {
        await deliver("1");
        const before = await a.hold("sink/ops", patient);
        const leased = await before.outbox.exchange([], all);
        expect([leased.deliveries.length, leased.records.length]).toEqual([1, 1]);
        await before.release();
        const { outbox } = await b.hold("sink/ops", patient);
        expect(await outbox.exchange([], all)).toMatchObject({
          deliveries: [{ id: "1", attempt: 2 }],
          records: [{ id: "r1" }],
        });
        const late = { id: "1", outcome: "delivered", at: 1000 } as const;
        await expect(before.outbox.exchange([late], NO_LEASE)).rejects.toMatchObject({ code: "ERR_FENCED" });
        expect(await a.queries.depths()).toMatchObject([{ waiting: 2 }]);
      });

      it("stay when others take and leave another sink, the engine or the house", async () => {
        await deliver("1");
        const { outbox } = await a.hold("sink/ops", patient);
        await outbox.exchange([], all);
        for (const take of [() => b.hold("sink/mail", patient), () => b.hold("engine/0", patient)]) {
          const other = await take();
          if ("outbox" in other) {
            await other.outbox.exchange([], all);
            await other.outbox.buryOrphans(1000);
          }
          await other.release();
        }
        expect(await outbox.exchange([], all)).toEqual({ deliveries: [], records: [] });
        await outbox.exchange([{ id: "1", outcome: "delivered", at: 1000 }], NO_LEASE);
        expect(await b.queries.deliveries({ which: "ended", limit: 10 })).toMatchObject({
          rows: [{ id: "1", state: "delivered" }],
        });
      });

      it("are of its own rows only", async () => {
        await deliver("1");
        await (await a.hold("sink/ops", patient)).outbox.exchange([], all);
        const mail = await b.hold("sink/mail", patient);
        await mail.outbox.exchange([{ id: "1", outcome: "delivered", at: 1000 }], NO_LEASE);
        await mail.outbox.exchange([{ id: "r1", outcome: "delivered", at: 1000 }], NO_LEASE);
        expect(await a.queries.depths()).toMatchObject([{ sink: "ops", waiting: 2 }]);
      });

      it("outlast the burying of what waits, and nothing but the sink's own rows is buried", async () => {
        await deliver("1");
        const { outbox } = await a.hold("sink/ops", patient);
        await outbox.exchange([], all);
        await (
          await b.hold("engine/0", patient)
        ).store.commit({
          ...NO_CHANGES,
          deliveries: [makeDelivery("2"), makeDelivery("m", { sink: "mail" })],
          records: [makeRecord("r2"), makeRecord("rm", { sink: "mail" })],
        });
        expect(await outbox.buryOrphans(2000)).toBe(2);
        const dead = await b.queries.deadLetters({ limit: 10 });
        expect(dead.map(({ id }) => id).toSorted()).toEqual(["2", "r2"]);
        await outbox.exchange(
          [
            { id: "1", outcome: "delivered", at: 2000 },
            { id: "r1", outcome: "delivered", at: 2000 },
          ],
          NO_LEASE,
        );
        expect(await b.queries.depths()).toMatchObject([
          { sink: "mail", waiting: 2 },
          { sink: "ops", waiting: 0 },
        ]);
      });
    });

    describe("two partitions", () => {
      it("have positions, entities, outcomes and commands of their own", async () => {
        const zero = (await a.hold("engine/0", patient)).store;
        const one = (await b.hold("engine/1", patient)).store;
        await a.commands.put({ id: "c", kind: "reload" });
        for (const [store, id] of [
          [zero, "z"],
          [one, "o"],
        ] as const) {
          const state = { name: "oom", version: id, since: 0 };
          await store.commit({
            ...NO_CHANGES,
            deliveries: [makeDelivery(id, { groupKey: id })],
            entities: {
              put: [{ kind: "rule", key: "oom", version: 1, cluster: "", state, columns: undefined }],
              forget: [],
            },
          });
        }
        await zero.commit({ ...NO_CHANGES, doneCommands: ["c"] });
        const { outbox } = await a.hold("sink/ops", patient);
        await outbox.exchange([], all);
        await outbox.exchange(
          ["z", "o"].map((id) => ({ id, outcome: "delivered", at: 1000 })),
          NO_LEASE,
        );
        expect(await loadEntities(zero)).toMatchObject([{ state: { version: "z" } }]);
        expect(await loadEntities(one)).toMatchObject([{ state: { version: "o" } }]);
        expect(await zero.outcomes(10)).toMatchObject([{ id: "z" }]);
        expect(await one.outcomes(10)).toMatchObject([{ id: "o" }]);
        expect([await zero.commands(10), await one.commands(10)]).toMatchObject([[], [{ id: "c" }]]);
        expect(await b.commands.isPending("c")).toBe(true);
        await zero.commit({
          ...NO_CHANGES,
          entities: { put: [], forget: [{ kind: "rule", key: "oom" }] },
          notedOutcomes: ["z"],
        });
        expect(await loadEntities(one)).toHaveLength(1);
        expect(await one.outcomes(10)).toHaveLength(1);
      });
    });

    describe("the house", () => {
      it("sends what no engine made, and no engine learns of its end", async () => {
        const { house } = await a.hold("house", patient);
        await house.send([makeDelivery("d1")]);
        const { outbox } = await b.hold("sink/ops", patient);
        expect((await outbox.exchange([], all)).deliveries).toMatchObject([{ id: "d1" }]);
        await outbox.exchange([{ id: "d1", outcome: "dead", at: 1000, error: "no" }], NO_LEASE);
        const engine = await b.hold("engine/0", patient);
        expect(await engine.store.outcomes(10)).toEqual([]);
        expect(await a.deadLetters.retry(["d1"], 1000)).toBe(1);
        expect((await outbox.exchange([], all)).deliveries).toMatchObject([{ id: "d1" }]);
        await outbox.exchange([{ id: "d1", outcome: "delivered", at: 1000 }], NO_LEASE);
        expect(await engine.store.outcomes(10)).toEqual([]);
      });
    });

    describe("the bell", () => {
      it("tells the other owner what there is, once it is stored", async () => {
        const rung: string[] = [];
        const topics: readonly Topic[] = [
          "sink/ops",
          "sink/mail",
          "outcomes/0",
          "outcomes/1",
          "commands/0",
          "commands-done",
        ];
        for (const topic of topics) b.bell.on(topic, () => rung.push(topic));
        const heard = (): string[] => rung.splice(0);
        const { store } = await a.hold("engine/0", patient);
        await store.commit({
          ...NO_CHANGES,
          deliveries: [makeDelivery("d1"), makeDelivery("d2", { groupKey: "h" })],
        });
        expect(heard()).toEqual(["sink/ops"]);
        await store.commit(NO_CHANGES);
        await a.commands.put({ id: "c", kind: "reload" });
        expect(heard()).toEqual(["commands/0"]);
        await store.commit({ ...NO_CHANGES, doneCommands: ["c"] });
        expect(heard()).toEqual(["commands-done"]);
        const { outbox } = await a.hold("sink/ops", patient);
        await outbox.exchange([], all);
        await outbox.exchange(
          [
            { id: "d1", outcome: "dead", at: 1000, error: "no" },
            { id: "d2", outcome: "retry", at: 1000, dueAt: 1000, started: true, error: "down" },
          ],
          NO_LEASE,
        );
        expect(heard()).toEqual(["outcomes/0"]);
        await outbox.fallBack([{ id: "d2", copy: makeDelivery("copy", { sink: "mail" }) }]);
        expect(heard()).toEqual(["sink/mail"]);
        await a.deadLetters.retry(["d1"], 1000);
        expect(heard()).toEqual(["sink/ops"]);
      });

      it("is heard until the listening ends", async () => {
        let heard = 0;
        const end = b.bell.on("sink/ops", () => (heard += 1));
        a.bell.ring("sink/ops");
        end();
        a.bell.ring("sink/ops");
        expect(heard).toBe(1);
      });
    });
  });
}

/** A partition with a way to release it. */
async function heldBriefly(host: StoreHost, partition: number) {
  const holding = await host.hold(`engine/${partition}`, patient);
  return { store: holding.store, release: () => holding.release() };
}
