import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { SCENES } from "../../web/browser/shots/scenes.ts";

const FOLDER = "docs/pictures/page";

/** All of them are read by whoever opens the tour. */
const MOST_BYTES = 1_000_000;

const names = SCENES.map(({ name }) => `${name}.webp`).toSorted();

describe("the pictures of the page", () => {
  it("are those of the scenes, and each is in the tour", () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual(names);
    const shown = readFileSync("docs/tour.md", "utf8").matchAll(/pictures\/page\/([\w.]+)/gu);
    expect([...shown].map(([, name = ""]) => name).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(names);
  });

  it("are small", () => {
    const sizes = names.map((name) => readFileSync(`${FOLDER}/${name}`).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES);
  });
});
