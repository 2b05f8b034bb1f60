import { expect, it } from "vitest";

import { FieldWords } from "../../src/lib/field-words.ts";

it("numbers a text that comes again, and no text that came once", () => {
  const words = new FieldWords();
  expect([words.idOf("Pod"), words.idOf("Node"), words.idOf("Pod"), words.idOf("Pod")]).toEqual([
    undefined,
    undefined,
    0,
    0,
  ]);
  expect([words.idOf("Node"), words.idOf("Pod")]).toEqual([1, 0]);
});

it("learns words also after thousands of names, which it forgets", () => {
  const words = new FieldWords();
  for (let index = 0; index < 5000; index++) expect(words.idOf(`web-${index}`)).toBeUndefined();
  words.idOf("Pod");
  expect(words.idOf("Pod")).toBe(0);
});

it("knows so many words, and none that is long", () => {
  const words = new FieldWords();
  const texts = Array.from({ length: 300 }, (_, index) => `reason-${index}`);
  const ids = texts.map((text) => [words.idOf(text), words.idOf(text)][1]);
  expect(ids.slice(0, 256)).toEqual(texts.slice(0, 256).map((_, index) => index));
  expect(ids.slice(256)).toEqual(texts.slice(256).map(() => undefined));
  const other = new FieldWords();
  expect([other.idOf("x".repeat(61)), other.idOf("x".repeat(61))]).toEqual([undefined, undefined]);
});
