import { glob, realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";

import { errorIn } from "../lib/finding.ts";
import { isMapping } from "../lib/mapping.ts";
import type { NamedFile } from "../lib/named-file.ts";
import { readText } from "../lib/read-text.ts";
import type { Fault } from "../lib/schema.ts";
import { unknownName } from "../lib/unknown-name.ts";
import { parseYaml } from "../lib/yaml-file.ts";
import { isRuleFile } from "./is-rule-file.ts";
import { type RulePack, rulePack } from "./package-files.ts";
import { readRuleFile } from "./read-rule-file.ts";
import type { RuleUnit } from "./rule-unit.ts";

/** More files of one list are a slip: a glob over the whole disk. */
const MOST_FILES = 2000;

/** The rule files that a list names. */
export interface RuleFiles {
  /** In the order of the list, each file once. */
  readonly units: readonly RuleUnit[];
  /** On the entries of the list. */
  readonly faults: readonly Fault[];
  /** The texts by absolute path, undefined where one could not be read. */
  readonly contents: ReadonlyMap<string, string | undefined>;
  /** Absolute patterns, for files that come later. */
  readonly globs: readonly string[];
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

/** Reads the files of `rules`, without entries in place. Never throws. */
export async function readRuleFiles(entries: readonly unknown[], place: RuleListPlace): Promise<RuleFiles> {
  const { files, shipped, globs, faults } = await gather(entries, place);
  const contents = new Map<string, string | undefined>();
  const units: RuleUnit[] = [];
  for (const { path, shown } of files) {
    const { text, trouble } = await readText(path);
    contents.set(path, text);
    const unit =
      text === undefined
        ? unreadable(shown, trouble)
        : (await leavesFolder(path, place.baseDir))
          ? unreadable(shown, "is a link out of its folder, which is not followed")
          : readRuleFile(parseYaml(shown, text));
    units.push({ ...unit, isShipped: shipped.has(path) });
  }
  return { units, faults, contents, globs };
}

/**
 * Whether a file is a link to one that is neither in its own folder nor in that of the configuration: a repository may
 * hold links to anything, and findings quote what stands there. Mounts of Kubernetes link within a folder.
 */
async function leavesFolder(path: string, baseDir: string): Promise<boolean> {
  const real = await realpath(path);
  // Without a configuration file its folder need not exist.
  const homes = await Promise.all([dirname(path), baseDir].map((each) => realpath(each).catch(() => each)));
  return !homes.some((home) => real.startsWith(home.endsWith("/") ? home : `${home}/`));
}

function unreadable(shown: string, message: string): RuleUnit {
  return { ...readRuleFile(parseYaml(shown, "{}")), findings: [errorIn(shown, message)] };
}

interface Gathered {
  readonly files: readonly NamedFile[];
  /** Absolute paths of those that come with the program. */
  readonly shipped: ReadonlySet<string>;
  readonly globs: readonly string[];
  readonly faults: readonly Fault[];
}

async function gather(entries: readonly unknown[], place: RuleListPlace): Promise<Gathered> {
  const files = new Map<string, NamedFile>();
  const globs: string[] = [];
  const faults: Fault[] = [];
  const pack = await rulePack();
  const shipped = new Set([...pack.builtin, ...pack.more].map(({ path }) => path));
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
      const hint = entry.startsWith("~/") ? " (~ is not replaced here: write the whole path)" : "";
      const folder = place.shownDir === "" ? "this folder" : place.shownDir;
      fail(`no rule file matches ${JSON.stringify(entry)} in ${folder}${hint}`);
    }
    for (const file of found) files.set(file.path, file);
    if (files.size > MOST_FILES) {
      fail(`more than ${MOST_FILES} rule files; use a narrower pattern`);
      break;
    }
  }
  return { files: [...files.values()].slice(0, MOST_FILES), shipped, globs, faults };
}

/** The files of `builtin`, `builtin/more` or the name of one file. */
function fromPack(
  entry: string,
  { builtin, more }: RulePack,
  fail: (message: string) => void,
): readonly NamedFile[] {
  const wanted = entry.replace(/\.yaml$/u, "");
  if (wanted === "builtin") return builtin;
  if (wanted === "builtin/more") return more;
  const nameOf = ({ shown }: NamedFile): string => shown.replace(/\.yaml$/u, "");
  const all = [...builtin, ...more];
  const found = all.filter((file) => nameOf(file) === wanted);
  if (found.length === 0) {
    const names = all.map(nameOf);
    fail(unknownName("rule file", wanted, names));
  }
  return found;
}

async function expand(pattern: string, place: RuleListPlace): Promise<readonly NamedFile[]> {
  const found: NamedFile[] = [];
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
