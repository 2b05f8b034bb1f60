import { writeSpec } from "../config/index.ts";
import { reportPage } from "./report-page.ts";
import type { Imported, ImportedSecret } from "./tool.ts";

/** The file of rules, relative to the configuration. */
export const RULES_FILE = "rules/imported.yaml";

/** A file to be written. */
export interface ImportedFile {
  /** Relative to the output folder. */
  readonly path: string;
  readonly text: string;
  /** Permissions; undefined for the usual ones. */
  readonly mode: number | undefined;
}

/**
 * The files of an import. Secrets of the old configuration are among them only on demand.
 *
 * @param tool Its name. @param read The files that were read.
 */
export function importedFiles(
  imported: Imported,
  {
    tool,
    read,
    withSecrets,
  }: { readonly tool: string; readonly read: readonly string[]; readonly withSecrets: boolean },
): readonly ImportedFile[] {
  const { configuration, rules, remarks, secrets } = imported;
  const plain = (path: string, text: string): ImportedFile => ({ path, text, mode: undefined });
  const values = secrets.flatMap(({ path, value }) =>
    withSecrets && value !== undefined ? [{ path, text: value, mode: 0o600 }] : [],
  );
  return [
    plain("tocsin.yaml", writeSpec(configuration, remarks.configuration)),
    ...(rules === undefined ? [] : [plain(RULES_FILE, writeSpec(rules, remarks.rules))]),
    plain("IMPORT.md", reportPage(tool, imported, read)),
    ...(secrets.length === 0 ? [] : [plain("secrets/README", secretsPage(secrets, values))]),
    ...values,
  ];
}

function secretsPage(
  secrets: readonly ImportedSecret[],
  written: readonly { readonly path: string }[],
): string {
  const there = new Set(written.map(({ path }) => path));
  const lines = secrets.map(
    ({ path, what }) => `${path}: ${what}${there.has(path) ? " (copied from the old configuration)" : ""}`,
  );
  return [
    "One file for each secret: its value and nothing else, mode 600, kept out of Git.",
    "",
    ...lines,
    "",
  ].join("\n");
}
