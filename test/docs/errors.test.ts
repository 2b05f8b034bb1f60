import { globSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { readPage } from "./pages.ts";

const UNION = readFileSync("src/lib/errors.ts", "utf8");
const CODES = [...UNION.matchAll(/\| "(?<code>ERR_[A-Z_]+)"/gu)].map((match) => match.groups?.["code"] ?? "");
const page = readPage("docs/errors.md");
/** Each with what stands below it. */
const sections = page.text.split(/^## /mu).slice(1);

describe("docs/errors.md", () => {
  it("has one entry for each code, in the order of the union", () => {
    expect(CODES).not.toEqual([]);
    expect(sections.map((section) => section.split("\n", 1)[0])).toEqual(CODES);
  });

  it("says of each code what happened and what to do", () => {
    for (const section of sections) {
      expect(section).toMatch(/^What happened: .+$/mu);
      expect(section).toMatch(/^What to do: .+$/mu);
    }
  });

  it("lists only codes that the program really throws", () => {
    const source = globSync("src/**/*.ts")
      .filter((path) => path !== "src/lib/errors.ts")
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    expect(CODES.filter((code) => !source.includes(`"${code}"`))).toEqual([]);
  });
});
