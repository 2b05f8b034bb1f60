import { describe, expect, it } from "vitest";

import { EngineBed } from "../../support/engine-bed.ts";

describe("a rule that looks at the count of an Event", () => {
  const occurrences = (match: string, count: number): number | undefined => {
    const bed = new EngineBed({ rules: `rules: [{ name: it, match: ${match} }]` });
    bed.at(0, { reason: "Started", count }).until(60);
    return [...bed.engine.alerts()][0]?.occurrences;
  };

  it("counts the occurrences that it matches, and not the ones before them", () => {
    expect(occurrences("{ reason: Started, count: { gte: 2 } }", 2)).toBe(1);
    expect(occurrences("{ reason: Started, count: { gte: 2 } }", 5)).toBe(4);
    expect(occurrences("{ reason: Started }", 5)).toBe(5);
  });

  it("counts all where one of its alternatives takes every count", () => {
    expect(occurrences("[{ reason: Started, count: { gte: 2 } }, { reason: Started }]", 5)).toBe(5);
  });
});
