import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Schedule } from "../../src/alert/schedule.ts";
import { rounds } from "../support/rounds.ts";

/** Bytes in use after a garbage collection. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  // A new context has what the flag exposes.
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

describe("a schedule", () => {
  it("gives what is due, earliest first, and of the same instant the smallest key first", () => {
    const schedule = new Schedule();
    for (const [key, at] of [
      ["group:a", 5],
      ["alert:b", 5],
      ["alert:a", 9],
      ["x", 1],
    ] as const)
      schedule.set(key, at);
    expect(schedule.next()).toBe(1);
    const taken = [5, 5, 5, 5, 9, 9].map((now) => schedule.take(now));
    expect(taken).toEqual(["x", "alert:b", "group:a", undefined, "alert:a", undefined]);
    expect([schedule.size, schedule.next()]).toEqual([0, undefined]);
  });

  it("gives nothing a millisecond too early", () => {
    const schedule = new Schedule();
    schedule.set("a", 10);
    expect([schedule.take(9), schedule.take(10)]).toEqual([undefined, "a"]);
  });

  it("postpones what has to wait, and gives it in its old order when the wait ends", () => {
    const schedule = new Schedule();
    for (const [key, at] of [
      ["z", 1],
      ["a", 2],
      ["free", 3],
    ] as const)
      schedule.set(key, at);
    const wait = (key: string) => (key === "free" ? undefined : { until: 50, cause: "list" });
    expect([schedule.take(10, wait), schedule.take(10, wait), schedule.next()]).toEqual([
      "free",
      undefined,
      50,
    ]);
    schedule.resume("another list");
    expect(schedule.take(49)).toBeUndefined();
    schedule.resume("list");
    expect([schedule.take(10), schedule.take(10), schedule.take(10)]).toEqual(["z", "a", undefined]);
  });

  it("gives what waits at the end of its wait, and says when it was due before it waits again", () => {
    const schedule = new Schedule();
    schedule.set("a", 1);
    const asked: number[] = [];
    const wait = (until: number) => (_key: string, dueAt: number) => {
      asked.push(dueAt);
      return { until, cause: "list" };
    };
    schedule.take(10, wait(20));
    schedule.take(20, wait(30));
    expect([asked, schedule.take(30)]).toEqual([[1, 1], "a"]);
    schedule.resume("list");
    expect(schedule.size).toBe(0);
  });

  it("does not bring back what was set or taken out while it waited", () => {
    const schedule = new Schedule();
    for (const key of ["moved", "same", "gone"]) schedule.set(key, 1);
    for (let key = 0; key < 3; key++) schedule.take(1, () => ({ until: 50, cause: "list" }));
    schedule.set("moved", 70);
    schedule.set("same", 50);
    schedule.set("gone", undefined);
    schedule.resume("list");
    expect([schedule.take(49), schedule.take(69), schedule.take(69), schedule.take(70)]).toEqual([
      undefined,
      "same",
      undefined,
      "moved",
    ]);
  });

  it("forgets what is taken out, and moves what is set again", () => {
    const schedule = new Schedule();
    schedule.set("a", 10);
    schedule.set("b", 20);
    schedule.set("a", undefined);
    schedule.set("b", 30);
    schedule.set("b", 15);
    expect([schedule.next(), schedule.take(14), schedule.take(30), schedule.take(30)]).toEqual([
      15,
      undefined,
      "b",
      undefined,
    ]);
  });

  it("is a sorted list, whatever is moved", () => {
    const move = fc.oneof(
      { weight: 4, arbitrary: fc.record({ key: fc.nat({ max: 40 }), at: fc.nat({ max: 50 }) }) },
      { weight: 1, arbitrary: fc.record({ key: fc.nat({ max: 40 }), at: fc.constant(undefined) }) },
      { weight: 1, arbitrary: fc.record({ now: fc.nat({ max: 50 }) }) },
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 2000, size: "max" }), (moves) => {
        const schedule = new Schedule();
        const model = new Map<string, number>();
        const first = (): readonly [string, number] | undefined =>
          [...model].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))[0];
        const answers: (readonly [unknown, unknown])[] = [];
        for (const each of moves) {
          if ("now" in each) {
            const [key, at] = first() ?? ["", Infinity];
            const expected = at <= each.now ? key : undefined;
            answers.push([schedule.take(each.now), expected]);
            if (expected !== undefined) model.delete(expected);
          } else {
            const key = `key-${each.key}`;
            schedule.set(key, each.at);
            if (each.at === undefined) model.delete(key);
            else model.set(key, each.at);
          }
          answers.push([schedule.next(), first()?.[1]], [schedule.size, model.size]);
        }
        expect(answers.map(([actual]) => actual)).toEqual(answers.map(([, expected]) => expected));
      }),
      { numRuns: rounds(30) },
    );
  });

  it("does not grow while timers are moved and moved again", () => {
    const schedule = new Schedule();
    schedule.set("first", 0);
    const before = heapUsed();
    for (let move = 1; move <= 300_000; move++) schedule.set(`key-${move % 10}`, move);
    expect(heapUsed() - before).toBeLessThan(5e6);
    expect(schedule.size).toBe(11);
    const rest = Array.from({ length: 12 }, () => schedule.take(Infinity));
    expect(rest).toEqual(["first", ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 0].map((key) => `key-${key}`), undefined]);
  });
});
