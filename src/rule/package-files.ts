import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { TocsinError } from "../lib/errors.ts";
import type { NamedFile } from "../lib/named-file.ts";
import { readText } from "../lib/read-text.ts";
import type { ReasonRow } from "./compiled-rule.ts";
import { isRuleFile } from "./is-rule-file.ts";
import { loadReasonTable } from "./reason-table.ts";

/** `rules/` of the package: two folders up from src/rule as from dist/rule. */
const PACK = fileURLToPath(new URL("../../rules", import.meta.url));

/** The rules of the program: those of `builtin`, and those that a configuration enables by name. */
export interface RulePack {
  readonly builtin: readonly NamedFile[];
  readonly more: readonly NamedFile[];
}

/** The rule files of the pack, by name; tests beside them are none. */
export async function rulePack(): Promise<RulePack> {
  const isRules = (name: string): boolean => name.endsWith(".yaml") && isRuleFile(name);
  const [builtin, more] = await Promise.all([
    filesOf(PACK, "builtin", isRules),
    filesOf(join(PACK, "more"), "builtin/more", isRules),
  ]);
  return { builtin, more };
}

/** The reason table of the program. @throws {TocsinError} ERR_INTERNAL when the package is damaged. */
export async function readReasonRows(): Promise<readonly ReasonRow[]> {
  const files = await filesOf(join(PACK, "reasons"), "builtin/reasons", (name) => name.endsWith(".json"));
  const tables = await Promise.all(
    files.map(async ({ path, shown }) => {
      const { text, trouble } = await readText(path);
      if (text === undefined) throw new TocsinError("ERR_INTERNAL", `${shown}: ${trouble}`);
      return loadReasonTable(text);
    }),
  );
  return tables.flat();
}

async function filesOf(
  folder: string,
  shownFolder: string,
  belongs: (name: string) => boolean,
): Promise<readonly NamedFile[]> {
  const names = await readdir(folder);
  return names
    .filter(belongs)
    .toSorted()
    .map((name) => ({ path: join(folder, name), shown: `${shownFolder}/${name}` }));
}
