import type { Finding } from "../lib/finding.ts";
import { parseYaml, type YamlFile } from "../lib/yaml-file.ts";
import type { Path, Place } from "./place.ts";

/** A file that a user gave. */
export interface SourceText {
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
}

/** One document of YAML or JSON, whose values know where they stand. */
export interface SourceDocument {
  readonly value: unknown;
  /** The place of the deepest existing value on a path. */
  readonly placeOf: (path: Path) => Place;
  /** Whether the value on a path is a block of literal lines, so that each line of it is one of the file. */
  readonly isBlock: (path: Path) => boolean;
}

/** A mapping somewhere in a document. Paths start at the mapping. */
export interface SourceMapping extends SourceDocument {
  readonly value: Readonly<Record<string, unknown>>;
}

/**
 * Reads each document of a file of YAML or JSON.
 *
 * @param before Lines of the file above the text, for texts inside of other files.
 */
export function readDocuments(
  { file, text }: SourceText,
  before = 0,
): { readonly documents: readonly SourceDocument[]; readonly findings: readonly Finding[] } {
  const parts = partsOf(text).map(({ text: part, before: above }) => {
    const parsed = parseYaml(file, part);
    return { parsed, lines: part.split("\n"), above: before + above };
  });
  return {
    documents: parts.flatMap(({ parsed, lines, above }) =>
      parsed.findings.length > 0 || parsed.value === null || parsed.value === undefined
        ? []
        : [toDocument(parsed, lines, above)],
    ),
    findings: parts.flatMap(({ parsed, lines, above }) =>
      parsed.findings.map((finding) => ({
        ...finding,
        line: finding.line + above,
        message: explained(finding.message, lines[finding.line - 1] ?? ""),
      })),
    ),
  };
}

/** A line of three dashes begins a document; inside of a block of lines it would be indented. */
function partsOf(text: string): readonly { readonly text: string; readonly before: number }[] {
  let before = 0;
  return text.split(/^---(?=\s|$)/mu).map((part) => {
    const own = { text: part, before };
    before += part.split("\n").length - 1;
    return own;
  });
}

function toDocument(parsed: YamlFile, lines: readonly string[], above: number): SourceDocument {
  const lineOf = (path: Path): number => parsed.locate([{ level: "error", path, message: "" }])[0]?.line ?? 0;
  return {
    value: parsed.value,
    placeOf: (path) => ({ file: parsed.file, line: lineOf(path) + above }),
    isBlock: (path) => /[|>][-+\d]*\s*(?:#.*)?$/u.test(lines[lineOf(path) - 1] ?? ""),
  };
}

/** Helm's templates are no YAML before they are rendered. */
function explained(message: string, line: string): string {
  return /\{\{/u.test(line)
    ? `${message}; this looks like a template of Helm: render it first (helm template … | tocsin import -)`
    : message;
}
