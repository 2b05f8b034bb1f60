import { describe, expect, it } from "vitest";

import { patternSize } from "../../src/expression/pattern-size.ts";
import { compilePattern } from "../../src/expression/pattern.ts";

describe("the size of a pattern", () => {
  it.each([
    ["abc", 3],
    ["a{10}", 10],
    ["a{2,}", 2],
    ["a{0,10}b", 11],
    ["(ab){10}", 20],
    ["((ab){10}c){10}", 210],
    ["[a-z]{10}", 10],
    ["[]a]{3}", 3],
    ["\\{3}", 3],
    ["\\pL{10}", 100],
    ["(a|b)*", 3],
    ["a{x}", 4],
    ["(((", 0],
  ])("%s is %i", (source, size) => {
    expect(patternSize(source)).toBe(size);
  });

  it.each(["\\pL{1000}".repeat(20), "(abcdefghij){1000}", "((a{100}){100}){100}"])(
    "of %s is refused before it is compiled",
    (regex) => {
      expect(compilePattern({ regex }).faults).toEqual([
        expect.objectContaining({ message: expect.stringContaining("its repetitions make it too large") }),
      ]);
    },
  );

  it.each(["a{1000}", "(?i)(timeout|deadline){1,50}", "^[a-z]{63}\\.[a-z]{63}$"])("of %s is not", (regex) => {
    expect(compilePattern({ regex }).faults).toEqual([]);
  });
});

describe("a glob", () => {
  it("has a bound, and sees the beginning of a long text", () => {
    expect(compilePattern({ like: "a".repeat(1001) }).faults).toEqual([
      { path: ["like"], message: "like is 1001 characters long; at most 1000 are allowed" },
    ]);
    const { value } = compilePattern({ like: "a*" });
    expect(value?.test(`a${"b".repeat(100_000)}`)).toBe(true);
    const { value: ends } = compilePattern({ like: "*c" });
    expect(ends?.test(`${"b".repeat(100_000)}c`)).toBe(false);
  });
});
