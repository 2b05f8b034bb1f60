import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { isRuleFile } from "./watched-files.ts";

/** `rules/` of the package: two folders up from src/config as from dist/config. */
const PACK = fileURLToPath(new URL("../../rules", import.meta.url));

/** A file inside the program, and the name under which findings mention it. */
export interface PackageFile {
  readonly path: string;
  readonly shown: string;
}

/** The builtin rules, in the order of their names; tests beside them are none. */
export function builtinRuleFiles(): Promise<readonly PackageFile[]> {
  return filesOf(PACK, "builtin", (name) => name.endsWith(".yaml") && isRuleFile(name));
}

/** The rows of the reason table, in the order of their files' names. */
export function reasonFiles(): Promise<readonly PackageFile[]> {
  return filesOf(join(PACK, "reasons"), "builtin/reasons", (name) => name.endsWith(".json"));
}

/** `pods.yaml` → `pods`, as in `builtin/pods`. */
export function builtinName(file: PackageFile): string {
  return basename(file.path, ".yaml");
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
