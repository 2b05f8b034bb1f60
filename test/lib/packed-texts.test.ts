import { expect, it } from "vitest";

import { PackedTexts } from "../../src/lib/packed-texts.ts";

it("writes a text once, and a name inside a text as a letter", () => {
  const texts = new PackedTexts();
  const all = ["web-7d9f", "app", "Pod/web-7d9f", "web-7d9f", "web-7d9f of web-7d9f", "Pod/web-7d9f again"];
  const codes = all.map((text) => texts.encode(text));
  expect(codes).toEqual([
    "web-7d9f",
    "app",
    "Pod/\x7fA\x7f",
    "=0",
    "\x7fA\x7f of \x7fA\x7f",
    "Pod/\x7fA\x7f again",
  ]);
  const read = new PackedTexts();
  expect(codes.map((code) => read.decode(code))).toEqual(all);
});

it("counts a time from the one before, unless it is far away or no time", () => {
  const numbers = [5, 1_796_048_870_000, 1_796_048_871_500, -3, 1_796_048_870_000, 4e12, 0.5];
  const writing = new PackedTexts();
  const codes = numbers.map((number) => writing.encodeNumber(number));
  expect(codes).toEqual([5, 1_796_048_870_000, "+1500", -3, "-1500", 4e12, 0.5]);
  const reading = new PackedTexts();
  expect(
    codes.map((code) => (typeof code === "number" ? reading.decodeNumber(code) : reading.decode(code))),
  ).toEqual(numbers);
});
