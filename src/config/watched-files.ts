import { glob } from "node:fs/promises";
import { join } from "node:path";

import { fingerprint } from "../lib/hash.ts";
import { readText } from "../lib/read-text.ts";
import { isRuleFile } from "../rule/index.ts";

/** The files of a configuration, so that a change is noticed. All paths are absolute. */
export interface WatchedFiles {
  /** Files with settings and rules, also unreadable ones. */
  readonly files: readonly string[];
  /** Patterns that may find further rule files later. */
  readonly globs: readonly string[];
  /** Files with secrets. Their content never enters `hash`. */
  readonly secretFiles: readonly string[];
  /** Over the contents of `files` and of the files that `globs` found, as they were read. */
  readonly hash: string;
  /** Over the contents of `secretFiles` when the load was done. */
  readonly secretsHash: string;
}

/** One hash for contents keyed by absolute path; a file that cannot be read counts as well. */
export function hashContents(contents: ReadonlyMap<string, string | undefined>): string {
  return fingerprint(
    [...contents]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([path, text]) => [path, text === undefined ? "-" : `+${text}`]),
  );
}

/** The hash that `watched` would have if it were read now. */
export async function currentHash(watched: WatchedFiles): Promise<string> {
  const paths = new Set(watched.files);
  for (const pattern of watched.globs) {
    for await (const entry of glob(pattern, { withFileTypes: true })) {
      if (!entry.isDirectory() && isRuleFile(entry.name)) paths.add(join(entry.parentPath, entry.name));
    }
  }
  return hashContents(await contentsOf(paths));
}

/** The hash of the secret files as they are now. */
export async function hashSecrets(secretFiles: readonly string[]): Promise<string> {
  return hashContents(await contentsOf(secretFiles));
}

async function contentsOf(paths: Iterable<string>): Promise<Map<string, string | undefined>> {
  const contents = new Map<string, string | undefined>();
  for (const path of paths) contents.set(path, (await readText(path)).text);
  return contents;
}
