import type { Finding } from "../lib/finding.ts";

/**
 * Sorts findings by file in the order of `files`, then by line; each once. A finding without a file has no position.
 */
export function orderFindings(findings: readonly Finding[], files: readonly string[]): readonly Finding[] {
  const rank = new Map(files.map((file, index) => [file, index]));
  const rankOf = ({ file }: Finding): number => rank.get(file) ?? files.length;
  const unique = new Map(
    findings
      .map((finding) => (finding.file === "" ? { ...finding, line: 0, column: 0 } : finding))
      .map((finding) => [JSON.stringify(finding), finding]),
  );
  return [...unique.values()].toSorted(
    (a, b) => rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column,
  );
}
