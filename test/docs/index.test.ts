import { globSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

const INDEX = readFileSync("docs/README.md", "utf8");

/** Pages that are opened from another one, which the index names. */
const BELOW = /^docs\/(?:cli|decisions|design|runbooks|sinks)\/|^docs\/README\.md$/u;

describe("docs/README.md", () => {
  it("leads to every page, and to the first one of every folder", () => {
    const pages = globSync("docs/**/*.md");
    const folders = new Set(pages.flatMap((page) => /^docs\/([^/]+)\//u.exec(page)?.[1] ?? []));
    const wanted = [
      ...pages.filter((page) => !BELOW.test(page)).map((page) => `(${page.slice("docs/".length)}`),
      ...[...folders].map((folder) => `(${folder}/`),
    ];
    expect(wanted.length).toBeGreaterThan(25);
    expect(wanted.filter((link) => !INDEX.includes(link))).toEqual([]);
  });

  it("leads to what the README and the index promise beside it", () => {
    const readme = readFileSync("README.md", "utf8");
    for (const link of ["(SECURITY.md)", "(docs/README.md)", "docs/pictures/"])
      expect(readme).toContain(link);
  });
});
