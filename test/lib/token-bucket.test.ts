import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { TokenBucket } from "../../src/lib/token-bucket.ts";

describe("TokenBucket", () => {
  it("has no limit without a rate", () => {
    const bucket = new TokenBucket(undefined, 0);
    bucket.take(1000);
    expect(bucket.available(0)).toBe(Infinity);
    expect(bucket.waitMs(0)).toBe(0);
  });

  it("gives a burst after a rest, then one token each interval", () => {
    const bucket = new TokenBucket({ count: 3, perMs: 60_000 }, 0);
    expect(bucket.available(0)).toBe(3);
    bucket.take(3);
    expect(bucket.waitMs(0)).toBe(20_000);
    expect(bucket.available(19_999)).toBe(0);
    expect(bucket.available(20_000)).toBe(1);
    expect(bucket.available(3_600_000)).toBe(3);
  });

  it("never gives more than a burst and the rate, in any stretch of time, and gives one when it said so", () => {
    const steps = fc.array(fc.nat(5000), { minLength: 1, maxLength: 50, size: "max" });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 100, max: 60_000 }),
        steps,
        (count, perMs, gaps) => {
          const bucket = new TokenBucket({ count, perMs }, 0);
          let now = 0;
          let taken = 0;
          for (const gap of gaps) {
            now += gap;
            const tokens = bucket.available(now);
            bucket.take(tokens);
            taken += tokens;
            expect(taken).toBeLessThanOrEqual(count + (now * count) / perMs + 1e-6);
            now += bucket.waitMs(now);
            expect(bucket.available(now)).toBeGreaterThanOrEqual(1);
          }
        },
      ),
    );
  });
});
