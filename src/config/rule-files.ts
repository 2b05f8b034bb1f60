import { glob } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";

import { nearest } from "../lib/nearest.ts";
import type { Fault } from "../lib/schema.ts";
import { type PackageFile, type RulePack, rulePack } from "./package-files.ts";
import { isMapping } from "./read-sections.ts";
import { isRuleFile } from "./watched-files.ts";

/** More files of one list are a slip: a glob over the whole disk. */
const MOST_FILES = 2000;

/** A rule file of the list. */
export interface RuleFile {
  /** Absolute. */
  readonly path: string;
  /** Its name in findings. */
  readonly shown: string;
}

/** The result of a list of rules. */
export interface GatheredRules {
  /** In the order of the list, each file once. */
  readonly files: readonly RuleFile[];
  /** Absolute patterns, for files that come later. */
  readonly globs: readonly string[];
  readonly faults: readonly Fault[];
}

/** Context of the list. */
export interface RuleListPlace {
  /** Absolute: patterns are relative to it. */
  readonly baseDir: string;
  /** `baseDir` in findings, "" for the working directory. */
  readonly shownDir: string;
  /** Absolute path of the configuration, which never is a rule file; undefined without one. */
  readonly configPath: string | undefined;
  /** Whether a user wrote the list: only then every pattern must find something. */
  readonly written: boolean;
}

/** Finds the files of `rules`, without entries in place. Never throws. */
export async function gatherRuleFiles(
  entries: readonly unknown[],
  place: RuleListPlace,
): Promise<GatheredRules> {
  const files = new Map<string, RuleFile>();
  const globs: string[] = [];
  const faults: Fault[] = [];
  const pack = await rulePack();
  for (const [index, entry] of entries.entries()) {
    const fail = (message: string): void => {
      faults.push({ level: "error", path: ["rules", index], message });
    };
    if (typeof entry !== "string") {
      if (!isMapping(entry))
        fail(`expected builtin, a pattern of files or a rule, not ${JSON.stringify(entry)}`);
      continue;
    }
    if (entry === "builtin" || entry.startsWith("builtin/")) {
      for (const file of fromPack(entry, pack, fail)) files.set(file.path, file);
      continue;
    }
    globs.push(resolve(place.baseDir, entry));
    const found = await expand(entry, place);
    if (found.length === 0 && place.written) {
      fail(
        `no rule file matches ${JSON.stringify(entry)} in ${place.shownDir === "" ? "this folder" : place.shownDir}`,
      );
    }
    for (const file of found) files.set(file.path, file);
    if (files.size > MOST_FILES) {
      fail(`more than ${MOST_FILES} rule files; use a narrower pattern`);
      break;
    }
  }
  return { files: [...files.values()].slice(0, MOST_FILES), globs, faults };
}

/** The files of `builtin`, `builtin/more` or the name of one file. */
function fromPack(
  entry: string,
  { builtin, more }: RulePack,
  fail: (message: string) => void,
): readonly PackageFile[] {
  const wanted = entry.replace(/\.yaml$/u, "");
  if (wanted === "builtin") return builtin;
  if (wanted === "builtin/more") return more;
  const nameOf = ({ shown }: PackageFile): string => shown.replace(/\.yaml$/u, "");
  const all = [...builtin, ...more];
  const found = all.filter((file) => nameOf(file) === wanted);
  if (found.length === 0) {
    const names = all.map(nameOf);
    const near = nearest(wanted, names);
    fail(
      `there is no ${JSON.stringify(wanted)}; ` +
        (near === undefined ? `there are: ${names.join(", ")}` : `did you mean ${JSON.stringify(near)}?`),
    );
  }
  return found;
}

async function expand(pattern: string, place: RuleListPlace): Promise<readonly RuleFile[]> {
  const found: RuleFile[] = [];
  for await (const entry of glob(pattern, { cwd: place.baseDir, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory() || path === place.configPath || !isRuleFile(entry.name)) continue;
    found.push({ path, shown: shownName(path, place) });
    if (found.length > MOST_FILES) break;
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function shownName(path: string, { baseDir, shownDir }: RuleListPlace): string {
  const prefix = baseDir.endsWith("/") ? baseDir : `${baseDir}/`;
  if (!path.startsWith(prefix)) return path;
  const inside = path.slice(prefix.length);
  return shownDir === "" || isAbsolute(inside) ? inside : join(shownDir, inside);
}
