import { errorIn, type Finding } from "../lib/finding.ts";
import { unknownName } from "../lib/unknown-name.ts";
import { findMappings } from "./find-mappings.ts";
import {
  readDocuments,
  type SourceDocument,
  type SourceMapping,
  type SourceText,
} from "./source-document.ts";
import type { Imported, ImportOptions, ImportTool } from "./tool.ts";

/** The result of an import: a translated configuration, or the faults for which there is none. */
export type ImportOutcome =
  | { readonly tool: string; readonly imported: Imported; readonly findings: readonly [] }
  | { readonly tool: undefined; readonly imported: undefined; readonly findings: readonly Finding[] };

/** The configuration of a tool in files, or the faults for which there is none. */
export type FoundConfiguration =
  | {
      readonly tool: ImportTool;
      readonly mapping: SourceMapping;
      readonly documents: readonly SourceDocument[];
      readonly findings: readonly [];
    }
  | { readonly tool: undefined; readonly findings: readonly Finding[] };

/**
 * Finds the configuration of another tool in files and translates it.
 *
 * @param name The tool; undefined when its configuration says it. @param tools The known tools.
 */
export function importConfiguration(
  texts: readonly SourceText[],
  name: string | undefined,
  { tools, ...options }: ImportOptions & { readonly tools: readonly ImportTool[] },
): ImportOutcome {
  const found = findConfiguration(texts, name, tools);
  if (found.tool === undefined) return { tool: undefined, imported: undefined, findings: found.findings };
  const imported = found.tool.translate(found.mapping, found.documents, options);
  return { tool: found.tool.name, imported, findings: [] };
}

/** Finds the one configuration of one tool in files. @param name As in `importConfiguration`. */
export function findConfiguration(
  texts: readonly SourceText[],
  name: string | undefined,
  tools: readonly ImportTool[],
): FoundConfiguration {
  const candidates = tools.filter((tool) => name === undefined || tool.name === name);
  if (name !== undefined && candidates.length === 0) {
    const names = tools.map((tool) => tool.name);
    return failed([errorIn("", unknownName("tool", name, names))]);
  }
  const read = texts.map((text) => readDocuments(text));
  const faults = read.flatMap(({ findings }) => findings);
  if (faults.length > 0) return failed(faults);
  const documents = read.flatMap((each) => each.documents);
  const found = candidates.map((tool) => findIn(documents, tool));
  const recognised = found.filter(({ mappings }) => mappings.length > 0);
  const [only] = recognised;
  if (only === undefined) {
    const inTexts = found.flatMap(({ findings }) => findings);
    return failed(nothingFound(texts, candidates, inTexts));
  }
  if (recognised.length > 1)
    return failed([
      severalTools(
        texts,
        recognised.map(({ tool }) => tool),
      ),
    ]);
  const [mapping, ...more] = only.mappings;
  if (mapping === undefined || more.length > 0) return failed(severalConfigurations(only));
  return { tool: only.tool, mapping, documents, findings: [] };
}

interface Recognised {
  readonly tool: ImportTool;
  readonly mappings: readonly SourceMapping[];
  readonly findings: readonly Finding[];
}

function findIn(documents: readonly SourceDocument[], tool: ImportTool): Recognised {
  const found = documents.map((document) => findMappings(document, tool.recognises));
  return {
    tool,
    mappings: found.flatMap(({ mappings }) => mappings),
    findings: found.flatMap(({ findings }) => findings),
  };
}

function failed(findings: readonly Finding[]): FoundConfiguration {
  return { tool: undefined, findings };
}

/** A text inside of a ConfigMap that does not parse, or a template that was not rendered, is the likeliest reason. */
function nothingFound(
  texts: readonly SourceText[],
  tools: readonly ImportTool[],
  faults: readonly Finding[],
): readonly Finding[] {
  const files = texts.map(({ file }) => file).join(", ");
  const names = tools.map(({ name }) => name).join(", ");
  const unique = new Map(faults.map((fault) => [`${fault.file}:${fault.line}:${fault.message}`, fault]));
  return [
    ...unique.values(),
    ...texts.flatMap(templateIn),
    errorIn(files, `there is no configuration of ${names} in it`),
  ];
}

/** The first line that only Helm can fill in. */
function templateIn({ file, text }: SourceText): readonly Finding[] {
  const index = text.split("\n").findIndex((line) => /\{\{[^}]*(?:\.Values|\.Release|include ")/u.test(line));
  if (index === -1) return [];
  const message = "this is a template of Helm: render it first (helm template … | tocsin import -)";
  return [{ ...errorIn(file, message), line: index + 1, column: 1 }];
}

function severalTools(texts: readonly SourceText[], tools: readonly ImportTool[]): Finding {
  const names = tools.map(({ name }) => name).join(", ");
  const files = texts.map(({ file }) => file).join(", ");
  return errorIn(files, `it has configurations of ${names}: name the one to import`);
}

function severalConfigurations({ tool, mappings }: Recognised): readonly Finding[] {
  return mappings.map(({ placeOf }) => ({
    ...errorIn(
      placeOf([]).file,
      `one of ${mappings.length} configurations of ${tool.name}: import one at a time`,
    ),
    line: placeOf([]).line,
    column: 1,
  }));
}
