import { describe, expect, it } from "vitest";

import { wellFormedJson } from "../../src/sink/well-formed.ts";

describe("wellFormedJson", () => {
  it.each([
    { name: "a high half", text: "a\ud83db" },
    { name: "a low half", text: "a\ude00b" },
    { name: "halves in the wrong order", text: "\ude00\ud83d" },
    { name: "a whole pair", text: "🔥" },
    { name: "text that looks like an escape", text: String.raw`\ud83d \\ud83d` },
    { name: "a backslash before a half", text: "\\\ud83d" },
    { name: "an escape of something else", text: "\u0000 \\u0000 d83d" },
  ])("keeps everything but halves of pairs: $name", ({ text }) => {
    expect(JSON.parse(wellFormedJson(JSON.stringify({ text })))).toEqual({ text: text.toWellFormed() });
  });
});
