import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { type CatalogueEntry, CATALOGUE, eventsOf } from "./catalogue.ts";
import { compilePack, fileOf } from "./pack.ts";

const PAGE = new URL("../../docs/coverage.md", import.meta.url);
const RUNBOOKS = new URL("../../docs/runbooks/", import.meta.url);

const { rules } = compilePack({ more: true });

/** Also those that are off until you switch them on. */
const everyRule = compilePack({
  more: true,
  overrides: {
    "other-warnings": { enabled: true },
    "container-restarted": { enabled: true },
    "cronjob-without-success": { enabled: true },
  },
}).rules.rules;

interface Row {
  readonly entry: CatalogueEntry;
  readonly names: readonly string[];
}

const rows: readonly Row[] = CATALOGUE.alert.map((entry) => ({
  entry,
  names: [...new Set(eventsOf(entry).flatMap((event) => rules.match(event).map(({ name }) => name)))],
}));

describe("the rules that come with the program", () => {
  it("have one for everything that somebody should hear of", () => {
    const missed = rows.filter(({ names }) => names.length === 0);
    expect(missed.map(({ entry }) => `${entry.of} ${entry.reason}`)).toEqual([]);
  });

  it("have one in the default pack for what nobody can leave until tomorrow", () => {
    const builtin = compilePack({ more: false }).rules;
    const missed = CATALOGUE.alert.filter(
      (entry) => entry.tier === 1 && !eventsOf(entry).some((event) => builtin.match(event).length > 0),
    );
    expect(missed.map(({ of, reason }) => `${of} ${reason}`)).toEqual([]);
  });

  it("are listed in docs/coverage.md, next to what they are about", () => {
    const page = pageOf();
    if (process.env["UPDATE_DOCS"] !== undefined) writeFileSync(PAGE, page);
    expect(existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "").toBe(page);
  });

  it.each(everyRule)("have a runbook for $name", ({ name, description }) => {
    const page = readFileSync(new URL(`${name}.md`, RUNBOOKS), "utf8");
    expect(page.startsWith(`# ${name}\n\n${description}\n`)).toBe(true);
    for (const part of ["## Meaning", "## Likely causes", "## First steps"])
      expect(page).toContain(`\n${part}\n`);
  });

  it("have no runbook that is about no rule", () => {
    const names = new Set(everyRule.map(({ name }) => `${name}.md`));
    const pages = readdirSync(RUNBOOKS).filter((page) => page !== "README.md");
    expect(pages.filter((page) => !names.has(page))).toEqual([]);
  });
});

/** Reasons by where they come from, each with the rule that tells of it. */
function pageOf(): string {
  const sections = [...Map.groupBy(rows, ({ entry }) => entry.of)].map(([of, list]) => {
    const lines = list.map(({ entry, names }) => {
      const found = names.map((name) => `[${name}](runbooks/${name}.md)`).join(", ");
      const files = [...new Set(names.map(fileOf))].map((file) => `\`${file}\``).join(", ");
      return `| ${entry.reason} | ${entry.kinds.join(", ")} | ${entry.type} | ${found} | ${files} |`;
    });
    return `## ${of}\n\n| reason | of | type | rule | file |\n| --- | --- | --- | --- | --- |\n${lines.join("\n")}\n`;
  });
  return `# Coverage

The Events of Kubernetes 1.36 and common add-ons that people should know, and the rule for each.
\`builtin\` is the default; enable a file of \`builtin/more\` by its name, \`rules: [builtin, builtin/more/keda]\`, or all of them by \`builtin/more\`.
Several reasons of one rule are one problem in messages.

${sections.join("\n")}`;
}
