import type { Finding } from "../lib/finding.ts";
import { isMapping } from "../lib/mapping.ts";
import type { Path } from "./place.ts";
import { readDocuments, type SourceDocument, type SourceMapping } from "./source-document.ts";

/** The mappings that were looked for, and faults of texts in which they might have stood. */
export interface FoundMappings {
  readonly mappings: readonly SourceMapping[];
  readonly findings: readonly Finding[];
}

/** Deeper than any ConfigMap of a List in a chart of charts. */
const DEEPEST = 24;

/** A text that is YAML itself: some line of it begins with a key. */
const LOOKS_LIKE_YAML = /^\s*["']?[\w.-]+["']?:(?:\s|$)/mu;

/**
 * Finds mappings at any depth of a document: in Lists, in ConfigMaps whose values are texts of YAML, in values of Helm.
 * The inside of a found one is left alone.
 */
export function findMappings(
  document: SourceDocument,
  isWanted: (value: Readonly<Record<string, unknown>>) => boolean,
): FoundMappings {
  const mappings: SourceMapping[] = [];
  const findings: Finding[] = [];
  const visit = (value: unknown, path: Path, from: SourceDocument, depth: number): void => {
    if (depth > DEEPEST) return;
    if (typeof value === "string") {
      if (!value.includes("\n") || !LOOKS_LIKE_YAML.test(value)) return;
      const inner = readEmbedded(value, path, from);
      findings.push(...inner.findings);
      for (const nested of inner.documents)
        if (typeof nested.value !== "string") visit(nested.value, [], nested, depth + 1);
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, [...path, index], from, depth + 1);
    } else if (isMapping(value)) {
      if (isWanted(value)) mappings.push(mappingAt(value, path, from));
      else for (const [key, item] of Object.entries(value)) visit(item, [...path, key], from, depth + 1);
    }
  };
  visit(document.value, [], document, 0);
  return { mappings, findings };
}

function mappingAt(value: SourceMapping["value"], path: Path, from: SourceDocument): SourceMapping {
  return {
    value,
    placeOf: (inner) => from.placeOf([...path, ...inner]),
    isBlock: (inner) => from.isBlock([...path, ...inner]),
  };
}

/** The documents in a text of another document. Only blocks of lines have lines of their own. */
function readEmbedded(text: string, path: Path, from: SourceDocument): ReturnType<typeof readDocuments> {
  const { file, line } = from.placeOf(path);
  const isBlock = from.isBlock(path);
  const { documents, findings } = readDocuments({ file, text }, isBlock ? line : 0);
  if (isBlock) return { documents, findings };
  return {
    documents: documents.map((document) => ({ ...document, placeOf: () => ({ file, line }) })),
    findings: findings.map((finding) => ({ ...finding, line, column: 0 })),
  };
}
