import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { ALL_PAGES, anchorsOf, type Page, readPage } from "./pages.ts";

/** `[words](target)` outside of code; absolute URLs are other people's. */
function linksOf(page: Page): readonly string[] {
  const prose = page.text.replaceAll(/^```[\s\S]*?^```$/gmu, "").replaceAll(/`[^`\n]*`/gu, "");
  return [...prose.matchAll(/\]\((?<target>[^()\s]+)\)/gu)]
    .map((link) => link.groups?.["target"] ?? "")
    .filter((target) => !/^(?:https?|mailto):/u.test(target));
}

function fault(page: Page, link: string): string | undefined {
  const [target = "", anchor] = link.split("#");
  const path = target === "" ? page.path : join(dirname(page.path), target);
  if (!existsSync(path)) return `${link}: there is no ${path}`;
  if (anchor === undefined || statSync(path).isDirectory()) return undefined;
  return anchorsOf(readPage(path)).includes(anchor) ? undefined : `${link}: ${path} has no such heading`;
}

describe.each(ALL_PAGES)("$path", (page) => {
  it("links only to files and headings that exist", () => {
    expect(linksOf(page).flatMap((link) => fault(page, link) ?? [])).toEqual([]);
  });
});
