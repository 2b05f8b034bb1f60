import { describe, expect, it } from "vitest";

import { cleanText } from "../../src/lib/text.ts";

describe("cleanText", () => {
  it.each([
    ["Arabic letter mark", "\u061c"],
    ["zero-width space", "\u200b"],
    ["zero-width joiners", "\u200c\u200d"],
    ["word joiner", "\u2060"],
    ["soft hyphen", "\u00ad"],
    ["Mongolian vowel separator", "\u180e"],
    ["Hangul filler", "\u3164"],
    ["tags", "\u{e0001}\u{e0061}\u{e007f}"],
    ["variation selectors beyond those of emoji", "\ufe00\u{e0100}"],
    ["byte order mark", "\ufeff"],
    ["bidirectional overrides and isolates", "\u202a\u202e\u2066\u2069\u200e\u200f"],
    ["interlinear annotation", "\ufff9\ufffb"],
  ])("removes what nobody sees: %s", (_, marks) => {
    expect(cleanText(`web${marks}-1`)).toBe("web-1");
  });

  it("keeps letters, emoji and line breaks", () => {
    const text = "größer ⚠️ 日本\nनमस्ते\t1";
    expect(cleanText(text)).toBe(text);
  });
});

describe("escape sequences of a terminal", () => {
  it.each([
    ["a colour", "\u001B[31mERROR\u001B[0m", "ERROR"],
    ["a colour with a C1 character", "\u009B1;31mERROR", "ERROR"],
    ["a screen that is cleared", "a\u001B[2J\u001B[Hb", "ab"],
    ["a link", "\u001B]8;;https://evil.example\u001B\\text\u001B]8;;\u0007", "text"],
    ["a window title", "\u001B]0;title\u0007text", "text"],
    ["a character set", "\u001B(Btext", "text"],
    ["a sequence without an end", "\u001B]0;text", " ]0;text"],
    ["brackets alone", "[31mtext", "[31mtext"],
  ])("%s is removed whole", (_what, text, expected) => {
    expect(cleanText(text)).toBe(expected);
  });
});
