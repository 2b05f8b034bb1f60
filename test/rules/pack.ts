import { readdirSync, readFileSync } from "node:fs";

import type { Finding } from "../../src/lib/finding.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";
import {
  compileRules,
  loadReasonTable,
  readRuleFile,
  type RuleSet,
  type RuleUnit,
} from "../../src/rule/index.ts";

const PACK = new URL("../../rules/", import.meta.url);
const MORE = new URL("more/", PACK);

interface PackFile {
  /** `builtin/pods`, `builtin/more/keda`. */
  readonly shown: string;
  readonly unit: RuleUnit;
}

const BUILTIN = filesIn(PACK, "builtin");
const ADDED = filesIn(MORE, "builtin/more");

/** The reason table of the program. */
export const REASON_ROWS = loadReasonTable(readFileSync(new URL("reasons/kubernetes.json", PACK), "utf8"));

/** The rules of the program, and everything that was found wrong with them. */
export function compilePack(options: { readonly more: boolean; readonly overrides?: object }): {
  readonly rules: RuleSet;
  readonly findings: readonly Finding[];
} {
  const files = options.more ? [...BUILTIN, ...ADDED] : BUILTIN;
  const document = parseYaml("tocsin.yaml", "");
  return compileRules({
    units: files.map(({ unit }) => unit),
    reasonRows: REASON_ROWS,
    eventTtlMs: 3_600_000,
    overrides: options.overrides === undefined ? undefined : { document, path: [], value: options.overrides },
  });
}

/** The file of the pack in which a rule stands. */
export function fileOf(rule: string): string {
  const found = [...BUILTIN, ...ADDED].find(({ unit: { rules, drops } }) =>
    JSON.stringify([rules, drops]).includes(`"name":${JSON.stringify(rule)}`),
  );
  if (found === undefined) throw new Error(`no file has the rule ${rule}`);
  return found.shown;
}

function filesIn(folder: URL, shown: string): readonly PackFile[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml") && !file.endsWith(".test.yaml"))
    .toSorted()
    .map((file) => ({
      shown: `${shown}/${file.replace(/\.yaml$/u, "")}`,
      unit: readRuleFile(parseYaml(file, readFileSync(new URL(file, folder), "utf8"))),
    }));
}
