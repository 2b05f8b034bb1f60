import { describe, expect, it } from "vitest";

import { compilePattern, type PatternOptions, PatternSpec } from "../../src/expression/index.ts";
import { check } from "../../src/lib/schema.ts";
import { cpuMsOf } from "../support/cpu-time.ts";

function compiled(spec: unknown, options?: PatternOptions) {
  const checked = check(PatternSpec, spec);
  expect(checked.faults).toEqual([]);
  const pattern = compilePattern(checked.value!, options);
  expect(pattern.faults).toEqual([]);
  return pattern.value!;
}

describe("patterns", () => {
  it.each<{ spec: unknown; yes: (string | number)[]; no: (string | number)[]; text: string; numeric?: true }>(
    [
      { spec: "BackOff", yes: ["BackOff"], no: ["backoff", "BackOff ", "", "XBackOff"], text: "BackOff" },
      { spec: "", yes: [""], no: ["x"], text: '""' },
      { spec: "a.c", yes: ["a.c"], no: ["abc"], text: "a.c" },
      { spec: 17, yes: [17, "17"], no: [1, "170"], text: "17" },
      { spec: true, yes: ["true"], no: ["false", "True"], text: "true" },
      { spec: ["A", "B"], yes: ["A", "B"], no: ["C", "AB"], text: "A | B" },
      { spec: ["A", { like: "B*" }], yes: ["A", "B", "Bx"], no: ["Ax"], text: 'A | like "B*"' },
      { spec: { like: "ci-*" }, yes: ["ci-", "ci-1"], no: ["ci", "xci-1"], text: 'like "ci-*"' },
      { spec: { like: "a?c" }, yes: ["abc", "a?c"], no: ["ac", "abbc"], text: 'like "a?c"' },
      { spec: { like: "*a*b" }, yes: ["ab", "xaxxb", "aab", "abab"], no: ["abx", "ba"], text: 'like "*a*b"' },
      { spec: { like: "**" }, yes: ["", "x"], no: [], text: 'like "**"' },
      { spec: { like: "a.c" }, yes: ["a.c"], no: ["abc"], text: 'like "a.c"' },
      { spec: { like: "*" }, yes: ["a\nb"], no: [], text: 'like "*"' },
      { spec: { regex: "Fail" }, yes: ["Fail", "xFaily"], no: ["fail"], text: 'regex "Fail"' },
      { spec: { regex: "^Fail$" }, yes: ["Fail"], no: ["Fails", "xFail"], text: 'regex "^Fail$"' },
      {
        spec: { regex: "(?i)pull(ing)? image" },
        yes: ["Pulling Image x"],
        no: ["pulled image"],
        text: 'regex "(?i)pull(ing)? image"',
      },
      { spec: { contains: "a*b" }, yes: ["xa*bx"], no: ["aab"], text: 'contains "a*b"' },
      { spec: { not: "A" }, yes: ["B", ""], no: ["A"], text: "not A" },
      {
        spec: { not: ["A", { like: "ci-*" }] },
        yes: ["B"],
        no: ["A", "ci-x"],
        text: 'not (A | like "ci-*")',
      },
      { spec: { not: { not: "A" } }, yes: ["A"], no: ["B"], text: "not not A" },
      {
        spec: { like: "web-*", not: "web-1" },
        yes: ["web-2"],
        no: ["web-1", "x"],
        text: 'like "web-*" and not web-1',
      },
      { spec: { gt: 3 }, yes: [4], no: [3, 2], text: "> 3", numeric: true },
      { spec: { gte: 3 }, yes: [3, 4], no: [2], text: ">= 3", numeric: true },
      { spec: { lt: 3 }, yes: [2], no: [3], text: "< 3", numeric: true },
      { spec: { lte: 3 }, yes: [3], no: [4], text: "<= 3", numeric: true },
      { spec: { gt: 1, lt: 3 }, yes: [2], no: [1, 3], text: "> 1 and < 3", numeric: true },
    ],
  )("$spec is shown as $text and matches as written", ({ spec, yes, no, text, numeric }) => {
    const pattern = compiled(spec, { numeric: numeric ?? false });
    expect(yes.filter((value) => !pattern.test(value))).toEqual([]);
    expect(no.filter((value) => pattern.test(value))).toEqual([]);
    expect(pattern.text).toBe(text);
  });

  it.each([
    { spec: "A", exact: ["A"] },
    { spec: ["A", ["B", 1]], exact: ["A", "B", "1"] },
    { spec: ["A", { like: "B" }], exact: undefined },
    { spec: { not: "A" }, exact: undefined },
  ])("$spec can equal at most $exact", ({ spec, exact }) => {
    expect(compiled(spec).exact).toEqual(exact === undefined ? undefined : new Set(exact));
  });

  it.each([
    {
      value: "web-*",
      says: '"web-*" is compared as it stands, not as a pattern; write { like: "web-*" }, { regex: "web-*" } or a list of values',
    },
    {
      value: "^(Failed|BackOff)$",
      says: '"^(Failed|BackOff)$" is compared as it stands, not as a pattern; write a list, [Failed, BackOff], or { like: … } or { regex: "^(Failed|BackOff)$" }',
    },
    { value: "a?b", says: expect.stringContaining("{ like:") },
    { value: "^a", says: expect.stringContaining("{ regex:") },
    { value: "a$", says: expect.stringContaining("{ regex:") },
  ])("a strict field refuses $value and says what to write", ({ value, says }) => {
    expect(compilePattern(value, { strict: true }).faults).toEqual([{ path: [], message: says }]);
    expect(compilePattern(value).faults).toEqual([]);
  });

  it("finds every fault with the way to it", () => {
    const spec = { not: ["a|b", { regex: "(a" }, { regex: "x(?=y)" }], gt: 1 };
    expect(compilePattern(spec, { strict: true }).faults).toEqual([
      { path: ["not", 0], message: expect.stringContaining("a list, [a, b]") },
      { path: ["not", 1, "regex"], offset: 0, message: "not an RE2 expression: missing closing ): `(a`" },
      { path: ["not", 2, "regex"], offset: 1, message: expect.stringContaining("RE2 has no look-around") },
      { path: ["gt"], message: "gt compares numbers, and this field is a text" },
    ]);
    expect(compilePattern("three", { numeric: true }).faults).toEqual([
      { path: [], message: 'expected a number, not "three"' },
    ]);
    expect(compilePattern({}).faults).toHaveLength(1);
  });

  it.each([
    { spec: { lke: "a" }, path: ["lke"], says: 'unknown key "lke"; did you mean "like"?' },
    { spec: null, path: [], says: expect.stringContaining('write "" for the empty value') },
    {
      spec: [],
      path: [],
      says: expect.stringMatching(/empty: write at least one entry|a list of patterns/u),
    },
    { spec: [null], path: [0], says: expect.stringContaining("expected a value") },
    {
      spec: { not: { regx: "a" } },
      path: ["not", "regx"],
      says: 'unknown key "regx"; did you mean "regex"?',
    },
  ])("the schema refuses $spec", ({ spec, path, says }) => {
    expect(check(PatternSpec, spec).faults).toMatchObject([{ path, message: says }]);
  });

  it("stays linear on a hostile glob and a hostile regular expression", () => {
    const text = "a".repeat(30_000);
    const took = cpuMsOf(() => {
      expect(compiled({ like: "*a*a*a*a*a*a*b" }).test(text)).toBe(false);
      expect(compiled({ regex: "^(a+)+$" }).test(`${"a".repeat(5000)}b`)).toBe(true);
      expect(compiled({ regex: "(a*)*b" }).test(text)).toBe(false);
    });
    expect(took).toBeLessThan(10_000);
  });
});
