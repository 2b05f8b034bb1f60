import { describe, expect, it } from "vitest";

import { Backoff } from "../../../src/source/kubernetes/backoff.ts";

describe("Backoff", () => {
  it.each([
    { random: 0, waits: [800, 1600, 3200, 6400, 12_800, 15_000, 15_000] },
    { random: 0.5, waits: [1200, 2400, 4800, 9600, 19_200, 22_500, 22_500] },
    { random: 1, waits: [1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000] },
  ])("doubles up to its largest step, with $random of it on top", ({ random, waits }) => {
    const backoff = new Backoff(() => random);
    expect(waits.map(() => backoff.next(0, 0))).toEqual(waits);
  });

  it("waits at least as long as the server asks for", () => {
    const backoff = new Backoff(() => 0);
    expect(backoff.next(0, 20_000)).toBe(20_000);
    expect(backoff.next(0, 500)).toBe(1600);
  });

  it("forgets failures two minutes after its last wait was over", () => {
    const backoff = new Backoff(() => 0);
    backoff.next(0, 0);
    expect(backoff.next(120_800, 0)).toBe(1600);
    expect(backoff.next(120_800 + 1600 + 120_001, 0)).toBe(800);
  });

  it("waits longest at once for what only a person can mend", () => {
    const backoff = new Backoff(() => 0.2);
    expect(backoff.longest(0)).toBe(18_000);
    expect(backoff.next(18_000, 0)).toBe(960);
  });
});
