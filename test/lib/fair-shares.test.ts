import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fairShares } from "../../src/lib/fair-shares.ts";

describe("fair shares", () => {
  it.each([
    [[3, 3], 10, [3, 3]],
    [[100, 1, 1], 10, [8, 1, 1]],
    [[5, 5, 5], 7, [3, 2, 2]],
    [[5, 5], 1, [1, 0]],
    [[], 5, []],
    [[0, 9], 4, [0, 4]],
  ])("of %j from %j are %j", (wanted, total, shares) => {
    expect(fairShares(wanted, total)).toEqual(shares);
  });

  it("use up the total, give nobody more than wanted, and nobody much less than another who wants as much", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { maxLength: 50 }), fc.nat(500), (wanted, total) => {
        const shares = fairShares(wanted, total);
        const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
        expect(sum(shares)).toBe(Math.min(total, sum(wanted)));
        const unmet = shares.filter((share, index) => share < (wanted[index] ?? 0));
        expect(shares.every((share, index) => share <= (wanted[index] ?? 0))).toBe(true);
        expect(Math.max(...shares, 0) - Math.min(...unmet, Infinity)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
