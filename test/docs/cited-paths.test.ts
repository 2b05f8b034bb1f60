import { existsSync, globSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { anchorsOf, readPage } from "./pages.ts";

/** Files whose comments and texts name files of this repository. */
const FILES = [
  ...globSync("*.md"),
  "Dockerfile",
  ...globSync("{src,test,rules,chart,docs,bench,scenarios,examples}/**/*.{ts,js,mjs,md,yaml,json,tpl}", {
    exclude: (path) => path.includes("node_modules") || path.endsWith("openapi.json"),
  }),
].filter((path) => path !== "CHANGELOG.md");

interface Citation {
  readonly path: string;
  /** "" for none. */
  readonly anchor: string;
}

/**
 * `docs/design/alerting.md#threshold`, `src/event/occurrence.ts`, `test/support`: a path from the root of the
 * repository. Paths inside a URL, patterns, names with a hole such as `<type>`, files that a test makes, and keys of the
 * cluster `test` such as `test/Pod/shop/web-1` are none.
 */
function citationsIn(text: string): readonly Citation[] {
  const found = text.matchAll(
    /(?<![\w/.<>*{}@:-])(?<path>(?:docs|src|test)\/(?![A-Z\d])[\w./-]*\w)\/?(?:#(?<anchor>[\w-]+))?(?![\w/*<{}$[])/gu,
  );
  return [...found]
    .map(({ groups }) => ({ path: groups?.["path"] ?? "", anchor: groups?.["anchor"] ?? "" }))
    .filter(({ path }) => !path.includes(".generated"));
}

function fault({ path, anchor }: Citation): string | undefined {
  if (!existsSync(path)) return `there is no ${path}`;
  if (anchor === "" || anchorsOf(readPage(path)).includes(anchor)) return undefined;
  return `${path} has no heading #${anchor}`;
}

/** A section of a document that has no place in this repository; RFCs and other public texts have their name before it. */
const ELSEWHERE = /(?<!RFC \d+ )\u00A7\d|\b(?:INTERFACE|ARCHITECTURE)\b|\(design: /gu;

describe("what is cited", () => {
  it("exists, the heading as well", () => {
    const faults = FILES.flatMap((file) =>
      citationsIn(readFileSync(file, "utf8")).flatMap((citation) => {
        const wrong = fault(citation);
        return wrong === undefined ? [] : [`${file}: ${wrong}`];
      }),
    );
    expect(faults).toEqual([]);
  });

  it("is in this repository, or public", () => {
    const faults = FILES.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(ELSEWHERE)].map(([words]) => `${file}: ${words}`),
    );
    expect(faults.filter((fault) => !fault.startsWith("test/docs/cited-paths.test.ts"))).toEqual([]);
  });
});
