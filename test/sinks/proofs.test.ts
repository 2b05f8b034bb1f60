import { globSync, readFileSync } from "node:fs";

import { expect, it } from "vitest";

/** Names that other tables of tests have as well, such as the noise budgets, count only in these folders. */
const PLACES: Readonly<Record<string, string>> = {
  A: "{acceptance,delivery,support}",
  E: "sinks/email",
  S: "{sinks/slack,delivery}",
};

/** The names in `docs/design/delivery.md#proven-by-name`. */
function names(): readonly string[] {
  const [, section = ""] = readFileSync("docs/design/delivery.md", "utf8").split("## Proven by name");
  const [table = ""] = section.split("\n## ");
  return [...table.matchAll(/^\| (?<name>[A-Z]\d+) \|/gmu)].map(({ groups }) => groups?.["name"] ?? "");
}

function textsIn(folder: string): string {
  return globSync(`test/${folder}/**/*.ts`)
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
}

it("each line of the design is in the title of a test", () => {
  expect(names()).toHaveLength(63);
  const texts = new Map<string, string>();
  const unproven = names().filter((name) => {
    const folder = PLACES[name.slice(0, 1)] ?? "{acceptance,delivery,egress,receivers,sinks,support}";
    const text = texts.get(folder) ?? textsIn(folder);
    texts.set(folder, text);
    return !new RegExp(`["\`]${name}: `, "u").test(text);
  });
  expect(unproven).toEqual([]);
});
