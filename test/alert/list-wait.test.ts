import { describe, expect, it } from "vitest";

import type { EngineInput } from "../../src/alert/index.ts";
import { ListWait } from "../../src/alert/list-wait.ts";

const MINUTE = 60_000;

const page = (listing?: string): EngineInput => ({
  kind: "occurrences",
  occurrences: [],
  learned: [],
  listing,
});
const live = (cluster: string, listsToCome = false): EngineInput => ({
  kind: "live",
  cluster,
  namespace: "",
  listsToCome,
});

describe("the wait for lists", () => {
  it("begins with the start, and ends for each cluster with its own lists, or after a minute", () => {
    const lists = new ListWait(0);
    expect(lists.waitOf(["a"], 0, 1)).toEqual({ until: MINUTE, cause: "a" });
    expect(lists.take(live("a", true), 2)).toBeUndefined();
    expect(lists.waitOf(["a"], 0, 3)).toEqual({ until: MINUTE, cause: "a" });
    expect(lists.take(live("a"), 4)).toBe("a");
    expect([lists.waitOf(["a"], 0, 5), lists.waitOf(["b"], 0, 5)]).toEqual([
      undefined,
      { until: MINUTE, cause: "b" },
    ]);
    expect([lists.isOn(MINUTE - 1), lists.isOn(MINUTE)]).toEqual([true, false]);
    expect(lists.waitOf(["b"], 0, MINUTE)).toBeUndefined();
  });

  it("goes on with each page of a list, and not with what is no page of one", () => {
    const lists = new ListWait(0);
    lists.take(live("a"), 0);
    lists.take(page(), MINUTE);
    expect(lists.isOn(MINUTE)).toBe(false);
    lists.take(page("a"), 2 * MINUTE);
    lists.take(page("a"), 2.5 * MINUTE);
    expect(lists.waitOf(["a"], 0, 3.4 * MINUTE)).toEqual({ until: 3.5 * MINUTE, cause: "a" });
  });

  it("is for the longest of several clusters, but a minute at most", () => {
    const lists = new ListWait(0);
    for (const cluster of ["a", "b", "c"]) lists.take(live(cluster), 0);
    lists.take(page("a"), MINUTE);
    lists.take(page("b"), 1.5 * MINUTE);
    const now = 1.6 * MINUTE;
    expect(lists.waitOf(["a", "b", "c"], 1.5 * MINUTE, now)).toEqual({ until: 2.5 * MINUTE, cause: "b" });
    expect(lists.waitOf(["a", "b"], MINUTE, now)).toEqual({ until: 2 * MINUTE, cause: "b" });
    expect(lists.waitOf(["a", "b"], 0.5 * MINUTE, now)).toBeUndefined();
    expect(lists.waitOf([], 0, now)).toBeUndefined();
  });
});
