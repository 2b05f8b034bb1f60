import { lstat, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { unresolvedSecrets } from "../config/index.ts";
import {
  IMPORT_TOOLS,
  importConfiguration,
  type Imported,
  importedFiles,
  type ImportedFile,
  reportSummary,
} from "../import/index.ts";
import { counted } from "../lib/counted.ts";
import { errorText } from "../lib/errors.ts";
import { errorIn, type Finding } from "../lib/finding.ts";
import { load } from "./configured.ts";
import type { ExitStatus, Io } from "./io.ts";
import { hasError, printFindings, printJson } from "./print.ts";
import { readSources } from "./read-sources.ts";

/** Options of the command. */
export interface ImportCommandOptions {
  readonly out: string;
  readonly json?: boolean;
  readonly cluster?: string;
  readonly firstSight?: boolean;
  readonly tidy?: boolean;
  readonly withSecrets?: boolean;
  /** Names of receivers that get alerts. */
  readonly alerts?: readonly string[];
  /** Names of receivers that get records. */
  readonly forward?: readonly string[];
}

/**
 * Translates the configuration of another tool into files of this one, and checks them. 1 when a receiver has no equal
 * or a file exists already, 2 when the input is not the tool's.
 *
 * @param given The files; the first may be the name of the tool.
 */
export async function importCommand(
  given: readonly string[],
  options: ImportCommandOptions,
  io: Io,
): Promise<ExitStatus> {
  const [first = "", ...others] = given;
  const isNamed = IMPORT_TOOLS.some(({ name }) => name === first);
  const files = isNamed ? others : given;
  if (files.length === 0)
    return complain([errorIn("", "name a file to import, or - for standard input")], io);
  const { texts, findings: unread } = await readSources(files, io);
  if (unread.length > 0) return complain(unread, io);
  const outcome = importConfiguration(texts, isNamed ? first : undefined, {
    tools: IMPORT_TOOLS,
    cluster: options.cluster,
    firstSight: options.firstSight === true,
    tidy: options.tidy === true,
    alerts: new Set(options.alerts),
    forward: new Set(options.forward),
  });
  if (outcome.imported === undefined) return complain(outcome.findings, io);
  const { tool, imported } = outcome;
  const written = importedFiles(imported, {
    tool,
    read: texts.map(({ file }) => file),
    withSecrets: options.withSecrets === true,
  });
  const trouble = await writeAll(written, options.out, io);
  if (trouble !== undefined) {
    io.stderr(`tocsin: ${trouble}\n`);
    return 1;
  }
  const findings = await checkWritten(options.out, io);
  const done: Done = { tool, imported, paths: written.map(({ path }) => join(options.out, path)), findings };
  if (options.json === true) printJson(toJson(done), io);
  else tell(done, io);
  return imported.receivers.withoutEqual > 0 || hasError(findings) ? 1 : 0;
}

function complain(findings: readonly Finding[], io: Io): ExitStatus {
  printFindings(findings, io);
  return 2;
}

/** Writes all files or, when one of them exists, none. @returns The reason why nothing was written. */
async function writeAll(files: readonly ImportedFile[], out: string, io: Io): Promise<string | undefined> {
  try {
    const existing: string[] = [];
    for (const { path } of files)
      if (await exists(resolve(io.cwd, out, path))) existing.push(join(out, path));
    if (existing.length > 0)
      return `${existing.join(", ")} ${existing.length === 1 ? "exists" : "exist"} already; nothing was written (--out names another folder)`;
    for (const { path, text, mode } of files) {
      const target = resolve(io.cwd, out, path);
      await mkdir(dirname(target), { recursive: true });
      // The flag x never overwrites a file that somebody created meanwhile.
      await writeFile(target, text, { flag: "wx", ...(mode === undefined ? {} : { mode }) });
    }
    return undefined;
  } catch (error) {
    return `${out} cannot be written: ${errorText(error)}`;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** Findings of `tocsin check` on the new configuration. Secrets that are still to be filled are not among them. */
async function checkWritten(out: string, io: Io): Promise<readonly Finding[]> {
  const { configuration, findings } = await load({ config: join(out, "tocsin.yaml") }, io);
  const missing = configuration === undefined ? [] : unresolvedSecrets(configuration.origin, io.env);
  const unfilled = new Set(missing.map(({ path }) => path));
  return findings.filter(({ path, level }) => level === "error" || !unfilled.has(path));
}

interface Done {
  readonly tool: string;
  readonly imported: Imported;
  readonly paths: readonly string[];
  readonly findings: readonly Finding[];
}

function toJson({ tool, imported, paths, findings }: Done): object {
  const { receivers, deliveries, templates, lines, secrets } = imported;
  return {
    tool,
    summary: reportSummary(imported),
    receivers,
    deliveries,
    templates,
    report: lines.map(({ place, ...line }) => ({ ...line, ...place })),
    secrets: secrets.map(({ path, what }) => ({ path, what })),
    written: paths,
    check: { ok: !hasError(findings), findings },
  };
}

function tell({ imported, paths, findings }: Done, io: Io): void {
  const { lines, secrets } = imported;
  const toDecide = lines.filter(({ decide }) => decide !== "").length;
  for (const path of paths) io.stdout(`wrote ${path}\n`);
  io.stdout(`\n${reportSummary(imported).join("\n")}\n`);
  if (toDecide > 0) io.stdout(`${counted(toDecide, "remark")} to decide about: read IMPORT.md.\n`);
  if (secrets.length > 0)
    io.stdout(`${counted(secrets.length, "secret")} to fill in: secrets/README names them.\n`);
  printFindings(findings, io);
}
