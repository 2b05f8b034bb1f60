import { describe, expect, it } from "vitest";

import { toWeekdays, Weekdays, Zone } from "../../src/lib/clock-fields.ts";

describe("fields about clocks", () => {
  it("take the names of zones, and no offsets", () => {
    for (const zone of ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"])
      expect(Zone.parse(zone)).toBe(zone);
    for (const wrong of ["+02:00", "Berlin", "", 2, undefined])
      expect(Zone.safeParse(wrong).success).toBe(false);
  });

  it("take days by their names, and give them numbers, Sunday first", () => {
    expect(toWeekdays(Weekdays.parse(["saturday", "sunday"]))).toEqual(new Set([6, 0]));
    expect(toWeekdays(undefined)).toBeUndefined();
    for (const wrong of [["Sunday"], ["sun"], [], "sunday"])
      expect(Weekdays.safeParse(wrong).success).toBe(false);
  });
});
