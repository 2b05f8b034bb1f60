import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type ClusterEvent, difference, lineageOf, normalise, type SeenRow } from "../../src/event/index.ts";

const COVERED = Date.parse("2026-06-01T10:00:00Z");
const EARLIER = COVERED - 1;

interface State {
  readonly version: string;
  readonly count: number;
  readonly uid?: string;
  /** Epoch milliseconds. */
  readonly first?: number;
  readonly last?: number;
}

function event({ version, count, uid = "u1", first = COVERED, last = first }: State): ClusterEvent {
  return {
    ...normalise(
      {
        metadata: { name: "web.1", namespace: "shop", uid, resourceVersion: version },
        count,
      },
      "prod",
    ),
    firstSeenAt: first,
    lastSeenAt: last,
  };
}

function seen(state: State): SeenRow {
  const known = event(state);
  return { ...known, lineage: lineageOf(0, known), expiresAt: 0 };
}

describe("difference", () => {
  const first = { version: "5", count: 1 };
  it.each([
    ["a new Event is one occurrence", undefined, first, 1],
    ["the same state again is none", first, first, 0],
    ["an older state is none", { version: "6", count: 2 }, { version: "5", count: 1, last: COVERED + 9 }, 0],
    ["1 becoming 2 is one", first, { version: "6", count: 2 }, 1],
    ["2 becoming 3 is one", { version: "6", count: 2 }, { version: "7", count: 3 }, 1],
    ["3 becoming 17 is fourteen", { version: "7", count: 3 }, { version: "9", count: 17 }, 14],
    ["2 becoming 4242 is 4240", { version: "9", count: 2 }, { version: "10", count: 4242 }, 4240],
    ["an unchanged count at a later time is one", first, { version: "6", count: 1, last: COVERED + 1 }, 1],
    ["an unchanged count and time is none", first, { version: "6", count: 1 }, 0],
    [
      "a count that was reset is one at a later time",
      { version: "5", count: 9 },
      { version: "6", count: 1, last: COVERED + 1 },
      1,
    ],
    [
      "a count that was reset within the same second is one",
      { version: "5", count: 9 },
      { version: "6", count: 1 },
      1,
    ],
    [
      "a count that was reset before what was seen last is none",
      { version: "5", count: 9 },
      { version: "6", count: 1, last: COVERED - 5 },
      0,
    ],
    [
      "re-created after its TTL it counts on",
      { version: "5", count: 17 },
      { version: "60", count: 18, uid: "u2", last: COVERED + 5 },
      1,
    ],
    [
      "re-created with another first time it starts anew",
      { version: "5", count: 17 },
      { version: "60", count: 18, uid: "u2", first: COVERED + 1 },
      18,
    ],
    [
      "re-created with no more than before it starts anew",
      { version: "5", count: 3 },
      { version: "60", count: 3, uid: "u2" },
      3,
    ],
    [
      "re-created from before our time it is one",
      { version: "5", count: 3, first: EARLIER },
      { version: "60", count: 2, uid: "u2", first: EARLIER },
      1,
    ],
    ["unknown with nine in our time it is nine", undefined, { version: "5", count: 9 }, 9],
    [
      "unknown with nine from before our time it is one",
      undefined,
      { version: "5", count: 9, first: EARLIER },
      1,
    ],
  ] as const)("%s", (_, before: State | undefined, after: State, delta) => {
    expect(difference(event(after), before && seen(before), COVERED).delta).toBe(delta);
  });

  it("says whether happenings before our time were left out", () => {
    const estimated = (state: State): boolean => difference(event(state), undefined, COVERED).estimated;
    expect(estimated({ version: "5", count: 9, first: EARLIER })).toBe(true);
    expect(estimated({ version: "5", count: 1, first: EARLIER })).toBe(false);
    expect(estimated({ version: "5", count: 9 })).toBe(false);
    const again = { version: "6", count: 2, uid: "u2", first: EARLIER };
    expect(
      difference(event(again), seen({ version: "5", count: 3, first: EARLIER }), COVERED).estimated,
    ).toBe(true);
    expect(
      difference(event({ ...again, count: 1 }), seen({ version: "5", count: 3 }), COVERED).estimated,
    ).toBe(false);
  });

  it.each([
    [
      "since the state before",
      { version: "5", count: 1, last: COVERED + 3 },
      { version: "6", count: 2, last: COVERED + 8 },
      COVERED + 3,
    ],
    ["since its first time", undefined, { version: "5", count: 9, last: COVERED + 8 }, COVERED],
    [
      "only at its last time from before our time",
      undefined,
      { version: "5", count: 9, first: EARLIER, last: COVERED + 8 },
      COVERED + 8,
    ],
    [
      "since the state before when it counts on",
      { version: "5", count: 1, last: COVERED + 3 },
      { version: "6", count: 2, uid: "u2", last: COVERED + 8 },
      COVERED + 3,
    ],
    [
      "since its new first time when it starts anew",
      { version: "5", count: 1 },
      { version: "6", count: 2, uid: "u2", first: COVERED + 7, last: COVERED + 8 },
      COVERED + 7,
    ],
    [
      "only at its last time when it starts anew from before our time",
      { version: "5", count: 3 },
      { version: "6", count: 2, uid: "u2", first: EARLIER, last: COVERED + 8 },
      COVERED + 8,
    ],
  ] as const)("places what happened %s", (_, before: State | undefined, after: State, since) => {
    expect(difference(event(after), before && seen(before), COVERED).since).toBe(since);
  });

  it("has nothing to store of what was seen already, and something of everything else", () => {
    const known = seen({ version: "5", count: 1 });
    const isNews = (state: State): boolean => difference(event(state), known, COVERED).isNews;
    expect([isNews({ version: "5", count: 1 }), isNews({ version: "4", count: 7 })]).toEqual([false, false]);
    expect([isNews({ version: "6", count: 1 }), isNews({ version: "4", count: 1, uid: "u2" })]).toEqual([
      true,
      true,
    ]);
    expect(difference(event({ version: "5", count: 1 }), undefined, COVERED).isNews).toBe(true);
  });

  it("adds up to the count, however the states are cut, and whatever is handed out twice", () => {
    const steps = fc.array(
      fc.record({ by: fc.integer({ min: 1, max: 500 }), shown: fc.boolean(), twice: fc.boolean() }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(steps, (writes) => {
        let row: SeenRow | undefined;
        let total = 0;
        let count = 0;
        const states = writes.map(({ by, shown, twice }, index) => {
          count += by;
          return {
            state: { version: String(10 + index), count, last: COVERED + index },
            shown: shown || index === writes.length - 1,
            twice,
          };
        });
        for (const { state, shown, twice } of states) {
          for (let time = 0; time < (shown ? (twice ? 2 : 1) : 0); time++) {
            const news = difference(event(state), row, COVERED);
            total += news.delta;
            if (news.isNews) row = seen(state);
          }
        }
        expect(total).toBe(count);
      }),
    );
  });
});

describe("lineageOf", () => {
  it("outlives the uid, and tells clusters, epochs and namespaces apart", () => {
    expect(lineageOf(2, event({ version: "5", count: 1, uid: "x" }))).toBe("prod/2/shop/web.1");
  });
});
