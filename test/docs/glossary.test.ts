import { existsSync, globSync, readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { readPage, rowsOf } from "./pages.ts";

/** Every name that a file of `src` exports. */
const EXPORTED: ReadonlySet<string> = new Set(
  globSync("src/**/*.ts").flatMap((file) => {
    const text = readFileSync(file, "utf8");
    const found = text.matchAll(
      /^export (?:declare )?(?:abstract )?(?:async )?(?:const|function\*?|class|interface|type) (?<name>\w+)/gmu,
    );
    return [...found].map(({ groups }) => groups?.["name"] ?? "");
  }),
);

const rows = rowsOf(readPage("docs/glossary.md")).filter(([word]) => word !== "word");

it("docs/glossary.md names each word once", () => {
  const words = rows.flatMap(([word = ""]) => word.split(", "));
  expect(words.length).toBeGreaterThan(60);
  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
});

it("docs/glossary.md names only code that exists: an exported name, a folder or a file of src", () => {
  const names = rows.flatMap(([, , code = ""]) =>
    [...code.matchAll(/`(?<name>[^`]+)`/gu)].map(({ groups }) => groups?.["name"] ?? ""),
  );
  expect(names.length).toBeGreaterThan(60);
  const missing = names.filter((name) =>
    /[/.]/u.test(name) ? !existsSync(`src/${name}`) : !EXPORTED.has(name),
  );
  expect(missing).toEqual([]);
});
