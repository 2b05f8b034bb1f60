import { access } from "node:fs/promises";
import { resolve } from "node:path";

import type { NamedFile } from "../lib/named-file.ts";

/** Environment and folder of the search. */
export interface FindOptions {
  /** The value of `--config`. */
  readonly file: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute. */
  readonly cwd: string;
}

/**
 * The file of `--config`, else of `$TOCSIN_CONFIG`, else `./tocsin.yaml` when it exists. A named file is returned even
 * if it does not exist: reading it reports that.
 */
export async function findConfiguration(options: FindOptions): Promise<NamedFile | undefined> {
  const { file, env, cwd } = options;
  const variable = env["TOCSIN_CONFIG"];
  const named = file ?? (variable === "" ? undefined : variable);
  if (named !== undefined) return { shown: named, path: resolve(cwd, named) };
  const usual = { shown: "tocsin.yaml", path: resolve(cwd, "tocsin.yaml") };
  try {
    await access(usual.path);
    return usual;
  } catch {
    return undefined;
  }
}
