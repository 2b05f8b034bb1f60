import { globSync, readFileSync } from "node:fs";

/** One fenced block of a page. */
export interface Block {
  /** `yaml`, `sh`, `text`; "" when the fence names none. */
  readonly language: string;
  readonly text: string;
  /** Of its first line, 1-based. */
  readonly line: number;
  /** The file name in its first line: `tocsin.yaml` of `# tocsin.yaml: the smallest one`; "" for none. */
  readonly mark: string;
}

/** A page of documentation, by its path from the root of the repository. */
export interface Page {
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** The pages whose blocks are held here; those about keys and sinks are held beside their schemas. */
export const PAGES: readonly Page[] = [
  "README.md",
  "docs/comparison.md",
  "docs/errors.md",
  "docs/expressions.md",
  "docs/faq.md",
  "docs/first-rule.md",
  "docs/install.md",
  "docs/metrics.md",
  "docs/producers.md",
  "docs/recipes.md",
  "docs/routing.md",
  "docs/rules.md",
  "docs/security.md",
  "docs/testing.md",
  "docs/troubleshooting.md",
].map(readPage);

/** Every page that people read, for its links. */
export const ALL_PAGES: readonly Page[] = [
  ...globSync("*.md"),
  ...globSync("{docs,examples,rules,scenarios}/**/*.md"),
].map(readPage);

/** One page, from the root of the repository. */
export function readPage(path: string): Page {
  const text = readFileSync(path, "utf8");
  const fences = [...text.matchAll(/^```(?<language>\w*)\n(?<text>[\s\S]*?)^```$/gmu)];
  return {
    path,
    text,
    blocks: fences.map((fence) => {
      const content = fence.groups?.["text"] ?? "";
      return {
        language: fence.groups?.["language"] ?? "",
        text: content,
        line: text.slice(0, fence.index).split("\n").length + 1,
        mark: /^# ([\w./-]+)/u.exec(content)?.[1] ?? "",
      };
    }),
  };
}

/** The anchors of a page's headings: lower case, blanks as dashes, without punctuation. */
export function anchorsOf(page: Pick<Page, "text">): readonly string[] {
  return [...page.text.matchAll(/^#+ (?<heading>.+)$/gmu)].map((match) =>
    (match.groups?.["heading"] ?? "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/gu, "-"),
  );
}

/** The block right after this one, when only blanks are between them. */
export function blockAfter(page: Page, block: Block): Block | undefined {
  const next = page.blocks[page.blocks.indexOf(block) + 1];
  if (next === undefined) return undefined;
  const end = block.line + block.text.split("\n").length;
  const between = page.text.split("\n").slice(end - 1, next.line - 2);
  return between.every((line) => line.trim() === "") ? next : undefined;
}

/** The cells of all tables of a page, row by row, as they are written. */
export function rowsOf(page: Page): readonly (readonly string[])[] {
  return page.text
    .split("\n")
    .filter((line) => /^\| [^-]/u.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/u)
        .map((cell) => cell.trim()),
    );
}
