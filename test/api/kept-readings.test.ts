import { describe, expect, it } from "vitest";

import { KeptReadings } from "../../src/api/kept-readings.ts";
import { FakeClock } from "../support/fake-clock.ts";

/** A reading that takes some time of the clock, counted. */
function makeReader(clock: FakeClock): { count: number; readonly read: () => Promise<number> } {
  const reader = {
    count: 0,
    read: async () => {
      reader.count += 1;
      await clock.advance(200);
      return reader.count;
    },
  };
  return reader;
}

describe("kept readings", () => {
  it("are read once for all who ask at that time, and for fifty times as long as it took", async () => {
    const clock = new FakeClock();
    const kept = new KeptReadings(clock);
    const reader = makeReader(clock);
    expect(await Promise.all([kept.read("a", reader.read), kept.read("a", reader.read)])).toEqual([1, 1]);
    await clock.advance(9999);
    expect(await kept.read("a", reader.read)).toBe(1);
    await clock.advance(1);
    expect(await kept.read("a", reader.read)).toBe(2);
    expect(await kept.read("b", reader.read)).toBe(3);
  });

  it("are not kept where they failed, nor without a bound", async () => {
    const clock = new FakeClock();
    const kept = new KeptReadings(clock);
    const reader = makeReader(clock);
    await expect(kept.read("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await kept.read("a", reader.read)).toBe(1);
    const instant = makeReader(clock);
    for (let index = 0; index < 100; index++) await kept.read(`b${index}`, instant.read);
    expect(await kept.read("a", reader.read)).toBe(2);
  });
});
