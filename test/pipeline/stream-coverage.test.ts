import { describe, expect, it } from "vitest";

import type { Batch, Position } from "../../src/event/index.ts";
import { type Stream, StreamCoverage } from "../../src/pipeline/stream-coverage.ts";

/** A stream of the cluster prod unless told otherwise. */
function stream(scope: string, cluster = "prod"): Stream {
  return { cluster, scope };
}

function position(scope: string, resourceVersion: string): Position {
  return {
    cluster: "prod",
    scope,
    clusterId: "c",
    epoch: 1,
    resourceVersion,
    coverageStartAt: 0,
    updatedAt: 0,
  };
}

function batch(more: Partial<Batch>): Batch {
  return {
    cluster: "prod",
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
    const [shop, pay] = [stream("core/shop"), stream("core/pay")];
    expect(coverage.recordLive(shop, [shop, pay])).toBe(true);
    coverage.recordGap(shop);
    expect(coverage.recordLive(pay, [shop, pay])).toBe(false);
    expect(coverage.recordLive(shop, [shop, pay])).toBe(false);
  });

  it("asks of each cluster by itself whether lists are to come", () => {
    const coverage = new StreamCoverage([]);
    const [prod, dev] = [stream("core/"), stream("core/", "dev")];
    expect(coverage.recordLive(prod, [prod, dev])).toBe(false);
    expect(coverage.isListing(batch({ cluster: "dev", scope: "core/" }))).toBe(true);
    expect(coverage.recordLive(dev, [prod, dev])).toBe(false);
    coverage.recordGap(prod);
    expect(coverage.isListing(batch({ cluster: "dev", scope: "core/" }))).toBe(false);
    expect(coverage.isListing(batch({ scope: "core/" }))).toBe(true);
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
    for (const scope of live) coverage.recordLive(stream(scope), []);
    expect(coverage.isListing(batch({ via, listEnds }))).toBe(is);
  });

  it("holds messages back again while it lists after a gap", () => {
    const coverage = new StreamCoverage([]);
    coverage.recordLive(stream("core/shop"), []);
    coverage.recordGap(stream("core/shop"));
    expect(coverage.isListing(batch({}))).toBe(true);
  });

  it("knows up to where a scope was read, in the same epoch only", () => {
    const coverage = new StreamCoverage([position("core/shop", "100")]);
    coverage.recordRead(position("core/shop", "200"));
    expect(coverage.readUpTo(batch({}))).toBe("200");
    expect(coverage.readUpTo(batch({ epoch: 2 }))).toBeUndefined();
    expect(coverage.readUpTo(batch({ scope: "core/pay" }))).toBeUndefined();
    expect(coverage.readUpTo(batch({ cluster: "dev" }))).toBeUndefined();
  });

  it("shows what is stored, not what was read", () => {
    const coverage = new StreamCoverage([position("core/shop", "100")]);
    coverage.recordRead(position("core/shop", "200"));
    expect(coverage.positions).toEqual([position("core/shop", "100")]);
    coverage.recordStored(position("core/shop", "200"));
    expect(coverage.positions).toEqual([position("core/shop", "200")]);
  });
});
