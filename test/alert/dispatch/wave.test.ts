import { describe, expect, it } from "vitest";

import {
  afterTelling,
  type DueNews,
  isOver,
  NO_WAVE,
  type Wave,
  withNews,
} from "../../../src/alert/dispatch/wave.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const FIRST: DueNews = {
  isFirst: true,
  isUrgent: false,
  takesSteps: true,
  isEnd: false,
  intervalMs: 60_000,
  othersComing: false,
};

/** A wave whose messages were sent at these times, each with a new group. */
function toldAt(...times: readonly number[]): Wave {
  return times.reduce((wave, at) => afterTelling(withNews(wave, FIRST, at), [`g${at}`], at), NO_WAVE);
}

/** The same, with messages about one group alone. */
function toldAlone(...times: readonly number[]): Wave {
  return times.reduce((wave, at) => afterTelling(withNews(wave, FIRST, at), ["g"], at), NO_WAVE);
}

describe("the next message of a wave", () => {
  it("is sent at once, or after a window when others are coming", () => {
    expect(withNews(NO_WAVE, FIRST, 0).next).toEqual({ at: 0, isStep: false });
    expect(withNews(NO_WAVE, { ...FIRST, othersComing: true }, 0).next?.at).toBe(10 * SECOND);
  });

  it("takes what becomes due inside its window, and ends no later for it", () => {
    const open = withNews(NO_WAVE, { ...FIRST, othersComing: true }, 0);
    expect(withNews(open, FIRST, 4 * SECOND).next?.at).toBe(10 * SECOND);
    expect(withNews(open, { ...FIRST, othersComing: true }, 4 * SECOND).next?.at).toBe(10 * SECOND);
  });

  it("waits for a step while news keeps coming, a new group alone for a minute at most", () => {
    const first = toldAt(0);
    expect(withNews(first, FIRST, 10 * SECOND).next).toEqual({ at: MINUTE, isStep: true });
    const second = toldAt(0, MINUTE);
    const alone = withNews(second, FIRST, MINUTE + 10 * SECOND);
    expect(alone.next?.at).toBe(2 * MINUTE + 10 * SECOND);
    expect(withNews(alone, FIRST, 2 * MINUTE).next?.at).toBe(3 * MINUTE);
    // Later news of a group that is known waits for the step, and takes no new group with it.
    const known = { ...FIRST, isFirst: false };
    expect(withNews(second, known, MINUTE + 10 * SECOND).next?.at).toBe(3 * MINUTE);
    expect(withNews(alone, known, 2 * MINUTE).next?.at).toBe(2 * MINUTE + 10 * SECOND);
  });

  it("waits a minute at most for a step with news of a group that is told alone, until another one joins", () => {
    const known = { ...FIRST, isFirst: false };
    const next = (wave: Wave): number | undefined => withNews(wave, known, 3 * MINUTE).next?.at;
    expect(next(toldAlone(0, MINUTE, 2 * MINUTE))).toBe(4 * MINUTE);
    expect(next(toldAt(0, MINUTE, 2 * MINUTE))).toBe(6 * MINUTE);
    const joined = afterTelling(withNews(toldAlone(0, MINUTE), FIRST, 2 * MINUTE), ["g", "h"], 2 * MINUTE);
    expect(next(joined)).toBe(6 * MINUTE);
  });

  it("takes steps as short as the group interval of its route, and none of more than a minute", () => {
    const next = (intervalMs: number, ...at: readonly [number, ...number[]]): number | undefined =>
      withNews(toldAt(...at), { ...FIRST, intervalMs }, Math.max(...at)).next?.at;
    expect(next(10 * SECOND, 0)).toBe(10 * SECOND);
    expect(next(10 * SECOND, 0, MINUTE)).toBe(MINUTE + 20 * SECOND);
    expect(next(0, 0)).toBe(0);
    expect(next(60 * MINUTE, 0)).toBe(MINUTE);
  });

  it("is sent now with everything that waits when something critical is due", () => {
    const waiting = withNews(toldAt(0), FIRST, 10 * SECOND);
    expect(withNews(waiting, { ...FIRST, isUrgent: true }, 20 * SECOND).next?.at).toBe(20 * SECOND);
  });

  it("takes no steps for repeats and ends", () => {
    const end = { ...FIRST, takesSteps: false };
    expect(withNews(toldAt(0), end, 10 * SECOND).next?.at).toBe(10 * SECOND);
  });

  it("lets an end wait a minute at most for those of other groups", () => {
    const end = { ...FIRST, isFirst: false, isEnd: true };
    expect(withNews(toldAt(0), end, 10 * SECOND).next?.at).toBe(MINUTE);
    expect(withNews(toldAt(0, MINUTE, 2 * MINUTE), end, 2 * MINUTE + SECOND).next?.at).toBe(
      3 * MINUTE + SECOND,
    );
  });

  it("begins anew when nothing came for two minutes", () => {
    expect(withNews(toldAt(0, MINUTE), FIRST, 4 * MINUTE)).toMatchObject({
      steps: 0,
      next: { at: 4 * MINUTE },
    });
    expect([isOver(toldAt(0), MINUTE), isOver(toldAt(0), 2 * MINUTE)]).toEqual([false, true]);
  });
});
