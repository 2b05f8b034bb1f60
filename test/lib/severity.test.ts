import { describe, expect, it } from "vitest";

import { atLeast, Severity, worstOf } from "../../src/lib/severity.ts";

describe("severities", () => {
  it("rise from info over warning to critical", () => {
    const rising = ["info", "warning", "critical"] as const;
    for (const [a, high] of rising.entries())
      for (const [b, low] of rising.entries()) expect(atLeast(high, low)).toBe(a >= b);
    expect(Severity.options.toSorted()).toEqual(rising.toSorted());
  });

  it.each([
    { of: ["info", "critical", "warning"], worst: "critical" },
    { of: ["warning", "info"], worst: "warning" },
    { of: [], worst: "info" },
  ] as const)("$of: the worst is $worst", ({ of, worst }) => {
    expect(worstOf(of)).toBe(worst);
  });
});
