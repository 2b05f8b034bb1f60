import type { Finding } from "../lib/finding.ts";
import { parseYaml, type YamlFile } from "../lib/yaml-file.ts";
import { loadReasonTable, type ReasonRow, readRuleFile, type RuleSource } from "../rule/index.ts";
import { reasonFiles } from "./package-files.ts";
import { isMapping } from "./read-sections.ts";
import { readText } from "./read-text.ts";
import type { RuleFile } from "./rule-files.ts";
import type { ConfigurationFile } from "./schema.ts";

/** Contents of files by absolute path; undefined where reading failed. */
export type Contents = Map<string, string | undefined>;

/** The rule files, read but not compiled. */
export interface ReadRules {
  readonly sources: readonly RuleSource[];
  readonly findings: readonly Finding[];
}

/** Reads and parses rule files. @param contents Every file that it reads is added here. */
export async function readRuleFiles(files: readonly RuleFile[], contents: Contents): Promise<ReadRules> {
  const sources: RuleSource[] = [];
  const findings: Finding[] = [];
  for (const { path, shown } of files) {
    const { text, trouble } = await readText(path);
    contents.set(path, text);
    if (text === undefined) {
      findings.push({ level: "error", file: shown, line: 0, column: 0, path: "", message: trouble });
      continue;
    }
    const read = readRuleFile(parseYaml(shown, text));
    sources.push(read.source);
    findings.push(...read.findings);
  }
  return { sources, findings };
}

/** The rules and drops in place in the configuration. */
export function rulesInPlace(document: YamlFile, { rules, drop }: ConfigurationFile): RuleSource {
  return {
    document,
    rules: [...rules.entries()].flatMap(([index, value]) =>
      isMapping(value) ? [{ path: ["rules", index], value }] : [],
    ),
    drops: drop.map((value, index) => ({ path: ["drop", index], value })),
  };
}

/** The reason table of the program. @throws {TocsinError} ERR_INTERNAL when the package is damaged. */
export async function readReasonRows(): Promise<readonly ReasonRow[]> {
  const rows: ReasonRow[] = [];
  for (const { path } of await reasonFiles())
    rows.push(...loadReasonTable((await readText(path)).text ?? ""));
  return rows;
}
