import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { DeliveryError } from "../../src/egress/index.ts";
import { makeRecord } from "../support/make-delivery.ts";
import { DeliveryBed, type ScriptedSink } from "./delivery-bed.ts";

const transient = DeliveryError.transient("server", "it is down");
const poison = DeliveryError.poison("rejected", "bad record");

describe("delivery of records", () => {
  let bed: DeliveryBed;
  let ops: ScriptedSink;
  beforeEach(async () => {
    bed = await DeliveryBed.open();
    ops = bed.sink();
  });
  afterEach(() => bed.close());

  const records = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) =>
      makeRecord(`r${from + index}`, { createdAt: bed.clock.now() }),
    );
  const waiting = async (): Promise<number> => (await bed.store.queries.depths())[0]?.waiting ?? 0;

  it("writes one at a time when the batch is one, without waiting for more", async () => {
    bed.start(bed.configure("ops", ops, { batch: { size: 1, waitMs: 1000 } }));
    await bed.commit({ records: records(0, 3) });
    expect(ops.batches).toEqual(["r0", "r1", "r2"]);
    await bed.clock.advance(5);
    expect(await waiting()).toBe(0);
    expect(bed.settled).toBe(0);
  });

  it("writes full batches at once, and the rest when it has waited long enough", async () => {
    bed.start(bed.configure("ops", ops, { batch: { size: 3, waitMs: 1000 } }));
    await bed.commit({ records: records(0, 7) });
    expect(ops.batches).toEqual(["r0 r1 r2", "r3 r4 r5"]);
    await bed.clock.advance(900);
    await bed.commit({ records: records(7, 8) });
    expect(ops.batches).toHaveLength(2);
    await bed.clock.advance(100);
    expect(ops.batches[2]).toBe("r6 r7");
  });

  it("does not wait once the batch is full", async () => {
    bed.start(bed.configure("ops", ops, { batch: { size: 2, waitMs: 1000 } }));
    await bed.commit({ records: records(0, 1) });
    await bed.commit({ records: records(1, 2) });
    expect(ops.batches).toEqual(["r0 r1"]);
  });

  it("makes as many writes at once as the sink may, and no more", async () => {
    ops.onWrite = async (batch) => {
      await bed.clock.sleep(100);
      return batch.map(() => ({ ok: true }));
    };
    bed.start(bed.configure("ops", ops, { concurrency: 4 }));
    await bed.commit({ records: records(0, 200) });
    await bed.clock.advance(6000);
    expect(ops.mostRunning).toBe(4);
    expect(ops.written.flatMap(({ ids }) => ids)).toEqual(records(0, 200).map(({ id }) => id));
    expect(await waiting()).toBe(0);
  });

  it("settles each record of a write by its own answer", async () => {
    ops.onWrite = async (batch) =>
      batch.map(({ id }) => {
        if (id === "r1") return { ok: false, error: poison };
        return id === "r2" && ops.written.length === 1 ? { ok: false, error: transient } : { ok: true };
      });
    bed.start(bed.configure("ops", ops, { batch: { size: 4, waitMs: 0 } }));
    await bed.commit({ records: records(0, 4) });
    await bed.clock.advance(2000);
    expect(ops.batches).toEqual(["r0 r1 r2 r3", "r2"]);
    expect(await bed.store.queries.deadLetters({ limit: 10 })).toMatchObject([
      { id: "r1", error: "bad record" },
    ]);
    expect(await waiting()).toBe(0);
  });

  it("counts a failure that several records of a write share once", async () => {
    ops.onWrite = async (batch) => batch.map(() => ({ ok: false, error: transient }));
    bed.start(bed.configure("ops", ops, { batch: { size: 4, waitMs: 0 } }));
    await bed.commit({ records: records(0, 4) });
    await bed.clock.advance(0);
    expect(bed.delivery.status()).toMatchObject([{ state: "ok" }]);
    expect(await bed.metrics.text()).toContain(
      'tocsin_delivery_attempts_total{sink="ops",outcome="server"} 1',
    );
  });

  it("sends again a record of which the sink said nothing", async () => {
    ops.onWrite = async (batch) => batch.slice(0, 1).map(() => ({ ok: true }));
    bed.start(bed.configure("ops", ops, { batch: { size: 2, waitMs: 0 } }));
    await bed.commit({ records: records(0, 2) });
    await bed.clock.advance(2000);
    expect(ops.batches).toEqual(["r0 r1", "r1"]);
  });

  it("finds the one bad record for which a batch is refused", async () => {
    ops.onWrite = async (batch) => {
      if (batch.some(({ id }) => id === "r5")) throw poison;
      return batch.map(() => ({ ok: true }));
    };
    bed.start(bed.configure("ops", ops, { batch: { size: 8, waitMs: 0 } }));
    await bed.commit({ records: records(0, 8) });
    await bed.clock.advance(5);
    expect(await bed.store.queries.deadLetters({ limit: 10 })).toMatchObject([
      { id: "r5", error: "bad record" },
    ]);
    expect(await waiting()).toBe(0);
    expect(ops.written).toHaveLength(7);
  });

  it("keeps the order when a whole write fails", async () => {
    const answers = [() => Promise.reject(transient), () => Promise.reject(transient)];
    ops.onWrite = (batch) => answers.shift()?.() ?? Promise.resolve(batch.map(() => ({ ok: true }) as const));
    bed.start(bed.configure("ops", ops, { batch: { size: 2, waitMs: 0 } }));
    await bed.commit({ records: records(0, 4) });
    await bed.clock.advance(10_000);
    expect(ops.batches).toEqual(["r0 r1", "r0 r1", "r0 r1", "r2 r3"]);
  });

  it("makes dead letters of records that are too old", async () => {
    ops.onWrite = () => Promise.reject(transient);
    bed.start(bed.configure("ops", ops));
    await bed.commit({
      records: [makeRecord("r0", { createdAt: bed.clock.now(), expiresAt: bed.clock.now() + 2000 })],
    });
    await bed.clock.advance(5000);
    expect(await bed.store.queries.deadLetters({ limit: 10 })).toMatchObject([
      { id: "r0", error: "expired: it is down", attempts: 2 },
    ]);
  });

  it("makes dead letters of records for a sink that takes none", async () => {
    bed.start(bed.configure("ops", { close: async () => undefined }));
    await bed.commit({ records: records(0, 1) });
    await bed.clock.advance(5);
    expect(await bed.store.queries.deadLetters({ limit: 1 })).toMatchObject([
      { error: "this type of sink takes no records" },
    ]);
  });

  it("gives back at the end what it had not begun", async () => {
    ops.onWrite = () => new Promise(() => undefined);
    bed.start(bed.configure("ops", ops));
    await bed.commit({ records: records(0, 5) });
    const stopped = bed.delivery.stop(1000);
    await bed.clock.advance(2000);
    await stopped;
    expect(ops.batches).toEqual(["r0"]);
    const rest = await bed.store.leaseRecords(bed.clock.now() + 5000);
    expect(rest.map(({ id, attempt }) => `${id} ${attempt}`)).toEqual([
      "r0 2",
      "r1 1",
      "r2 1",
      "r3 1",
      "r4 1",
    ]);
  });
});
