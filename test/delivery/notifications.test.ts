import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { NotifiedAlert } from "../../src/alert/index.ts";
import { DeliveryError, type Failure, type FailureClass } from "../../src/egress/index.ts";
import { TocsinError } from "../../src/lib/errors.ts";
import type { Sent, Sink } from "../../src/sink/index.ts";
import { NO_LEASE, type SinkHolding } from "../../src/store/index.ts";
import { makeDelivery } from "../support/make-delivery.ts";
import { DeliveryBed, type ScriptedSink } from "./delivery-bed.ts";

const never = new Promise<never>(() => undefined);
const failing = (failure: Failure, kind: FailureClass, retryAfterMs?: number) => () =>
  Promise.reject(DeliveryError[kind](failure, `it is ${failure}`, { retryAfterMs }));
const down = failing("server", "transient");

describe("delivery of notifications", () => {
  let bed: DeliveryBed;
  let ops: ScriptedSink;
  beforeEach(async () => {
    bed = await DeliveryBed.open();
    ops = bed.sink();
  });
  afterEach(() => bed.close());

  const delivery = (id: string, over: Parameters<typeof makeDelivery>[1] = {}) =>
    makeDelivery(id, { createdAt: bed.clock.now(), ...over });
  const groups = (count: number, sink = "ops") =>
    Array.from({ length: count }, (_, index) => delivery(`${sink}${index}`, { sink, groupKey: `g${index}` }));

  it("sends at once what was committed, and tells that it ended", async () => {
    bed.start(bed.configure("ops", ops));
    await bed.commit({ deliveries: [delivery("d1")] });
    expect(ops.ids).toEqual(["d1"]);
    await bed.clock.advance(5);
    expect(bed.settled).toBe(1);
    expect(await bed.outcomes()).toEqual(["d1 delivered"]);
  });

  it("sends what waited from before the start", async () => {
    await bed.commit({ deliveries: [delivery("d1")] });
    bed.start(bed.configure("ops", ops));
    await bed.clock.advance(0);
    expect(ops.ids).toEqual(["d1"]);
  });

  it("gives a sink what it remembered of the group, and what was left to do", async () => {
    let accept = (): void => undefined;
    const answers = [
      () =>
        new Promise<Sent>((resolve) => {
          accept = () => resolve({ receiver: { ts: "1" } });
        }),
      () => Promise.reject(DeliveryError.transient("server", "b was refused", { remaining: ["b"] })),
      async () => ({}),
    ];
    ops.onSend = () => (answers.shift() ?? (async () => ({})))();
    bed.start(bed.configure("ops", ops));
    // The memory lives as long as something of the group is open.
    await bed.commit({ deliveries: [delivery("d1")] });
    await bed.commit({ deliveries: [delivery("d2", { kind: "update" })] });
    accept();
    await bed.clock.advance(2000);
    expect(ops.given.map(({ id, attempt }) => [id, attempt.receiver, attempt.remaining])).toEqual([
      ["d1", undefined, undefined],
      ["d2", { ts: "1" }, undefined],
      ["d2", { ts: "1" }, ["b"]],
    ]);
  });

  it.each([
    { what: "a known failure", thrown: DeliveryError.transient("network", "x") },
    { what: "something unknown", thrown: new TypeError("x is undefined") },
  ])("sends the same id again after $what, with growing waits, for ever", async ({ thrown }) => {
    ops.onSend = () => Promise.reject(thrown);
    bed.start(bed.configure("ops", ops));
    const start = bed.clock.now();
    await bed.commit({ deliveries: [delivery("d1")] });
    await bed.clock.advance(3 * 3_600_000);
    const seconds = ops.given.map(({ at }) => Math.round((at - start) / 1000));
    expect(seconds.slice(0, 6)).toEqual([0, 1, 3, 7, 15, 31]);
    expect(new Set(ops.ids)).toEqual(new Set(["d1"]));
    const gaps = seconds.slice(1).map((at, index) => at - (seconds[index] ?? 0));
    expect(Math.max(...gaps)).toBe(300);
    ops.onSend = async () => ({});
    await bed.clock.advance(300_000);
    expect(await bed.outcomes()).toEqual(["d1 delivered"]);
  });

  it("gives up at the end of maxAge, and lists what was not sent", async () => {
    ops.onSend = down;
    bed.start(bed.configure("ops", ops));
    await bed.commit({ deliveries: [delivery("d1", { expiresAt: bed.clock.now() + 10_000 })] });
    await bed.clock.advance(20_000);
    expect(await bed.outcomes()).toEqual(["d1 expired"]);
    expect(await bed.store.queries.deadLetters({ limit: 10 })).toMatchObject([
      { id: "d1", error: "expired: it is server", attempts: 4 },
    ]);
    expect(bed.messages("warn")).toContain("delivery is too old to be sent");
  });

  it("A1: lets Retry-After pause the whole sink", async () => {
    ops.onSend = failing("rate-limited", "transient", 30_000);
    bed.start(bed.configure("ops", ops));
    const start = bed.clock.now();
    await bed.commit({ deliveries: groups(3) });
    expect(ops.ids).toEqual(["ops0"]);
    expect(bed.delivery.status()).toMatchObject([
      { sink: "ops", state: "paused", error: "it is rate-limited" },
    ]);
    ops.onSend = async () => ({});
    await bed.clock.advance(29_999);
    expect(ops.ids).toEqual(["ops0"]);
    await bed.clock.advance(100);
    expect(ops.ids.toSorted()).toEqual(["ops0", "ops0", "ops1", "ops2"]);
    expect(ops.given.slice(1).every(({ at }) => at >= start + 30_000)).toBe(true);
    expect(bed.delivery.status()).toMatchObject([{ state: "ok", error: "", waitMs: 0 }]);
  });

  it("A1: does not let a receiver pause a sink for more than a quarter of an hour", async () => {
    ops.onSend = failing("rate-limited", "transient", 7 * 86_400_000);
    bed.start(bed.configure("ops", ops));
    await bed.commit({ deliveries: [delivery("d1")] });
    await bed.clock.advance(15 * 60_000 - 1);
    expect(ops.given).toHaveLength(1);
    await bed.clock.advance(1);
    expect(ops.given).toHaveLength(2);
  });

  it("buries at once what can never be sent, and goes on with the rest", async () => {
    bed.scrubber.add("hunter2-secret");
    ops.onSend = (notification) =>
      notification.id === "ops0"
        ? Promise.reject(DeliveryError.poison("rejected", "refused: token hunter2-secret"))
        : Promise.resolve({});
    bed.start(bed.configure("ops", ops));
    await bed.commit({ deliveries: groups(2) });
    await bed.clock.advance(5);
    expect(await bed.outcomes()).toEqual(["ops0 dead", "ops1 delivered"]);
    expect(await bed.store.queries.deadLetters({ limit: 10 })).toMatchObject([
      { id: "ops0", error: "refused: token [redacted]", attempts: 1 },
    ]);
    expect(bed.log).toContainEqual({
      level: "warn",
      message: "delivery is a dead letter",
      fields: { sink: "ops", id: "ops0", error: "refused: token [redacted]" },
    });
    expect(JSON.stringify(bed.log)).not.toContain("hunter2");
  });

  it("S5: keeps everything for a broken sink, probes it with one attempt at a time, and says so once", async () => {
    ops.onSend = failing("unauthorized", "broken");
    bed.start(bed.configure("ops", ops, { concurrency: 4 }));
    await bed.commit({ deliveries: groups(10) });
    expect(ops.given).toHaveLength(4);
    expect(bed.delivery.status()).toMatchObject([
      { sink: "ops", state: "broken", error: "it is unauthorized" },
    ]);
    await bed.clock.advance(3_600_000);
    // Once each five minutes at last.
    expect(ops.given.length).toBeGreaterThan(12);
    expect(ops.given.length).toBeLessThan(30);
    expect(ops.mostRunning).toBe(4);
    expect(await bed.outcomes()).toEqual([]);
    expect(bed.messages("error")).toEqual(["sink is broken; its deliveries wait until it is mended"]);
    ops.onSend = async () => ({});
    await bed.clock.advance(300_000);
    expect(await bed.outcomes()).toHaveLength(10);
    expect(bed.messages("info")).toEqual(["sink works again"]);
    expect(bed.delivery.status()).toMatchObject([{ state: "ok" }]);
  });

  it("takes a sink to be down after three failures in a row, and then probes it", async () => {
    ops.onSend = down;
    bed.start(bed.configure("ops", ops));
    await bed.commit({ deliveries: groups(100) });
    expect(ops.given).toHaveLength(3);
    expect(bed.delivery.status()).toMatchObject([{ state: "failing" }]);
    expect(bed.messages("warn")).toEqual(["sink fails; its deliveries wait"]);
    await bed.clock.advance(60_000);
    expect(ops.given.length).toBeLessThan(15);
  });

  it("keeps the order of each group, and sends several groups at once", async () => {
    let finish = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    ops.onSend = () => gate.then(() => ({}));
    bed.start(bed.configure("ops", ops, { concurrency: 3 }));
    await bed.commit({ deliveries: groups(5) });
    await bed.commit({ deliveries: [delivery("next0", { groupKey: "g0", kind: "update" })] });
    expect(ops.running).toBe(3);
    expect(ops.ids).toEqual(["ops0", "ops1", "ops2"]);
    finish();
    await bed.clock.advance(20);
    expect(ops.mostRunning).toBe(3);
    expect(ops.ids.indexOf("next0")).toBeGreaterThan(ops.ids.indexOf("ops0"));
    expect(await bed.outcomes()).toHaveLength(6);
  });

  it("ends a hung attempt at its deadline, and delays no other sink", async () => {
    const mail = bed.sink();
    ops.onSend = () => never;
    bed.start(bed.configure("ops", ops), bed.configure("mail", mail));
    await bed.commit({ deliveries: [...groups(2), ...groups(20, "mail")] });
    // Nothing of it needs time, but each message needs some turns of the event loop.
    for (let turn = 0; turn < 20; turn++) await bed.clock.advance(0);
    expect(mail.ids).toHaveLength(20);
    await bed.clock.advance(9_999);
    expect(ops.ids).toEqual(["ops0"]);
    const [first] = ops.given;
    expect(first?.attempt.signal.aborted).toBe(false);
    await bed.clock.advance(300);
    expect(first?.attempt.signal.aborted).toBe(true);
    expect(ops.ids).toEqual(["ops0", "ops1"]);
    expect(bed.delivery.status()).toMatchObject([{ error: "no answer within 10000 ms", running: 1 }, {}]);
  });

  it("believes a sink that reports its end when the deadline comes", async () => {
    ops.onSend = (_, { signal }) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve({})));
    bed.start(bed.configure("ops", ops));
    await bed.commit({ deliveries: [delivery("d1")] });
    await bed.clock.advance(10_010);
    expect(await bed.outcomes()).toEqual(["d1 delivered"]);
  });

  it("keeps the pace of the sink", async () => {
    bed.start(bed.configure("ops", ops, { rateLimit: { count: 2, perMs: 1000 }, concurrency: 16 }));
    const start = bed.clock.now();
    await bed.commit({ deliveries: groups(5) });
    await bed.clock.advance(5000);
    expect(ops.given.map(({ at }) => at - start)).toEqual([0, 0, 500, 1000, 1500]);
  });

  it("A4: ends with the newest state of each group after a long outage", async () => {
    ops.onSend = down;
    bed.start(bed.configure("ops", ops, { concurrency: 4 }));
    for (let round = 0; round < 5; round++) {
      const deliveries = Array.from({ length: 200 }, (_, group) =>
        delivery(`${group}-${round}`, { groupKey: `g${group}`, kind: round === 0 ? "firing" : "update" }),
      );
      await bed.commit({ deliveries });
      await bed.clock.advance(60_000);
    }
    const refused = ops.given.length;
    ops.onSend = async () => ({});
    await bed.clock.advance(600_000);
    const accepted = ops.ids.slice(refused);
    expect(accepted).toHaveLength(200);
    expect(accepted.every((id) => id.endsWith("-4"))).toBe(true);
    const outcomes = await bed.outcomes();
    expect(outcomes).toHaveLength(1000);
    expect(outcomes.filter((outcome) => outcome.endsWith(" superseded"))).toHaveLength(800);
  });

  it("applies the sink's own texts, and the built-in one where they fail", async () => {
    const template = (render: () => string) => ({ render }) as never;
    bed.start(bed.configure("ops", ops, { title: template(() => "own title") }));
    await bed.commit({ deliveries: [delivery("d1")] });
    const broken = template(() => {
      throw new Error("no such key");
    });
    bed.delivery.setSinks([bed.configure("ops", ops, { title: broken })], bed.host);
    await bed.commit({ deliveries: [delivery("d2", { groupKey: "h" })] });
    expect(ops.given.map(({ title }) => title)).toEqual(["own title", "firing d2"]);
    expect(ops.closed).toBe(0);
    expect(bed.messages("warn")).toEqual(["a text of a sink fails; the built-in one is used"]);
  });

  it("makes dead letters of alerts for a sink that takes none", async () => {
    bed.start(bed.configure("ops", { close: async () => undefined }));
    await bed.commit({ deliveries: [delivery("d1")] });
    await bed.clock.advance(5);
    expect(await bed.store.queries.deadLetters({ limit: 1 })).toMatchObject([
      { error: "this type of sink takes no alerts" },
    ]);
  });

  it("A2: counts attempts by how they ended, and shows what waits", async () => {
    ops.onSend = failing("too-large", "poison");
    bed.start(bed.configure("ops", ops));
    await bed.commit({
      deliveries: [...groups(2), delivery("later", { groupKey: "l", createdAt: bed.clock.now() + 60_000 })],
    });
    await bed.clock.advance(90_000);
    await bed.commit({ deliveries: [delivery("mail", { sink: "mail" })] });
    await bed.clock.advance(30_000);
    const text = await bed.metrics.text();
    expect(text).toContain('tocsin_delivery_attempts_total{sink="ops",outcome="too-large"} 3');
    expect(text).toContain('tocsin_dead_letters{sink="ops"} 3');
    expect(text).toContain('tocsin_deliveries{sink="mail",state="waiting"} 1');
    expect(text).toContain('tocsin_delivery_oldest_age_seconds{sink="mail"} 30');
  });

  it("measures how long after the last occurrence news was taken, and not for repeats, ends and digests", async () => {
    bed.start(bed.configure("ops", ops));
    const lastSeen = new Date(bed.clock.now() - 20_000).toISOString();
    const earlier = new Date(bed.clock.now() - 90_000).toISOString();
    const told = (id: string, kind: "firing" | "update" | "repeat" | "resolved" | "digest") => {
      const row = delivery(id, { groupKey: id, kind });
      // Nothing else of an alert is read for this.
      const alerts = [earlier, lastSeen].map((at) => ({ event: { lastSeen: at } })) as NotifiedAlert[];
      return { ...row, notification: { ...row.notification, alerts } };
    };
    await bed.commit({ deliveries: [told("a", "firing"), told("b", "update")] });
    await bed.commit({ deliveries: [told("c", "repeat"), told("d", "resolved"), told("e", "digest")] });
    await bed.clock.advance(5000);
    expect(ops.ids.toSorted()).toEqual(["a", "b", "c", "d", "e"]);
    const text = await bed.metrics.text();
    expect(text).toContain('tocsin_event_to_notification_seconds_count{sink="ops"} 2');
    expect(text).toMatch(/tocsin_event_to_notification_seconds_bucket\{(?=[^}]*le="15")[^}]*\} 0$/mu);
    expect(text).toMatch(/tocsin_event_to_notification_seconds_bucket\{(?=[^}]*le="30")[^}]*\} 2$/mu);
  });

  describe("when the store fails", () => {
    it("sends nothing twice while ends cannot be stored, and stores them later", async () => {
      bed.start(bed.configure("ops", ops));
      const { onExchange } = bed;
      bed.onExchange = async (results, query) => {
        if (results.length > 0) throw new Error("disk full");
        return onExchange(results, query);
      };
      await bed.commit({ deliveries: [delivery("d1")] });
      await bed.clock.advance(5000);
      expect(ops.ids).toEqual(["d1"]);
      bed.onExchange = onExchange;
      await bed.clock.advance(1000);
      expect(await bed.outcomes()).toEqual(["d1 delivered"]);
      expect(bed.messages("error")).toEqual(["ends of deliveries cannot be stored; trying again"]);
    });

    it("asks again for work until it gets some, and says so once", async () => {
      const { onExchange } = bed;
      bed.onExchange = async (results, query) => {
        if (query.deliveries > 0) throw new Error("disk gone");
        return onExchange(results, query);
      };
      bed.start(bed.configure("ops", ops));
      await bed.commit({ deliveries: [delivery("d1")] });
      await bed.clock.advance(5000);
      bed.onExchange = onExchange;
      await bed.clock.advance(1000);
      expect(ops.ids).toEqual(["d1"]);
      expect(bed.messages("error")).toEqual(["the store gives no deliveries; trying again"]);
    });
  });

  it("stores an end that is on its way to the store when the queue is closed", async () => {
    const { onExchange } = bed;
    const sent = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    ops.onSend = async () => {
      await sent.promise;
      return {};
    };
    ops.close = () => closed.promise;
    bed.onExchange = async (results, query) => {
      if (results.length > 0) await stored.promise;
      return onExchange(results, query);
    };
    bed.start(bed.configure("ops", ops));
    await bed.commit({ deliveries: [delivery("d1")] });
    const stopped = bed.delivery.stop(8000);
    sent.resolve();
    // Ends are gathered for 5 ms.
    await bed.clock.advance(10);
    closed.resolve();
    await bed.clock.advance(0);
    stored.resolve();
    await stopped;
    expect(await bed.outcomes()).toEqual(["d1 delivered"]);
    expect(bed.messages("warn")).toEqual([]);
  });

  describe("when another process takes the sink over", () => {
    /** The other process waits for the sink, and gets it when the store refuses the end of `ops1`. */
    async function takenOver(): Promise<SinkHolding> {
      const { onExchange } = bed;
      ops.onSend = ({ id }) => (id === "ops0" ? never : Promise.resolve({}));
      bed.start(bed.configure("ops", ops, { concurrency: 2 }), bed.configure("mail", mail));
      await bed.clock.advance(0);
      const taken = bed.rival.hold("sink/ops", new AbortController().signal);
      bed.onExchange = async (results, query) => {
        if (!results.some(({ id }) => id === "ops1")) return onExchange(results, query);
        bed.onExchange = onExchange;
        throw new TocsinError("ERR_FENCED", "not held");
      };
      await bed.commit({ deliveries: [...groups(3), ...groups(1, "mail")] });
      await bed.clock.advance(1000);
      return taken;
    }
    let mail: ScriptedSink;
    beforeEach(() => {
      mail = bed.sink();
    });

    it("ends what runs, repeats nothing and sends nothing more, while other sinks go on", async () => {
      await takenOver();
      expect(bed.messages("warn")).toEqual(["another process holds a sink now; waiting for it"]);
      expect(ops.given[0]?.attempt.signal.aborted).toBe(true);
      expect([ops.ids, ops.closed, mail.closed]).toEqual([["ops0", "ops1"], 1, 0]);
      await bed.commit({ deliveries: [...groups(5), delivery("later", { sink: "mail" })] });
      await bed.clock.advance(3_600_000);
      expect(ops.ids).toEqual(["ops0", "ops1"]);
      expect(mail.ids).toEqual(["mail0", "later"]);
      expect(await bed.outcomes()).toEqual(["mail0 delivered", "later delivered"]);
    });

    it("sends what that one has left, once it holds the sink again", async () => {
      const holding = await takenOver();
      const { outbox } = holding;
      const all = { now: bed.clock.now(), deliveries: 100, records: 0 };
      const { deliveries } = await outbox.exchange([], all);
      expect(deliveries.map(({ id }) => id)).toEqual(["ops0", "ops1", "ops2"]);
      const at = bed.clock.now();
      await outbox.exchange(
        ["ops0", "ops1"].map((id) => ({ id, outcome: "delivered", at })),
        NO_LEASE,
      );
      ops.onSend = async () => ({});
      await holding.release();
      await bed.clock.advance(1000);
      await bed.commit({ deliveries: [delivery("next")] });
      await bed.clock.advance(10);
      expect(ops.ids).toEqual(["ops0", "ops1", "ops2", "next"]);
      expect((await bed.outcomes()).toSorted()).toEqual([
        "mail0 delivered",
        "next delivered",
        "ops0 delivered",
        "ops1 delivered",
        "ops2 delivered",
      ]);
    });

    it("also when nothing is written meanwhile: the holding itself says that it is lost", async () => {
      bed.start(bed.configure("ops", ops));
      await bed.clock.advance(0);
      const taken = bed.rival.hold("sink/ops", new AbortController().signal);
      await bed.loseSink("ops");
      await bed.commit({ deliveries: [delivery("d1")] });
      await bed.clock.advance(60_000);
      expect(ops.ids).toEqual([]);
      await (await taken).release();
      await bed.clock.advance(1000);
      expect(ops.ids).toEqual(["d1"]);
    });

    it("waits with the settings of a reload, and not at all for a sink that is gone", async () => {
      const holding = await takenOver();
      const other = bed.sink();
      bed.delivery.setSinks([bed.configure("ops", other, {}, "2")], bed.host);
      await bed.clock.advance(0);
      await holding.release();
      await bed.clock.advance(1000);
      expect([ops.ids, other.ids]).toEqual([
        ["ops0", "ops1"],
        ["ops0", "ops1", "ops2"],
      ]);
      bed.delivery.setSinks([], bed.host);
      await bed.clock.advance(60_000);
      expect([ops.closed, other.closed, mail.closed]).toEqual([1, 1, 1]);
    });

    it("tries again while the sink cannot be set up anew", async () => {
      let isBroken = false;
      const configured = bed.configure("ops", ops);
      const create = (): Sink => {
        if (isBroken) throw new Error("its secret is gone");
        return ops;
      };
      bed.start({ ...configured, type: { ...configured.type, create } });
      await bed.clock.advance(0);
      isBroken = true;
      await bed.loseSink("ops");
      await bed.commit({ deliveries: [delivery("d1")] });
      await bed.clock.advance(60_000);
      expect(ops.ids).toEqual([]);
      expect(bed.messages("error")).toContain("a sink cannot be set up again; trying again");
      isBroken = false;
      await bed.clock.advance(1000);
      expect(ops.ids).toEqual(["d1"]);
    });
  });

  describe("when it stops", () => {
    it("lets running attempts end, starts nothing new, and closes the sinks", async () => {
      let finish = (): void => undefined;
      ops.onSend = () =>
        new Promise((resolve) => {
          finish = () => resolve({});
        });
      bed.start(bed.configure("ops", ops));
      await bed.commit({ deliveries: groups(2) });
      const stopped = bed.delivery.stop(10_000);
      await bed.clock.advance(1000);
      expect(ops.closed).toBe(0);
      finish();
      await stopped;
      expect(ops.ids).toEqual(["ops0"]);
      expect(ops.closed).toBe(1);
      expect(await bed.outcomes()).toEqual(["ops0 delivered"]);
      expect(bed.clock.pending).toBe(0);
    });

    it("A5: ends attempts at the deadline, and keeps them for the next start", async () => {
      ops.onSend = () => never;
      bed.start(bed.configure("ops", ops));
      await bed.commit({ deliveries: [delivery("d1")] });
      const stopped = bed.delivery.stop(3000);
      await bed.clock.advance(2999);
      expect(ops.given[0]?.attempt.signal.aborted).toBe(false);
      await bed.clock.advance(301);
      await stopped;
      expect(ops.given[0]?.attempt.signal.aborted).toBe(true);
      expect(bed.messages("warn")).toEqual(["attempts did not end in time; they are made again"]);
      const dueAt = await (await bed.store.outbox()).nextDueAt();
      expect(dueAt).toBeLessThanOrEqual(bed.clock.now() + 1000);
      expect(await bed.outcomes()).toEqual([]);
    });
  });

  describe("when the configuration is reloaded", () => {
    it("replaces a changed sink once its attempt ended, keeping the order of the group", async () => {
      let finish = (): void => undefined;
      ops.onSend = () =>
        new Promise((resolve) => {
          finish = () => resolve({});
        });
      const next = bed.sink();
      bed.start(bed.configure("ops", ops));
      await bed.commit({ deliveries: [delivery("d1")] });
      bed.delivery.setSinks([bed.configure("ops", next, {}, "2")], bed.host);
      await bed.commit({
        deliveries: [delivery("d2", { kind: "update" }), delivery("e1", { groupKey: "h" })],
      });
      expect(next.ids).toEqual(["e1"]);
      finish();
      await bed.clock.advance(20);
      expect(next.ids).toEqual(["e1", "d2"]);
      expect(ops.ids).toEqual(["d1"]);
      expect(ops.closed).toBe(1);
    });

    it("makes dead letters of what a removed sink could not send", async () => {
      ops.onSend = () => never;
      bed.start(bed.configure("ops", ops));
      await bed.commit({ deliveries: groups(2) });
      bed.delivery.setSinks([], bed.host);
      await bed.clock.advance(31_000);
      expect((await bed.outcomes()).toSorted()).toEqual(["ops0 dead", "ops1 dead"]);
      expect(ops.closed).toBe(1);
    });

    it("goes on as before when one of the new sinks cannot be set up", async () => {
      bed.start(bed.configure("ops", ops));
      const broken = bed.configure("mail", ops, {}, "2");
      const create = (): never => {
        throw new Error("no such host");
      };
      const other = bed.sink();
      expect(() =>
        bed.delivery.setSinks(
          [bed.configure("other", other), { ...broken, type: { ...broken.type, create } }],
          bed.host,
        ),
      ).toThrow("no such host");
      await bed.commit({ deliveries: [delivery("d1")] });
      expect(ops.ids).toEqual(["d1"]);
      expect(other.closed).toBe(1);
    });
  });
});

describe("delivery after kill -9", () => {
  it("sends again, with the same id, what was sent but not yet settled", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tocsin-delivery-"));
    const path = join(folder, "tocsin.db");
    const first = await DeliveryBed.open(path);
    const sink = first.sink();
    first.start(first.configure("ops", sink));
    // Gone before the result was written.
    const { onExchange } = first;
    first.onExchange = (results, query) =>
      results.length > 0 ? new Promise(() => undefined) : onExchange(results, query);
    await first.commit({ deliveries: [makeDelivery("d1", { createdAt: first.clock.now() })] });
    expect(sink.ids).toEqual(["d1"]);
    await first.die();

    const second = await DeliveryBed.open(path);
    const again = second.sink();
    second.start(second.configure("ops", again));
    await second.clock.advance(5);
    expect(again.ids).toEqual(["d1"]);
    expect(await second.outcomes()).toEqual(["d1 delivered"]);
    await second.close();
    rmSync(folder, { recursive: true });
  });
});
