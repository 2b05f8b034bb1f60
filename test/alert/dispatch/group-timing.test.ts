import { describe, expect, it } from "vitest";

import { nextRepeatAt } from "../../../src/alert/dispatch/group-timing.ts";
import { START } from "../../support/engine-bed.ts";

const HOUR = 3_600_000;

describe("the next repeat", () => {
  it.each([
    [4 * HOUR, 0, 4],
    [4 * HOUR, 1, 8],
    [4 * HOUR, 2, 16],
    [4 * HOUR, 3, 24],
    [4 * HOUR, 5000, 24],
    [48 * HOUR, 0, 48],
    [48 * HOUR, 3, 48],
  ])("after %i ms and %i repeats comes in %i h", (interval, repeats, hours) => {
    expect(nextRepeatAt(START, interval, repeats) - START).toBe(hours * HOUR);
  });

  it("comes in a minute at the earliest, whatever the state of an older version says", () => {
    expect(nextRepeatAt(START, 0, 5) - START).toBe(32 * 60_000);
    expect(nextRepeatAt(START, 0, 0) - START).toBe(60_000);
  });
});
