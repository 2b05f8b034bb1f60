import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  Duration,
  durationOf,
  formatDuration,
  parseDuration,
  toDurationText,
} from "../../src/lib/duration.ts";

const YEAR_MS = 366 * 86_400_000;

describe("a duration of a file", () => {
  it.each([
    ["0", 0],
    ["250ms", 250],
    ["30s", 30_000],
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["7d", 604_800_000],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["30", "1.5h", "5 m", "m", "", "-1s", "367d", "5min"])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
    expect(Duration.safeParse(text).error?.issues[0]?.message).toContain(
      `not a duration: ${JSON.stringify(text)}`,
    );
  });

  it("is written as it is read", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: YEAR_MS }), (ms) => {
        expect(parseDuration(toDurationText(ms))).toBe(ms);
      }),
    );
  });

  it("may have a least length, with a reason", () => {
    const Repeat = durationOf(60_000, "nobody reads it that often");
    expect(Repeat.parse("1m")).toBe(60_000);
    expect(Repeat.safeParse("59s").error?.issues[0]?.message).toBe(
      "shorter than 1m: nobody reads it that often",
    );
  });
});

it.each([
  [-5, "0 s"],
  [499, "0 s"],
  [45_000, "45 s"],
  [72_000, "1 min 12 s"],
  [3_600_000, "1 h"],
  [7_500_000, "2 h 5 min"],
  [259_200_000, "3 d"],
  [266_400_000, "3 d 2 h"],
])("%d ms reads as %s for people", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
