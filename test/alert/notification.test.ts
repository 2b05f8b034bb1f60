import { describe, expect, it } from "vitest";

import { isProven } from "../../src/alert/notification.ts";

describe("an end", () => {
  it.each([
    ["event", true],
    ["deleted", true],
    ["rule-removed", true],
    ["quiet", false],
    ["max-age", false],
  ] as const)("by %s is proven: %s", (how, expected) => {
    expect(isProven({ how })).toBe(expected);
  });
});
