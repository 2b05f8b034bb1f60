import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseYaml } from "../../../src/lib/yaml-file.ts";
import { rulePack } from "../../../src/rule/package-files.ts";
import { buildRunbooks } from "../../../web/runbooks/build-runbooks.ts";
import { renderRunbook } from "../../../web/runbooks/render-runbook.ts";

const bodyOf = (markdown: string): string =>
  /<main>\n([\s\S]*)<\/main>/u.exec(renderRunbook(`# it\n\n${markdown}`))?.[1] ?? "";

describe("a runbook as a page", () => {
  it("has its heading as title, and text, lists, code and tables", () => {
    const page = renderRunbook(
      "# crash-loop\n\nIt *crashes*.\n\n- `kubectl logs <pod>`\n\n| a | b |\n| - | - |\n| 1 | 2 |\n",
    );
    expect(page).toContain("<title>crash-loop · Tocsin</title>");
    expect(page).toContain("<h1>crash-loop</h1>");
    expect(page).toContain("<li><code>kubectl logs &lt;pod&gt;</code></li>");
    expect(page).toContain("<td>1</td>");
  });

  it.each([
    ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    ["a <b onclick=x>c</b>", "a &lt;b onclick=x&gt;c&lt;/b&gt;"],
    ["see <pod> there", "see &lt;pod&gt; there"],
    ['![x"y](https://example.org/a.png)', "x&quot;y"],
  ])("takes no markup from its text: %s", (markdown, html) => {
    expect(bodyOf(markdown)).toContain(html);
    expect(bodyOf(markdown)).not.toMatch(/<(?:script|b|pod|img)\b/u);
  });

  it.each([
    ["[x](crash-loop.md)", '<a href="/runbooks/crash-loop">x</a>'],
    ["[x](README.md)", '<a href="/runbooks">x</a>'],
    ['[x](https://example.org/?a="b)', '<a href="https://example.org/?a=&quot;b">x</a>'],
  ])("leads to other runbooks: %s", (markdown, html) => {
    expect(bodyOf(markdown)).toContain(html);
  });
});

describe("the built runbooks", () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tocsin-runbooks-"));
    await buildRunbooks(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("are there for each rule that ships, with an index that leads to each", async () => {
    const { builtin, more } = await rulePack();
    const rules = [...builtin, ...more].flatMap(({ path }) => {
      // Each rule of the pack has a name.
      const { rules: entries = [] } = parseYaml(path, readFileSync(path, "utf8")).value as {
        readonly rules?: readonly { readonly name: string }[];
      };
      return entries.map(({ name }) => name);
    });
    const pages = readdirSync(folder).filter((name) => name.endsWith(".html"));
    expect(rules.length).toBeGreaterThan(100);
    expect(pages.toSorted()).toEqual(["index.html", ...rules.map((name) => `${name}.html`)].toSorted());
    const index = readFileSync(join(folder, "index.html"), "utf8");
    expect(rules.filter((name) => !index.includes(`href="/runbooks/${name}"`))).toEqual([]);
  });

  it("run no script and hold no style", () => {
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".html"))) {
      const page = readFileSync(join(folder, name), "utf8");
      expect(page).not.toMatch(/<script|<style|\sstyle=|\son\w+=/u);
    }
    expect(readFileSync(join(folder, "runbook.css"), "utf8")).toContain("color-scheme:light dark");
  });
});
