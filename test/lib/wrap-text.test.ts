import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { wrapText } from "../../src/lib/wrap-text.ts";

describe("wrapping", () => {
  it.each([
    { text: "", width: 10, lines: [] },
    { text: "short", width: 10, lines: ["short"] },
    { text: "two words here", width: 10, lines: ["two words", "here"] },
    { text: "first\nsecond", width: 10, lines: ["first", "second"] },
    { text: "abcdefghijklm", width: 5, lines: ["abcde", "fghij", "klm"] },
    { text: "a\tb  ", width: 10, lines: ["a    b"] },
    { text: "abcd😀e", width: 5, lines: ["abcd", "😀e"] },
    { text: "😀a😀", width: 1, lines: ["😀", "a", "😀"] },
  ])("$text at $width", ({ text, width, lines }) => {
    expect(wrapText(text, width)).toEqual(lines);
  });

  it("keeps every character that is no blank, within the width", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        const lines = wrapText(text, width);
        expect(lines.every((line) => line.length <= width)).toBe(true);
        const dense = (value: string): string => value.replaceAll(/\s/gu, "");
        expect(dense(lines.join(""))).toBe(dense(text));
      }),
    );
  });
});
