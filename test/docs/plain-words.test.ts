import { globSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { ALL_PAGES } from "./pages.ts";

/** A sentence that begins with a subject that nobody can name: "What is gone …", "Whoever leases it …". */
const RIDDLE = /(?:^|(?<=[.:;!?|*] ))(?:What|Whoever|Whatever|Whichever|That which)\b[^.;]*/gmu;

/** The comments of a file, each as one line; what looks like a comment inside a text is none. */
function commentsIn(text: string): readonly string[] {
  const found = text.matchAll(/\/\*\*?(?<block>[\s\S]*?)\*\/|(?<=^|\s)\/\/(?<line>.*)$/gmu);
  return [...found].map(({ groups = {} }) =>
    (groups["block"] ?? groups["line"] ?? "").replaceAll(/\s*\n\s*\*?\s*/gu, " ").trim(),
  );
}

function riddlesIn(file: string): readonly string[] {
  return commentsIn(readFileSync(file, "utf8")).flatMap((comment) =>
    [...comment.matchAll(RIDDLE)].map(([words]) => `${file}: ${words.slice(0, 80)}`),
  );
}

describe("comments", () => {
  it("name their subjects", () => {
    const files = globSync("{src,test,bench,examples}/**/*.{ts,mjs}");
    expect(files.length).toBeGreaterThan(800);
    expect(files.flatMap(riddlesIn)).toEqual([]);
  });
});

/** Pages for people who change the code, where the words of the glossary are at home. */
const FOR_DEVELOPERS = /^docs\/(?:architecture|glossary)\.md$|^docs\/(?:design|decisions)\//u;

/** Words of our own for what the field calls an alert, a message, sent or reported. */
const PRIVATE = /\b(?:(?:is|are|was|were|be) told\b|tells? of\b|news\b|merely happened\b)/giu;

describe("pages", () => {
  it("use the words of the field, where people read who only run the program", () => {
    const pages = ALL_PAGES.filter(({ path }) => path.startsWith("docs/") && !FOR_DEVELOPERS.test(path));
    expect(pages.length).toBeGreaterThan(30);
    const found = pages.flatMap(({ path, text }) =>
      [...text.matchAll(PRIVATE)].map(
        ({ 0: word, index }) => `${path}: ${text.slice(Math.max(0, index - 40), index)}${word}`,
      ),
    );
    expect(found).toEqual([]);
  });

  it("name their subjects", () => {
    const riddles = ALL_PAGES.flatMap(({ path, text }) =>
      [...text.replaceAll(/^```[\s\S]*?^```$/gmu, "").matchAll(RIDDLE)].map(([words]) => `${path}: ${words}`),
    );
    // The two questions that docs/errors.md answers for each code.
    const asked = /^docs\/errors\.md: What (?:happened|to do):/u;
    expect(riddles.filter((riddle) => !asked.test(riddle))).toEqual([]);
  });
});
