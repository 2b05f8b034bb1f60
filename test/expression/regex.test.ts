import * as fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";

import { canMatch } from "../../src/expression/can-match.ts";
import { compileRegex } from "../../src/expression/regex.ts";

/** The engine's form of an expression; of one that is none, something that matches. */
function compiled(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch {
    return RE2JS.compile("");
  }
}

describe("regular expressions", () => {
  it.each([
    { source: "a(b)?(c)", text: "xxabc", first: "b" },
    { source: "a(b)?(c)", text: "xxac", first: "" },
    { source: 'image "([^"]+)"', text: 'Back-off pulling image "nginx:1"', first: "nginx:1" },
    { source: "b+", text: "abbc", first: "bb" },
    { source: "z", text: "abc", first: "" },
  ])("$source takes $first out of $text", ({ source, text, first }) => {
    expect(compileRegex(source).value?.extract(text)).toBe(first);
  });

  it.each(["a$b", "x^y", "[^\\s\\S]", "(?i)back-off$ restarting", "a(b|c)^", "^$x"])(
    "refuse %s, which nothing matches",
    (source) => {
      expect(compileRegex(source).faults).toMatchObject([
        { message: "regex matches nothing, whatever the text is" },
      ]);
    },
  );

  it("take whatever some text matches", () => {
    const texts = ["", "a", "b", "aa", "ab", "ba", "bb", "aab", "aba", "abb", "a\nb", "\n"];
    const sources = fc
      .array(fc.constantFrom("a", "b", "^", "$", "|", "(", ")", "*", "?", "(?m)", "\\b", "\\z"), {
        maxLength: 9,
      })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(sources, (source) => {
        const engine = compiled(source);
        const matched = canMatch(engine) ? [] : texts.filter((text) => engine.test(text));
        expect(matched).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  it("searches the first 4,096 characters", () => {
    const regex = compileRegex("needle").value;
    expect(regex?.test(`${" ".repeat(4090)}needle`)).toBe(true);
    expect(regex?.test(`${" ".repeat(4091)}needle`)).toBe(false);
    expect(regex?.extract(`${" ".repeat(4091)}needle`)).toBe("");
  });

  it.each([
    { source: "a(?!b)", says: "RE2 has no look-around", offset: 1 },
    { source: "ab(?<=a)b", says: "RE2 has no look-around", offset: 2 },
    { source: "(a)\\1", says: "RE2 has no back-references", offset: 3 },
    { source: "*-x", says: 'for "*" as in a file name, use like', offset: 0 },
    { source: "x[z-a]", says: "invalid character class range", offset: 2 },
    { source: "a{2000}", says: "invalid repeat count", offset: 1 },
    { source: "a".repeat(1001), says: "regex is 1001 characters long; at most 1000 are allowed", offset: 0 },
  ])("$source is refused: $says", ({ source, says, offset }) => {
    expect(compileRegex(source).faults).toEqual([{ offset, message: expect.stringContaining(says) }]);
  });
});
