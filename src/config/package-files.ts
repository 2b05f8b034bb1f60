import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { isRuleFile } from "./watched-files.ts";

/** `rules/` of the package: two folders up from src/config as from dist/config. */
const PACK = fileURLToPath(new URL("../../rules", import.meta.url));

/** A file of the program, and its name in findings. */
export interface PackageFile {
  readonly path: string;
  readonly shown: string;
}

/** The rules of the program: those of `builtin`, and those that a configuration enables by name. */
export interface RulePack {
  readonly builtin: readonly PackageFile[];
  readonly more: readonly PackageFile[];
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

/** The rows of the reason table, in the order of their files' names. */
export function reasonFiles(): Promise<readonly PackageFile[]> {
  return filesOf(join(PACK, "reasons"), "builtin/reasons", (name) => name.endsWith(".json"));
}

async function filesOf(
  folder: string,
  shownFolder: string,
  belongs: (name: string) => boolean,
): Promise<readonly PackageFile[]> {
  const names = await readdir(folder);
  return names
    .filter(belongs)
    .toSorted()
    .map((name) => ({ path: join(folder, name), shown: `${shownFolder}/${name}` }));
}
