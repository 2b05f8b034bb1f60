import { readFileSync, writeFileSync } from "node:fs";

import { expect, it } from "vitest";

import { keysOfConfiguration, keysOfLaterVersions } from "./keys.ts";

const PAGE = "docs/configuration.md";
const [BEGIN, END] = [
  "<!-- keys: begin (UPDATE_DOCS=1 npx vitest run documentation writes them) -->\n",
  "<!-- keys: end -->",
];

function table(): string {
  const rows = keysOfConfiguration().map(
    ({ path, meaning, fallback }) =>
      `| \`${path}\` | ${meaning.replaceAll("|", "\\|")} | ${fallback === "" ? "" : `\`${fallback}\``} |`,
  );
  return `| key | meaning | default |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}

it("documents every key of the schema with its meaning and default", () => {
  const page = readFileSync(PAGE, "utf8");
  const [before = "", rest = ""] = page.split(BEGIN);
  const [, after = ""] = rest.split(END);
  const expected = before + BEGIN + table() + END + after;
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(PAGE, expected);
  expect(readFileSync(PAGE, "utf8")).toBe(expected);
  expect(keysOfConfiguration().filter(({ meaning }) => meaning === "")).toEqual([]);
});

it("names every key that this version refuses", () => {
  const page = readFileSync(PAGE, "utf8");
  for (const key of keysOfLaterVersions()) expect(page).toContain(`\`${key}\``);
});
