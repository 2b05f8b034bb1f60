import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { isOrderedVersion, isSameOrOlder } from "../../src/event/index.ts";

const LARGEST = 2n ** 128n - 1n;

describe("isSameOrOlder", () => {
  it("orders decimals of up to 128 bits as numbers", () => {
    const version = fc.bigInt({ min: 1n, max: LARGEST });
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(isSameOrOlder(String(a), String(b))).toBe(a <= b);
      }),
    );
    // Both are the same JavaScript number.
    expect(isSameOrOlder(String(LARGEST), String(LARGEST - 1n))).toBe(false);
    expect(isSameOrOlder(String(LARGEST - 1n), String(LARGEST))).toBe(true);
  });

  it.each([
    ["9", "10", true],
    ["10", "9", false],
    ["7", "7", true],
    ["abc", "abc", true],
    ["abc", "abd", false],
    ["1", "abc", false],
    ["abc", "1", false],
    ["01", "2", false],
    ["-1", "2", false],
    ["", "1", false],
    ["1.5", "2", false],
  ])("%s against %s is %s", (a, b, expected) => {
    expect(isSameOrOlder(a, b)).toBe(expected);
  });
});

describe("isOrderedVersion", () => {
  it.each([
    ["1", true],
    ["340282366920938463463374607431768211455", true],
    ["0", false],
    ["", false],
    ["1a", false],
    ["a1", false],
    ["1\n", false],
  ])("%j: %s", (version, expected) => {
    expect(isOrderedVersion(version)).toBe(expected);
  });
});
