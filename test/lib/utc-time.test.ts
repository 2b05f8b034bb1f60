import { describe, expect, it } from "vitest";

import { utcTime } from "../../src/lib/utc-time.ts";

const NOON = Date.parse("2026-06-01T12:00:00Z");

describe("a time in UTC", () => {
  it.each([
    [Date.parse("2026-06-01T10:02:31Z"), "minutes", "10:02Z"],
    [Date.parse("2026-06-01T10:02:31Z"), "seconds", "10:02:31Z"],
    [Date.parse("2026-05-31T23:59:59Z"), "minutes", "2026-05-31 23:59Z"],
    [Number.NaN, "minutes", "unknown"],
  ] as const)("%s in %s is %s", (at, precision, text) => {
    expect(utcTime(at, NOON, precision)).toBe(text);
  });
});
