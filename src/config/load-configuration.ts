import { dirname } from "node:path";

import { errorIn, type Finding } from "../lib/finding.ts";
import { isMapping } from "../lib/mapping.ts";
import type { NamedFile } from "../lib/named-file.ts";
import { readText } from "../lib/read-text.ts";
import { parseYaml, type YamlFile } from "../lib/yaml-file.ts";
import {
  readReasonRows,
  readRuleFiles,
  type RuleFiles,
  type RuleProvider,
  type RuleUnit,
  type UnitReport,
} from "../rule/index.ts";
import { type SinkType } from "../sink/index.ts";
import { assemble, secretFilesOf } from "./assemble.ts";
import { adviseConfiguration, type Compiled, compileConfiguration } from "./compile-configuration.ts";
import type { Configuration } from "./configuration.ts";
import { explainTrap } from "./explain-trap.ts";
import { findConfiguration, type FindOptions } from "./find-configuration.ts";
import { orderFindings } from "./order-findings.ts";
import { processSettingsOf } from "./process-settings.ts";
import { readSections, type ReadSections } from "./read-sections.ts";
import { rulesInPlace } from "./rules-in-place.ts";
import type { ProcessSettings } from "./sections.ts";
import { type KnownSinkTypes, typesForEntries } from "./types-for-entries.ts";
import { hashContents, hashSecrets, type WatchedFiles } from "./watched-files.ts";
import { withInstead } from "./with-instead.ts";

/** Source and context of a load. */
export interface LoadOptions extends FindOptions {
  /** Globs of rule files, used instead of any configuration. */
  readonly rules?: readonly string[] | undefined;
  /** Whether the builtin rules apply where there is no file; else a missing file is an error. */
  readonly builtinWithoutFile?: boolean;
  /** The cluster's name, also when the file has another: a running service keeps its name. */
  readonly cluster?: string | undefined;
  /** Names the cluster where the file does not, without asking a network; "" when it cannot. */
  readonly nameCluster?: ((kubernetes: ProcessSettings["kubernetes"]) => string) | undefined;
  /** The content of `file`, which is not read then. */
  readonly text?: string | undefined;
  /** Rules that take the places of those with the same names. */
  readonly instead?: RuleUnit | undefined;
  /** Sources of further rules. Their units come after all rule files. */
  readonly ruleProviders?: readonly RuleProvider[] | undefined;
  /** The types of sinks; those of the program by default. */
  readonly sinkTypes?: readonly SinkType[] | undefined;
}

/** The result of a load. */
export interface LoadedConfiguration {
  /** Undefined when at least one finding is an error. */
  readonly configuration: Configuration | undefined;
  /** Of all files, in the order of reading, each in the order of its lines. */
  readonly findings: readonly Finding[];
  /** One for each unit that an error leaves out alone. */
  readonly reports: readonly UnitReport[];
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
  const place = await placeOf(options);
  if (place === undefined) {
    if (options.rules !== undefined || options.builtinWithoutFile === true) {
      return loadText(withoutFile(options.rules), undefined, options);
    }
    const message = `there is no configuration: write one with tocsin init, or name one with --config FILE (${options.cwd} has no tocsin.yaml)`;
    return failed({ findings: [errorIn("", message)] });
  }
  const { text, trouble } =
    options.text === undefined ? await readText(place.path) : { ...options, trouble: "" };
  if (text !== undefined) return loadText(text, place, options);
  return failed({ findings: [errorIn(place.shown, trouble)], contents: new Map([[place.path, undefined]]) });
}

