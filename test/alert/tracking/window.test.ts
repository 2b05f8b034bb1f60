import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { addToWindow, countInWindow, type Window } from "../../../src/alert/tracking/window.ts";

const MINUTE = 60_000;
const WITHIN = 12 * MINUTE;

const once = (at: number): Parameters<typeof addToWindow>[1] => ({ count: 1, since: at, at });

describe("a window", () => {
  it("keeps occurrences in twelfths of its length, oldest first", () => {
    const times = [3 * MINUTE + 5, MINUTE, 3 * MINUTE + 9];
    const window = times.reduce<Window>((before, at) => addToWindow(before, once(at), WITHIN), []);
    expect(window).toEqual([
      [MINUTE, 1],
      [3 * MINUTE, 2],
    ]);
  });

  it("counts what started within its length before the end", () => {
    const window: Window = [
      [0, 1],
      [MINUTE, 2],
      [WITHIN, 4],
    ];
    expect(countInWindow(window, WITHIN, WITHIN)).toBe(6);
    expect(countInWindow(window, WITHIN - 1, WITHIN)).toBe(7);
    expect(countInWindow([], WITHIN, WITHIN)).toBe(0);
  });

  it.each([
    ["all of what happened within the window", 400, WITHIN, 400],
    ["the share of what may be older", 400, 4 * WITHIN, 100],
    ["a whole number of it", 5, 2 * WITHIN, 2],
    ["at least one", 3, 100 * WITHIN, 1],
  ])("takes %s", (_, count, span, expected) => {
    const at = 200 * WITHIN;
    const window = addToWindow([], { count, since: at - span, at }, WITHIN);
    expect(countInWindow(window, at, WITHIN)).toBe(expected);
  });

  it("counts all twelve parts", () => {
    const minutes = Array.from({ length: 20 }, (_, index) => index * MINUTE);
    const window = minutes.reduce<Window>((before, at) => addToWindow(before, once(at), WITHIN), []);
    expect(countInWindow(window, 19 * MINUTE, WITHIN)).toBe(12);
    expect(window).toHaveLength(13);
  });

  it("works for windows shorter than a dozen milliseconds", () => {
    expect(addToWindow([], once(7), 1)).toEqual([[7, 1]]);
  });

  it("is as exact as its buckets, and never longer than thirteen", () => {
    const gaps = fc.array(fc.nat({ max: 3 * MINUTE }), { maxLength: 200 });
    fc.assert(
      fc.property(gaps, (list) => {
        let at = 1000 * WITHIN;
        let window: Window = [];
        const times: number[] = [];
        for (const gap of list) {
          at += gap;
          times.push(at);
          window = addToWindow(window, once(at), WITHIN);
        }
        const inLast = (ms: number): number => times.filter((time) => time > at - ms).length;
        const counted = countInWindow(window, Math.floor(at / MINUTE) * MINUTE, WITHIN);
        expect(window.length).toBeLessThanOrEqual(13);
        expect(counted).toBeGreaterThanOrEqual(inLast(WITHIN - MINUTE));
        expect(counted).toBeLessThanOrEqual(inLast(WITHIN + MINUTE));
      }),
    );
  });
});
