import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type * as PageClock from "../../../web/state/clock.ts";

/** The bridge's time, this long after its noon. */
const afterNoon = (ms: number): string => new Date(Date.UTC(2026, 11, 1, 12) + ms).toISOString();

describe("the clock of the page", () => {
  let clock: typeof PageClock;
  const shown = (): string => new Date(clock.now.value).toISOString();
  beforeEach(async () => {
    vi.useFakeTimers();
    vi.resetModules();
    clock = await import("../../../web/state/clock.ts");
    clock.startClock();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("is the bridge's, whatever the browser's says, and moves on between answers", () => {
    clock.setClock(afterNoon(0));
    vi.advanceTimersByTime(10_000);
    expect(shown()).toBe(afterNoon(10_000));
    clock.setClock(afterNoon(10_400));
    vi.advanceTimersByTime(5000);
    expect(shown()).toBe(afterNoon(15_400));
  });

  it("runs as fast as that of a demo, once two answers have shown it", () => {
    clock.setClock(afterNoon(0));
    clock.setClock(afterNoon(100));
    vi.advanceTimersByTime(5000);
    clock.setClock(afterNoon(75_000));
    vi.advanceTimersByTime(5000);
    expect(shown()).toBe(afterNoon(150_000));
    // It is measured on: a bridge that took the demo's place runs as others do.
    clock.setClock(afterNoon(80_000));
    vi.advanceTimersByTime(5000);
    clock.setClock(afterNoon(85_000));
    vi.advanceTimersByTime(5000);
    expect(shown()).toBe(afterNoon(90_000));
  });
});