async function placeOf(options: LoadOptions): Promise<NamedFile | undefined> {
  return options.rules === undefined ? findConfiguration(options) : undefined;
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
  place: NamedFile | undefined,
  options: LoadOptions,
): Promise<LoadedConfiguration> {
  const document = parseYaml(place?.shown ?? "", text);
  const own = new Map(place === undefined ? [] : [[place.path, text]]);
  if (document.findings.length > 0) return failed({ findings: document.findings, contents: own });
  const given = document.value ?? {};
  if (!isMapping(given)) {
    const message = "expected a mapping of settings, such as cluster, sinks and route";
    return failed({ findings: document.locate([{ level: "error", path: [], message }]), contents: own });
  }
  const read = await readAll({ document, given, place, options });
  const process = processSettingsOf(read.sections, read.baseDir);
  const cluster = options.cluster ?? process.cluster ?? options.nameCluster?.(process.kubernetes) ?? "";
  const compiled = compileConfiguration({
    ...read,
    reasonRows: await readReasonRows(),
    sinkTypes: await sinkTypesOf(options, read.sections.sinks),
  });
  const findings = findingsOf(read, compiled);
  const contents = new Map([...own, ...read.contents]);
  const { globs } = read;
  const { reports } = compiled;
  if (findings.some(isError)) return failed({ findings, reports, contents, globs });
  const secretFiles = secretFilesOf(compiled, read.baseDir);
  const hash = hashContents(contents);
  return {
    configuration: assemble({ ...read, compiled, process, cluster, hash }),
    findings,
    reports,
    watched: {
      files: [...contents.keys()],
      globs,
      secretFiles,
      hash,
      secretsHash: await hashSecrets(secretFiles),
    },
  };
}

async function sinkTypesOf(
  { sinkTypes: types }: LoadOptions,
  entries: readonly unknown[],
): Promise<KnownSinkTypes> {
  if (types === undefined) return typesForEntries(entries);
  return { types, names: types.map(({ type }) => type) };
}

/** A configuration with all its rules, before anything is compiled. */
interface ReadAll extends Pick<RuleFiles, "contents" | "globs" | "faults">, Omit<ReadSections, "faults"> {
  readonly document: YamlFile;
  readonly units: readonly RuleUnit[];
  readonly baseDir: string;
}

async function readAll(from: {
  readonly document: YamlFile;
  readonly given: Readonly<Record<string, unknown>>;
  readonly place: NamedFile | undefined;
  readonly options: LoadOptions;
}): Promise<ReadAll> {
  const { document, given, place, options } = from;
  const { sections, ...read } = readSections(given, options.env);
  const baseDir = place === undefined ? options.cwd : dirname(place.path);
  const shownDir = dirname(document.file);
  const files = await readRuleFiles(sections.rules, {
    baseDir,
    shownDir: shownDir === "." ? "" : shownDir,
    configPath: place?.path,
    written: "rules" in given,
  });
  const provided = await Promise.all((options.ruleProviders ?? []).map((provider) => provider.read()));
  return {
    ...files,
    ...read,
    document,
    sections,
    units: withInstead(
      [rulesInPlace(document, sections), ...files.units, ...provided.flat()],
      options.instead,
    ),
    baseDir,
    faults: [...read.faults, ...read.further(files.faults)],
  };
}

function findingsOf(read: ReadAll, compiled: Compiled): readonly Finding[] {
  const { document, sections, units } = read;
  const faults = [...read.faults, ...read.further(compiled.faults)];
  const findings = [...read.findings, ...compiled.findings];
  if (![...faults, ...findings].some(isError)) faults.push(...adviseConfiguration(sections, compiled));
  const located = document.locate(faults.map((fault) => explainTrap(fault, document.value)));
  return orderFindings([...located, ...findings], ["", ...units.map(({ origin }) => origin.file)]);
}

function isError({ level }: Pick<Finding, "level">): boolean {
  return level === "error";
}

function failed({
  findings,
  reports = [],
  contents = new Map(),
  globs = [],
}: {
  readonly findings: readonly Finding[];
  readonly reports?: readonly UnitReport[];
  readonly contents?: ReadonlyMap<string, string | undefined>;
  readonly globs?: readonly string[];
}): LoadedConfiguration {
  const watched = {
    files: [...contents.keys()],
    globs,
    secretFiles: [],
    hash: hashContents(contents),
    secretsHash: hashContents(new Map()),
  };
  return { configuration: undefined, findings, reports, watched };
}
