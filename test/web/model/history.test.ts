import { describe, expect, it } from "vitest";

import { howItEnded } from "../../../web/model/how-it-ended.ts";
import { nearestRules } from "../../../web/model/nearest-rules.ts";
import { nothingText } from "../../../web/model/nothing-text.ts";
import { stripCells } from "../../../web/model/strip-cells.ts";

describe("the strip", () => {
  it("is as hot as alerts began, and lukewarm where something was only seen", () => {
    const row = {
      rule: "r",
      severity: "warning",
      opened: [0, 0, 1, 3, 10],
      occurrences: [0, 7, 1, 9, 40],
    } as const;
    const strip = { from: "2026-06-01T00:00:00Z", stepSeconds: 3600, keptSince: "2026-06-01T00:00:00Z" };
    expect(stripCells(row, strip).map(({ heat }) => heat)).toEqual([0, 1, 2, 3, 4]);
  });

  it("is empty where nobody counted, which is not the same as quiet", () => {
    const row = { rule: "r", severity: "warning", opened: [0, 1, 0, 0], occurrences: [0, 1, 0, 0] } as const;
    const strip = { from: "2026-06-01T00:00:00Z", stepSeconds: 3600, keptSince: "2026-06-01T02:30:00Z" };
    expect(stripCells(row, strip).map(({ heat }) => heat)).toEqual([undefined, 2, undefined, 0]);
    const off = stripCells(row, { ...strip, keptSince: null });
    expect(off.map(({ heat }) => heat)).toEqual([undefined, 2, undefined, undefined]);
  });
});

describe("nothingText", () => {
  const from = Date.parse("2026-06-01T00:00:00Z");
  it.each([
    ["2026-05-01T00:00:00Z", "No alert ended then."],
    [null, "No history is kept: state.historyFor is 0."],
  ])("says that a list is empty, kept since %s", (keptSince, said) => {
    expect(nothingText(keptSince, from, "No alert ended")).toBe(said);
  });

  it("says since when that is known, where it is not known of the whole time", () => {
    const said = nothingText("2026-06-01T06:00:00Z", from, "No alert ended");
    expect(said).toMatch(/^No alert ended since .+, when this began to be kept\.$/u);
  });
});

describe("howItEnded", () => {
  const by = (
    how: "event" | "healthy" | "deleted" | "replaced" | "quiet" | "max-age" | "rule-removed",
    more = {},
  ) => ({
    resolvedBy: { how, reason: "", what: "", atLatest: false, ...more },
    firedAt: "2026-06-01T00:00:00Z",
  });
  it.each([
    { ended: { resolvedBy: null, firedAt: null }, words: "it never fired" },
    { ended: { resolvedBy: null, firedAt: "2026-06-01T00:00:00Z" }, words: "nothing is kept of how" },
    { ended: by("event", { reason: "Pulled" }), words: "by Pulled" },
    { ended: by("event"), words: "by an Event" },
    { ended: by("healthy", { what: "3 of 3 pods ready" }), words: "3 of 3 pods ready" },
    { ended: by("deleted"), words: "its objects were deleted" },
    { ended: by("quiet"), words: "no longer seen" },
    { ended: by("rule-removed"), words: "its rule was removed" },
  ])("says: $words", ({ ended, words }) => {
    expect(howItEnded(ended)).toBe(words);
  });
});

describe("nearestRules", () => {
  const rule = (
    name: string,
    part: { readonly matched?: boolean; readonly near?: boolean; readonly failed?: number },
  ) => ({
    rule: name,
    matched: part.matched ?? false,
    near: part.near ?? false,
    clauses: Array.from({ length: part.failed ?? 0 }, () => ({
      path: "p",
      alternative: null,
      ok: false,
      expected: "",
      actual: "",
    })),
    otherAlternatives: 0,
  });

  it("puts matching rules first, then those that name the reason, then by failed clauses", () => {
    const rules = [
      rule("far", { failed: 1 }),
      rule("b", { near: true, failed: 2 }),
      rule("a", { near: true, failed: 1 }),
      rule("it", { matched: true }),
    ];
    expect(nearestRules(rules).map(({ rule }) => rule)).toEqual(["it", "a", "b", "far"]);
  });
});
