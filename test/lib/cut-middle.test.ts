import { describe, expect, it } from "vitest";

import { cutMiddle, cutMiddleBytes, isCutOf } from "../../src/lib/cut-middle.ts";

describe("cutMiddle", () => {
  it.each([
    ["abcdef", 6, "abcdef"],
    ["abcdef", 5, "ab…ef"],
    ["abcdef", 4, "ab…f"],
    ["abcdef", 1, "…"],
    ["abcdef", 0, ""],
    ["😀😀😀😀", 6, "😀…😀"],
    ["a😀😀😀b", 6, "a😀…b"],
    ["\uD800x", 9, "\uFFFDx"],
  ])("of %j to %i is %j", (text, limit, expected) => {
    expect(cutMiddle(text, limit)).toBe(expected);
  });

  it("stays within its limit and well-formed, and is known as a cut of the whole", () => {
    const text = "ab😀c…d\nef😀😀gh";
    for (let limit = 1; limit <= text.length + 1; limit += 1) {
      const cut = cutMiddle(text, limit);
      expect(cut.length).toBeLessThanOrEqual(limit);
      expect(cut.isWellFormed()).toBe(true);
      expect(isCutOf(cut, text)).toBe(true);
    }
    expect(isCutOf("ab…x", text)).toBe(false);
    expect(isCutOf("ab", text)).toBe(false);
    expect(isCutOf("aaaa…aaaa", "aaaa")).toBe(false);
  });
});

describe("cutMiddleBytes", () => {
  it("stays within its limit of bytes and well-formed, with the beginning and the end", () => {
    const text = "abü😀c…dé😀😀gh";
    for (let limit = 3; limit <= Buffer.byteLength(text); limit += 1) {
      const cut = cutMiddleBytes(text, limit);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limit);
      expect(cut.isWellFormed()).toBe(true);
      expect(isCutOf(cut, text)).toBe(true);
    }
    expect(cutMiddleBytes(text, 13)).toBe("abü…😀gh");
    expect(cutMiddleBytes(text, 2)).toBe("");
    expect(cutMiddleBytes("abc", 3)).toBe("abc");
  });
});
