import { dirname } from "node:path";

import type { Finding } from "../lib/finding.ts";
import type { Fault } from "../lib/schema.ts";
import { parseYaml, type YamlFile } from "../lib/yaml-file.ts";
import type { RuleSource } from "../rule/index.ts";
import { type SinkType } from "../sink/index.ts";
import { builtinSinks } from "../sinks/index.ts";
import { assemble, processSettingsOf, secretFilesOf } from "./assemble.ts";
import { adviseConfiguration, type Compiled, compileConfiguration } from "./compile-configuration.ts";
import type { Configuration, ProcessSettings } from "./configuration.ts";
import { type ConfigurationPlace, findConfiguration, type FindOptions } from "./find-configuration.ts";
import { orderFindings } from "./order-findings.ts";
import { type Contents, readReasonRows, readRuleFiles, rulesInPlace } from "./read-rules.ts";
import { isMapping, readSections } from "./read-sections.ts";
import { readText } from "./read-text.ts";
import { gatherRuleFiles } from "./rule-files.ts";
import type { ConfigurationFile } from "./schema.ts";
import { hashContents, type WatchedFiles } from "./watched-files.ts";
import { explainTrap } from "./yaml-traps.ts";

/** Source and context of a load. */
export interface LoadOptions extends FindOptions {
  /** Globs of rule files, used instead of any configuration. */
  readonly rules?: readonly string[] | undefined;
  /** Whether the builtin rules apply where there is no file; else a missing file is an error. */
  readonly builtinWithoutFile?: boolean;
  /** The cluster's name whatever the file says: a running service keeps the one it has. */
  readonly cluster?: string | undefined;
  /** Names the cluster where the file does not, without asking a network; "" when it cannot. */
  readonly nameCluster?: ((kubernetes: ProcessSettings["kubernetes"]) => string) | undefined;
  /** The kinds of sinks there are; those inside the program unless told. */
  readonly sinkTypes?: readonly SinkType[] | undefined;
}

/** The result of a load. */
export interface LoadedConfiguration {
  /** Undefined when at least one finding is an error. */
  readonly configuration: Configuration | undefined;
  /** Of all files, in the order of reading, each in the order of its lines. */
  readonly findings: readonly Finding[];
  /** The files to watch from now on, also after an error. */
  readonly watched: WatchedFiles;
}

/**
 * Reads, checks and compiles the configuration with all files that it names. Never throws for a mistake of a user. With
 * `rules`, or `builtinWithoutFile` and no file, it adds one sink named `console`.
 *
 * @throws {TocsinError} ERR_INTERNAL when the program's own files are damaged.
 */
export async function loadConfiguration(options: LoadOptions): Promise<LoadedConfiguration> {
  const place = options.rules === undefined ? await findConfiguration(options) : undefined;
  if (place === undefined) {
    if (options.rules !== undefined || options.builtinWithoutFile === true) {
      return loadText(withoutFile(options.rules), undefined, options);
    }
    const message = "there is no configuration: write one with tocsin init, or name one with --config FILE";
    return failed([{ level: "error", file: "", line: 0, column: 0, path: "", message }], new Map(), []);
  }
  const { text, trouble } = await readText(place.path);
  if (text !== undefined) return loadText(text, place, options);
  const finding: Finding = {
    level: "error",
    file: place.shown,
    line: 0,
    column: 0,
    path: "",
    message: trouble,
  };
  return failed([finding], new Map([[place.path, undefined]]), []);
}

function withoutFile(rules: readonly string[] = ["builtin"]): string {
  return JSON.stringify({
    rules,
    sinks: [{ name: "console", type: "stdout" }],
    route: { sinks: ["console"] },
  });
}

/** @param place Undefined for a text of our own, so that its positions mean nothing. */
async function loadText(
  text: string,
  place: ConfigurationPlace | undefined,
  options: LoadOptions,
): Promise<LoadedConfiguration> {
  const document = parseYaml(place?.shown ?? "", text);
  const contents: Contents = new Map(place === undefined ? [] : [[place.path, text]]);
  if (document.findings.length > 0) return failed(document.findings, contents, []);
  const given = document.value ?? {};
  if (!isMapping(given)) {
    const message = "expected a mapping of settings, such as cluster, sinks and route";
    return failed(document.locate([{ level: "error", path: [], message }]), contents, []);
  }
  const read = await readAll({ document, given, contents, place, options });
  const process = processSettingsOf(read.sections, read.baseDir);
  const cluster = options.cluster ?? process.cluster ?? options.nameCluster?.(process.kubernetes) ?? "";
  const compiled = compileConfiguration({
    ...read,
    reasonRows: await readReasonRows(),
    sinkTypes: options.sinkTypes ?? builtinSinks,
    cluster,
  });
  const findings = findingsOf(read, compiled);
  if (findings.some(isError)) return failed(findings, contents, read.globs);
  const secretFiles = secretFilesOf(compiled, read.baseDir);
  const hash = hashContents(contents);
  return {
    configuration: assemble({ ...read, compiled, process, cluster, hash }),
    findings,
    watched: { files: [...contents.keys()], globs: read.globs, secretFiles, hash },
  };
}

/** A configuration with its rule files, before anything is compiled. */
interface ReadAll {
  readonly document: YamlFile;
  readonly sections: ConfigurationFile;
  readonly sources: readonly RuleSource[];
  readonly baseDir: string;
  readonly globs: readonly string[];
  /** As findings name them, in the order of reading. */
  readonly shownFiles: readonly string[];
  readonly faults: readonly Fault[];
  readonly findings: readonly Finding[];
}

async function readAll(from: {
  readonly document: YamlFile;
  readonly given: Readonly<Record<string, unknown>>;
  readonly contents: Contents;
  readonly place: ConfigurationPlace | undefined;
  readonly options: LoadOptions;
}): Promise<ReadAll> {
  const { document, given, contents, place, options } = from;
  const { sections, faults, findings } = readSections(given, options.env["TOCSIN_LISTEN"]);
  const baseDir = place === undefined ? options.cwd : dirname(place.path);
  const shownDir = dirname(document.file);
  const gathered = await gatherRuleFiles(sections.rules, {
    baseDir,
    shownDir: shownDir === "." ? "" : shownDir,
    configPath: place?.path,
    written: "rules" in given,
  });
  const rules = await readRuleFiles(gathered.files, contents);
  return {
    document,
    sections,
    sources: [rulesInPlace(document, sections), ...rules.sources],
    baseDir,
    globs: gathered.globs,
    shownFiles: ["", document.file, ...gathered.files.map(({ shown }) => shown)],
    faults: [...faults, ...gathered.faults],
    findings: [...findings, ...rules.findings],
  };
}

function findingsOf(read: ReadAll, compiled: Compiled): readonly Finding[] {
  const { document, sections, shownFiles } = read;
  const faults = [...read.faults, ...compiled.faults];
  const findings = [...read.findings, ...compiled.findings];
  if (![...faults, ...findings].some(isError)) faults.push(...adviseConfiguration(sections, compiled));
  const located = document.locate(faults.map((fault) => explainTrap(fault, document.value)));
  return orderFindings([...located, ...findings], shownFiles);
}

function isError({ level }: Pick<Finding, "level">): boolean {
  return level === "error";
}

function failed(
  findings: readonly Finding[],
  contents: Contents,
  globs: readonly string[],
): LoadedConfiguration {
  const watched = { files: [...contents.keys()], globs, secretFiles: [], hash: hashContents(contents) };
  return { configuration: undefined, findings, watched };
}
