import { describe, expect, it } from "vitest";

import { WallClock } from "../../src/lib/wall-clock.ts";

/** The time on the clock of a zone at an instant. */
function shown(zone: string, at: string): string {
  return new Date(new WallClock(zone).read(Date.parse(at))).toISOString().slice(0, 19);
}

describe("a clock on a wall", () => {
  it.each([
    ["Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:59:59"],
    ["Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00"],
    ["Europe/Berlin", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00"],
    ["Asia/Kolkata", "2026-06-01T20:00:00Z", "2026-06-02T01:30:00"],
    ["Pacific/Chatham", "2026-06-01T00:00:00Z", "2026-06-01T12:45:00"],
    ["America/St_Johns", "2026-01-01T00:00:00Z", "2025-12-31T20:30:00"],
  ])("in %s at %s shows %s", (zone, at, local) => {
    expect(shown(zone, at)).toBe(local);
  });

  it("of an unknown zone is none", () => {
    expect(() => new WallClock("Europe/Nowhere")).toThrow(RangeError);
  });
});
