import { globSync, readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { readPage, rowsOf } from "./pages.ts";

const source = globSync("src/**/*.ts")
  .map((path) => readFileSync(path, "utf8"))
  .join("\n")
  // A text over several lines is one text.
  .replaceAll(/[`"] \+\s+[`"]/gu, "");

/** Only the words that stand in the source: an ellipsis is for what differs from case to case. */
function fixedParts(quote: string): readonly string[] {
  return quote
    .replaceAll("`", "")
    .split("…")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

it("docs/troubleshooting.md quotes only words that the program can say", () => {
  const quotes = rowsOf(readPage("docs/troubleshooting.md"))
    .map(([quote = ""]) => quote)
    .filter((quote) => quote.startsWith("`"));
  expect(quotes.length).toBeGreaterThan(10);
  const unknown = quotes.flatMap(fixedParts).filter((part) => !source.includes(part));
  expect(unknown).toEqual([]);
});
