import { dirname, resolve } from "node:path";

import type { Finding } from "../lib/finding.ts";
import { parseYaml, type YamlFile } from "../lib/yaml-file.ts";
import { builtinSinks, type SinkType } from "../sink/index.ts";
import { adviseConfiguration, type Compiled, compileConfiguration } from "./compile-configuration.ts";
import type { Configuration } from "./configuration.ts";
import { type ConfigurationPlace, findConfiguration, type FindOptions } from "./find-configuration.ts";
import { type Contents, readReasonRows, readRuleFiles, rulesInPlace } from "./read-rules.ts";
import { isMapping, readSections } from "./read-sections.ts";
import { readText } from "./read-text.ts";
import { redact } from "./redact.ts";
import { gatherRuleFiles } from "./rule-files.ts";
import type { ConfigurationFile } from "./schema.ts";
import type { LocatedSecret } from "./secrets.ts";
import { hashContents, type WatchedFiles } from "./watched-files.ts";
import { explainTrap } from "./yaml-traps.ts";

/** What to load, and from where. */
export interface LoadOptions extends FindOptions {
  /** Globs of rule files that are used instead of any configuration. */
  readonly rules?: readonly string[] | undefined;
  /** Whether the rules inside the program serve where there is no file; else that is an error. */
  readonly builtinWithoutFile?: boolean;
  /** The cluster's name when the file gives none: the context's. */
  readonly clusterName?: string | undefined;
  /** The kinds of sinks there are; those inside the program unless told. */
  readonly sinkTypes?: readonly SinkType[] | undefined;
}

/** What loading came to. */
export interface LoadedConfiguration {
  /** Undefined when at least one finding is an error. */
  readonly configuration: Configuration | undefined;
  /** Of all files, in the order in which they are read, each in the order of its lines. */
  readonly findings: readonly Finding[];
  /** What to watch from now on, also when something was wrong. */
  readonly watched: WatchedFiles;
}

/**
 * Reads, checks and compiles the configuration with everything it names. Never throws for what a user wrote. With
 * `rules`, or `builtinWithoutFile` and no file, one sink named `console` goes with them.
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

/** @param place Undefined when the text is our own, so that positions in it mean nothing. */
async function loadText(
  text: string,
  place: ConfigurationPlace | undefined,
  options: LoadOptions,
): Promise<LoadedConfiguration> {
  const shown = place?.shown ?? "";
  const document = parseYaml(shown, text);
  const contents: Contents = new Map(place === undefined ? [] : [[place.path, text]]);
  if (document.findings.length > 0) return failed(document.findings, contents, []);

  const given = document.value ?? {};
  if (!isMapping(given)) {
    const message = "expected a mapping of settings, such as cluster, sinks and route";
    return failed(document.locate([{ level: "error", path: [], message }]), contents, []);
  }
  const { sections, faults, findings: ofVariables } = readSections(given, options.env["TOCSIN_LISTEN"]);
  const baseDir = place === undefined ? options.cwd : dirname(place.path);
  const gathered = await gatherRuleFiles(sections.rules, {
    baseDir,
    shownDir: dirname(shown) === "." ? "" : dirname(shown),
    configPath: place?.path,
    written: "rules" in given,
  });
  const { sources, findings } = await readRuleFiles(gathered.files, contents);
  const cluster = sections.cluster ?? options.clusterName;
  const compiled = compileConfiguration({
    document,
    sections,
    sources: [rulesInPlace(document, sections), ...sources],
    reasonRows: await readReasonRows(),
    sinkTypes: options.sinkTypes ?? builtinSinks,
    cluster: cluster ?? "",
  });

  const ofDocument = [...faults, ...gathered.faults, ...compiled.faults];
  const found = [...ofVariables, ...findings, ...compiled.findings];
  const isSound = [...ofDocument, ...found].every(({ level }) => level !== "error");
  if (isSound) ofDocument.push(...adviseConfiguration(sections, compiled));
  found.push(...document.locate(ofDocument.map((fault) => explainTrap(fault, document.value))));
  const all = inOrder(found, ["", shown, ...gathered.files.map((file) => file.shown)]);
  if (!isSound) return failed(all, contents, gathered.globs);

  const secrets = locateSecrets(compiled, document);
  const watched: WatchedFiles = {
    files: [...contents.keys()],
    globs: gathered.globs,
    secretFiles: secrets.flatMap(({ ref }) =>
      typeof ref === "object" && "file" in ref ? [resolve(baseDir, ref.file)] : [],
    ),
    hash: hashContents(contents),
  };
  return {
    configuration: {
      file: shown,
      baseDir,
      cluster,
      ...settingsOf(sections, baseDir),
      ...partsOf(compiled),
      secrets,
      hash: watched.hash,
      redacted: redact(document.value, compiled.secrets),
    },
    findings: all,
    watched,
  };
}

function failed(
  findings: readonly Finding[],
  contents: Contents,
  globs: readonly string[],
): LoadedConfiguration {
  const watched = { files: [...contents.keys()], globs, secretFiles: [], hash: hashContents(contents) };
  return { configuration: undefined, findings, watched };
}

function settingsOf(
  { kubernetes, state, server, log, selfAlerts }: ConfigurationFile,
  baseDir: string,
): Pick<Configuration, "kubernetes" | "state" | "server" | "log" | "selfAlertSinks"> {
  const { kubeconfig } = kubernetes;
  return {
    kubernetes: {
      ...kubernetes,
      kubeconfig: kubeconfig === undefined ? undefined : resolve(baseDir, kubeconfig),
    },
    state: { ...state, path: state.path === ":memory:" ? state.path : resolve(baseDir, state.path) },
    server,
    log,
    selfAlertSinks: selfAlerts?.sinks,
  };
}

function partsOf({
  rules,
  forwards,
  route,
  sinks,
}: Compiled): Pick<Configuration, "rules" | "forwards" | "route" | "sinks"> {
  return { rules, forwards, route, sinks };
}

function locateSecrets({ secrets }: Compiled, document: YamlFile): readonly LocatedSecret[] {
  return secrets.flatMap(({ ref, path }) =>
    document
      .locate([{ level: "warning", path, message: "" }])
      .map(({ file, line, column, path: shownPath }) => ({ ref, file, line, column, path: shownPath })),
  );
}

/** By file in the order of `files`, then by line; what our own text says has no position to show. */
function inOrder(findings: readonly Finding[], files: readonly string[]): readonly Finding[] {
  const rank = new Map(files.map((file, index) => [file, index]));
  const seen = new Set<string>();
  return findings
    .map((finding) => (finding.file === "" ? { ...finding, line: 0, column: 0 } : finding))
    .filter((finding) => {
      const key = JSON.stringify(finding);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .toSorted(
      (a, b) =>
        (rank.get(a.file) ?? files.length) - (rank.get(b.file) ?? files.length) ||
        a.line - b.line ||
        a.column - b.column,
    );
}
