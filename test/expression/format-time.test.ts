import { describe, expect, it } from "vitest";

import { createFormatTime } from "../../src/expression/format-time.ts";

const formatTime = createFormatTime();

const SUMMER = new Date("2026-06-01T22:02:03.004Z");
const WINTER = new Date("2026-12-31T23:30:00.000Z");

describe("a time by a layout", () => {
  it.each([
    [SUMMER, "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "UTC", "2026-06-01T22:02:03.004Z"],
    [SUMMER, "yyyy-MM-dd'T'HH:mm:ssXXX", "Europe/Berlin", "2026-06-02T00:02:03+02:00"],
    [WINTER, "EEEE, dd MMMM yyyy HH:mm XXX", "Europe/Berlin", "Friday, 01 January 2027 00:30 +01:00"],
    [WINTER, "EEE dd MMM HH", "Asia/Kolkata", "Fri 01 Jan 05"],
    [WINTER, "XXX", "Asia/Kolkata", "+05:30"],
    [new Date(0), "yyyy/MM/dd 'at' HH.mm", "UTC", "1970/01/01 at 00.00"],
    [SUMMER, "''", "UTC", ""],
  ])("%s is written %j in %s as %j", (instant, layout, zone, expected) => {
    expect(formatTime(instant, layout, zone)).toBe(expected);
  });

  it.each([
    ["YYYY-MM-dd", "UTC", 'format() knows no "YYYY"'],
    ["yyyyMMddThh", "UTC", "format() knows no"],
    ["yyyy", "Mars/Olympus", 'format() knows no time zone "Mars/Olympus"'],
  ])("refuses %j in %s", (layout, zone, message) => {
    expect(() => formatTime(SUMMER, layout, zone)).toThrow(message);
  });
});
