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

  it("runs as fast as that of a demo, once three answers have shown it", () => {
    for (const passed of [0, 75_000, 150_000]) {
      clock.setClock(afterNoon(passed));
      vi.advanceTimersByTime(5000);
    }
    expect(shown()).toBe(afterNoon(225_000));
    // It is measured on: a bridge that took the demo's place runs as others do.
    clock.setClock(afterNoon(155_000));
    vi.advanceTimersByTime(5000);
    expect(shown()).toBe(afterNoon(160_000));
  });

  it("does not run faster because one of the two clocks was set", () => {
    clock.setClock(afterNoon(0));
    vi.advanceTimersByTime(5000);
    clock.setClock(afterNoon(65_000));
    vi.advanceTimersByTime(5000);
    expect(shown()).toBe(afterNoon(70_000));
    vi.setSystemTime(Date.now() - 3_600_000);
    clock.setClock(afterNoon(70_000));
    vi.advanceTimersByTime(5000);
    clock.setClock(afterNoon(75_000));
    vi.advanceTimersByTime(5000);
    expect(shown()).toBe(afterNoon(80_000));
  });
});
