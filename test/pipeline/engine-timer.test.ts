import { describe, expect, it } from "vitest";

import { EngineTimer } from "../../src/pipeline/engine-timer.ts";
import { FakeClock } from "../support/fake-clock.ts";

function timerOn(clock: FakeClock): { readonly timer: EngineTimer; readonly dueAt: readonly number[] } {
  const dueAt: number[] = [];
  return { timer: new EngineTimer(clock, () => dueAt.push(clock.now())), dueAt };
}

describe("the timer of an engine", () => {
  it("waits for the last instant it was set to, and for that once", async () => {
    const clock = new FakeClock(1000);
    const { timer, dueAt } = timerOn(clock);
    timer.set(9000);
    timer.set(2000);
    await clock.advance(500);
    timer.set(2000);
    await clock.advance(20_000);
    expect(dueAt).toEqual([2000]);
  });

  it("is due at once for an instant that is over", async () => {
    const clock = new FakeClock(1000);
    const { timer, dueAt } = timerOn(clock);
    timer.set(10);
    await clock.advance(0);
    expect(dueAt).toEqual([1000]);
  });

  it("computes the wait anew after it was cleared: the wall clock may have jumped", async () => {
    const clock = new FakeClock(1000);
    const { timer, dueAt } = timerOn(clock);
    timer.set(60_000);
    clock.setWall(59_000);
    timer.clear();
    timer.set(60_000);
    await clock.advance(1000);
    expect(dueAt).toEqual([60_000]);
    timer.set(undefined);
    expect(clock.pending).toBe(0);
  });
});
