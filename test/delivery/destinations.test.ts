import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { NewDelivery } from "../../src/alert/index.ts";
import { SinkDestinations, MOST_DESTINATIONS, SHARED } from "../../src/delivery/sink-destinations.ts";
import { DeliveryError, type Failure, type FailureClass } from "../../src/egress/index.ts";
import { toEntityChanges } from "../support/entity-changes.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { makeDelivery, makeNotification } from "../support/make-delivery.ts";
import { DeliveryBed, type ScriptedSink } from "./delivery-bed.ts";

const MINUTE = 60_000;

describe("a sink with several destinations", () => {
  let bed: DeliveryBed;
  let ops: ScriptedSink;
  beforeEach(async () => {
    bed = await DeliveryBed.open();
    ops = bed.sink();
  });
  afterEach(() => bed.close());

  /** A message of a group of its own for a destination. */
  const to = (destination: string, id: string): NewDelivery => ({
    ...makeDelivery(id, { groupKey: id, createdAt: bed.clock.now() }),
    notification: makeNotification({ id, title: `${destination}: ${id}` }),
  });
  const many = (destination: string, count: number): NewDelivery[] =>
    Array.from({ length: count }, (_, index) => to(destination, `${destination.slice(1)}${index}`));
  const refusing =
    (destination: string, failure: Failure, kind: FailureClass) =>
    async ({ title }: { readonly title: string }): Promise<object> => {
      if (title.startsWith(destination)) throw DeliveryError[kind](failure, `${destination} is ${failure}`);
      return {};
    };
  const givenTo = (destination: string): string[] =>
    ops.given.filter(({ title }) => title.startsWith(destination)).map(({ id }) => id);
  const start = (over: Parameters<DeliveryBed["configureWithDestinations"]>[2] = {}): void =>
    bed.start(bed.configureWithDestinations("ops", ops, over));

  it.each<[Failure, FailureClass]>([
    ["gone", "broken"],
    ["rejected", "poison"],
  ])("goes on with the others when one is %s, and tries it again until it works", async (failure, kind) => {
    ops.onSend = refusing("#old", failure, kind);
    start();
    await bed.commit({ deliveries: [...many("#old", 40), ...many("#new", 40)] });
    await bed.clock.advance(1000);
    // Three in a row with the same refusal are the destination's fault, not the messages'.
    const dead = kind === "poison" ? 2 : 0;
    expect(givenTo("#new")).toHaveLength(40);
    expect(givenTo("#old").length).toBeLessThan(8);
    await bed.clock.advance(30 * MINUTE);
    expect(bed.delivery.status()).toMatchObject([
      { sink: "ops", state: "ok", error: "", destinations: [{ destination: "#old", state: "broken" }] },
    ]);
    expect(bed.log).toContainEqual({
      level: "error",
      message: "destination is broken; its deliveries wait until it is mended",
      fields: { sink: "ops", destination: "#old", error: `#old is ${failure}` },
    });
    ops.onSend = async () => ({});
    await bed.clock.advance(5 * MINUTE);
    expect(new Set(givenTo("#old")).size).toBe(40);
    expect((await bed.outcomes()).filter((row) => row.endsWith(" delivered"))).toHaveLength(80 - dead);
    expect(bed.delivery.status()).toMatchObject([{ state: "ok", destinations: [] }]);
    expect(bed.messages("info")).toEqual(["destination works again"]);
  });

  it("stops as a whole when its credentials are refused", async () => {
    ops.onSend = () => Promise.reject(DeliveryError.broken("unauthorized", "no such token"));
    start();
    await bed.commit({ deliveries: [...many("#a", 20), ...many("#b", 20)] });
    const tried = ops.given.length;
    expect(tried).toBeLessThanOrEqual(4);
    await bed.clock.advance(MINUTE);
    expect(ops.given.length).toBeLessThan(tried + 12);
    expect(bed.delivery.status()).toMatchObject([
      { state: "broken", error: "no such token", destinations: [] },
    ]);
    expect(bed.messages("error")).toEqual(["sink is broken; its deliveries wait until it is mended"]);
  });

  it("is let in again by an answer about one destination", async () => {
    const answers = [DeliveryError.broken("unauthorized", "no"), DeliveryError.broken("gone", "archived")];
    ops.onSend = async () => {
      const error = answers.shift();
      if (error !== undefined) throw error;
      return {};
    };
    start();
    await bed.commit({ deliveries: [to("#a", "a1")] });
    await bed.clock.advance(1500);
    expect(bed.messages("info")).toEqual(["sink works again"]);
    expect(bed.messages("error")).toEqual([
      "sink is broken; its deliveries wait until it is mended",
      "destination is broken; its deliveries wait until it is mended",
    ]);
    await bed.commit({ deliveries: [to("#b", "b1")] });
    expect(ops.ids).toEqual(["a1", "a1", "b1"]);
    await bed.clock.advance(MINUTE);
    expect((await bed.outcomes()).toSorted()).toEqual(["a1 delivered", "b1 delivered"]);
  });

  it("keeps the pace of each, so that a full one does not slow another", async () => {
    start({ rateLimit: { count: 1, perMs: 1000 } });
    const began = bed.clock.now();
    await bed.commit({ deliveries: many("#busy", 30) });
    await bed.clock.advance(5000);
    await bed.commit({ deliveries: [to("#quiet", "quiet")] });
    expect(givenTo("#quiet")).toEqual(["quiet"]);
    await bed.clock.advance(MINUTE);
    const seconds = ops.given
      .filter(({ title }) => title.startsWith("#busy"))
      .map(({ at }) => Math.floor((at - began) / 1000));
    expect(seconds).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });

  it("lets Retry-After pause one destination where the sink says so, else all", async () => {
    const wait = (scope: "destination" | "sink") => async (): Promise<object> => {
      throw DeliveryError.transient("rate-limited", "slowly", { retryAfterMs: MINUTE, scope });
    };
    ops.onSend = wait("destination");
    start();
    await bed.commit({ deliveries: [to("#a", "a1")] });
    ops.onSend = async () => ({});
    await bed.commit({ deliveries: [to("#b", "b1")] });
    expect(ops.ids).toEqual(["a1", "b1"]);
    ops.onSend = wait("sink");
    await bed.commit({ deliveries: [to("#c", "c1")] });
    ops.onSend = async () => ({});
    await bed.commit({ deliveries: [to("#d", "d1")] });
    expect(ops.ids).toEqual(["a1", "b1", "c1"]);
    await bed.clock.advance(MINUTE + 1000);
    expect((await bed.outcomes()).toSorted()).toEqual([
      "a1 delivered",
      "b1 delivered",
      "c1 delivered",
      "d1 delivered",
    ]);
  });

  it("has an attempt at once for each, as many together as it may", async () => {
    let finish = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    ops.onSend = () => gate.then(() => ({}));
    start({ totalConcurrency: 3 });
    await bed.commit({ deliveries: ["#a", "#b", "#c", "#d"].flatMap((name) => many(name, 3)) });
    await bed.clock.advance(100);
    expect(new Set(ops.given.map(({ title }) => title.split(":", 1)[0]))).toEqual(
      new Set(["#a", "#b", "#c"]),
    );
    expect(ops.given).toHaveLength(3);
    finish();
    await bed.clock.advance(1000);
    expect(ops.ids).toHaveLength(12);
    expect(ops.mostRunning).toBe(3);
  });

  it("gives the rest of messages a pace of its own, which all destinations share", async () => {
    ops.onSend = async (_, { remaining }) =>
      remaining === undefined ? { remaining: "edit", receiver: { thread: "t" }, isTold: true } : {};
    start({ rateLimit: { count: 1, perMs: 1000 }, lanes: { edits: { count: 1, perMs: 4000 } } });
    await bed.commit({ deliveries: [...many("#a", 3), ...many("#b", 3)] });
    await bed.clock.advance(3000);
    const posts = ops.given.filter(({ attempt }) => attempt.remaining === undefined);
    expect(posts.filter(({ title }) => title.startsWith("#a")).map(({ at }) => at - 1_000_000)).toEqual([
      0, 1000, 2000,
    ]);
    expect(posts).toHaveLength(6);
    await bed.clock.advance(21_000);
    const edits = ops.given.filter(({ attempt }) => attempt.remaining === "edit");
    expect(edits.map(({ at }) => (at - 1_000_000) % 4000)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(new Set(edits.map(({ at }) => at)).size).toBe(6);
    expect((await bed.outcomes()).filter((row) => row.endsWith(" delivered"))).toHaveLength(6);
  });

  it("counts the groups of a thread only once the store has all results so far", async () => {
    const put = ["a0", "b0"].map((key) => ({
      key,
      route: "default",
      labels: {},
      told: [],
      flushAt: 1,
      moved: false,
    }));
    await bed.commit({ entities: toEntityChanges({ group: { put, forget: [] } }) });
    let groups: number | undefined;
    ops.onSend = async ({ title }, { groupsIn }) => {
      if (title.startsWith("#a")) return { receiver: { thread: "t" } };
      // The other attempt has ended, but its result still waits for company.
      await bed.clock.sleep(1);
      groups = await groupsIn?.("t");
      return {};
    };
    start();
    await bed.commit({ deliveries: [...many("#a", 1), ...many("#b", 1)] });
    await bed.clock.advance(1);
    await bed.clock.advance(0);
    expect(groups).toBe(1);
  });

  it("gives what waits for a closed destination no attempt, and lets newer news replace it", async () => {
    ops.onSend = refusing("#old", "gone", "broken");
    start();
    await bed.commit({ deliveries: [to("#old", "first")] });
    await bed.commit({ deliveries: [to("#old", "second")] });
    await bed.clock.advance(100);
    const newer = makeDelivery("third", { groupKey: "second", kind: "update", createdAt: bed.clock.now() });
    await bed.commit({ deliveries: [{ ...newer, notification: to("#old", "third").notification }] });
    ops.onSend = async () => ({});
    await bed.clock.advance(5 * MINUTE);
    expect(ops.ids).toEqual(["first", "first", "third"]);
    expect(await bed.outcomes()).toContain("second superseded");
    expect(ops.given.map(({ attempt }) => attempt.remaining)).toEqual([undefined, undefined, undefined]);
  });

  it("says that it does not work only when no destination does", async () => {
    ops.onSend = () => Promise.reject(DeliveryError.broken("gone", "archived"));
    start();
    await bed.commit({ deliveries: [to("#a", "a1"), to("#b", "b1")] });
    expect(bed.delivery.status()).toMatchObject([{ state: "broken", error: "archived" }]);
  });

  it("removes secrets from the names of destinations that it shows", async () => {
    bed.scrubber.add("hunter2-secret");
    ops.onSend = () => Promise.reject(DeliveryError.broken("gone", "archived"));
    start();
    await bed.commit({ deliveries: [to("#hunter2-secret", "a1")] });
    expect(JSON.stringify([bed.log, bed.delivery.status()])).not.toContain("hunter2");
    expect(bed.delivery.status()).toMatchObject([{ destinations: [{ destination: "#[redacted]" }] }]);
  });

  it("shares one pace among the destinations beyond the bound, and counts that", async () => {
    ops.onSend = () => new Promise(() => undefined);
    start({ totalConcurrency: MOST_DESTINATIONS + 2 });
    const all = Array.from({ length: MOST_DESTINATIONS + 2 }, (_, index) => to(`#c${index}`, `d${index}`));
    await bed.commit({ deliveries: all });
    await bed.clock.advance(1000);
    // The two beyond the bound go one after the other.
    expect(ops.running).toBe(MOST_DESTINATIONS + 1);
    expect(await bed.metrics.text()).toContain('tocsin_delivery_shared_attempts_total{sink="ops"} 1');
  });
});

describe("an attempt that did a part", () => {
  it("goes on at once with the rest, and what the sink remembers is kept in between", async () => {
    const bed = await DeliveryBed.open();
    const ops = bed.sink();
    const answers = [{ receiver: { ts: "1" }, remaining: ["edit"] }, { remaining: ["react"] }, {}];
    ops.onSend = async () => answers.shift() ?? {};
    bed.start(bed.configure("ops", ops));
    await bed.commit({ deliveries: [makeDelivery("d1", { createdAt: bed.clock.now() })] });
    await bed.clock.advance(100);
    expect(ops.given.map(({ id, attempt }) => [id, attempt.receiver, attempt.remaining])).toEqual([
      ["d1", undefined, undefined],
      ["d1", { ts: "1" }, ["edit"]],
      ["d1", { ts: "1" }, ["react"]],
    ]);
    expect(await bed.outcomes()).toEqual(["d1 delivered"]);
    await bed.close();
  });
});

describe("the destinations of a sink", () => {
  const make = (clock: FakeClock): SinkDestinations =>
    new SinkDestinations({
      common: { concurrency: 1, rateLimit: { count: 1, perMs: 1000 } },
      clock,
      random: () => 0,
    });

  it("are bounded: an idle one is forgotten for another, one that is busy, paced or broken is not", () => {
    const clock = new FakeClock();
    const destinations = make(clock);
    for (let index = 0; index < MOST_DESTINATIONS; index++) {
      const one = destinations.of(`#${index}`);
      if (index === 0) one.running = 1;
      else if (index === 1) one.breaker.failed(DeliveryError.broken("gone", "x"), clock.now());
      else if (index !== 7) one.take();
    }
    const names = (): string[] => [...destinations].map(({ name }) => name);
    expect(destinations.of("#more").name).toBe("#more");
    expect(names()).not.toContain("#7");
    destinations.of("#more").take();
    expect(destinations.of("#again").name).toBe(SHARED);
    expect(destinations.of("#others").name).toBe(SHARED);
    expect(names()).toHaveLength(MOST_DESTINATIONS + 1);
  });

  it("have short names that stay apart", () => {
    const destinations = make(new FakeClock());
    const [a, b] = ["a", "b"].map((end) => destinations.of("x".repeat(5000) + end).name);
    expect([a?.length, b?.length]).toEqual([200, 200]);
    expect(a).not.toBe(b);
  });
});
