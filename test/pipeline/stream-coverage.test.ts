import { describe, expect, it } from "vitest";

import type { Batch, Position } from "../../src/event/index.ts";
import { StreamCoverage } from "../../src/pipeline/stream-coverage.ts";

function position(scope: string, resourceVersion: string): Position {
  return { scope, clusterId: "c", epoch: 1, resourceVersion, coverageStartAt: 0, updatedAt: 0 };
}

function batch(more: Partial<Batch>): Batch {
  return {
    observations: [],
    via: "list",
    position: undefined,
    scope: "core/shop",
    epoch: 1,
    coverageStartAt: 0,
    historyBefore: undefined,
    listEnds: false,
    receivedAt: 0,
    ...more,
  };
}

describe("the coverage of the streams", () => {
  it("says that lists are to come until each scope has been live once", () => {
    const coverage = new StreamCoverage([]);
    const scopes = ["core/shop", "core/pay"];
    expect(coverage.recordLive("core/shop", scopes)).toBe(true);
    coverage.recordGap("core/shop");
    expect(coverage.recordLive("core/pay", scopes)).toBe(false);
    expect(coverage.recordLive("core/shop", scopes)).toBe(false);
  });

  it.each([
    { what: "the first list of a scope", live: [], via: "list", listEnds: false, is: true },
    { what: "the last page of it", live: [], via: "list", listEnds: true, is: false },
    { what: "a list that only makes sure", live: ["core/shop"], via: "list", listEnds: false, is: false },
    {
      what: "the first list while another scope is live",
      live: ["core/"],
      via: "list",
      listEnds: false,
      is: true,
    },
    { what: "a watch", live: [], via: "watch", listEnds: false, is: false },
  ] as const)("$what holds messages back: $is", ({ live, via, listEnds, is }) => {
    const coverage = new StreamCoverage([]);
    for (const scope of live) coverage.recordLive(scope, []);
    expect(coverage.isListing(batch({ via, listEnds }))).toBe(is);
  });

  it("holds messages back again while it lists after a gap", () => {
    const coverage = new StreamCoverage([]);
    coverage.recordLive("core/shop", []);
    coverage.recordGap("core/shop");
    expect(coverage.isListing(batch({}))).toBe(true);
  });

  it("knows up to where a scope was read, in the same epoch only", () => {
    const coverage = new StreamCoverage([position("core/shop", "100")]);
    coverage.recordPosition(position("core/shop", "200"));
    expect(coverage.readUpTo(batch({}))).toBe("200");
    expect(coverage.readUpTo(batch({ epoch: 2 }))).toBeUndefined();
    expect(coverage.readUpTo(batch({ scope: "core/pay" }))).toBeUndefined();
    expect(coverage.positions).toEqual([position("core/shop", "200")]);
  });
});
