import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { backoffMs, probeMs } from "../../src/delivery/backoff.ts";

const attempts = fc.integer({ min: 1, max: 10_000 });
const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("backoff", () => {
  it.each([
    { attempt: 1, longest: 1000 },
    { attempt: 2, longest: 2000 },
    { attempt: 3, longest: 4000 },
    { attempt: 9, longest: 256_000 },
    { attempt: 10, longest: 300_000 },
    { attempt: 5000, longest: 300_000 },
  ])("after attempt $attempt is anywhere up to $longest ms", ({ attempt, longest }) => {
    expect(backoffMs(attempt, 0)).toBe(0);
    expect(backoffMs(attempt, 0.5)).toBe(longest / 2);
    expect(backoffMs(attempt, 1 - Number.EPSILON)).toBe(longest);
    expect(probeMs(attempt, 0)).toBe(longest / 2);
  });

  it("is a whole number from 0 to 5 min, and its ceiling never falls", () => {
    fc.assert(
      fc.property(attempts, randoms, (attempt, random) => {
        for (const ms of [backoffMs(attempt, random), probeMs(attempt, random)]) {
          expect(Number.isInteger(ms)).toBe(true);
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(300_000);
        }
        expect(backoffMs(attempt + 1, random)).toBeGreaterThanOrEqual(backoffMs(attempt, random));
        expect(probeMs(attempt, random)).toBeGreaterThanOrEqual(backoffMs(attempt, random) / 2);
      }),
    );
  });
});
