import { summaryOf, unresolvedSecrets } from "../config/index.ts";
import { counted } from "../lib/counted.ts";
import { type ConfigOptions, load } from "./configured.ts";
import type { ExitStatus, Io } from "./io.ts";
import { printFindings, printJson } from "./print.ts";

/** Options of the command. */
export interface CheckOptions extends ConfigOptions {
  readonly json?: boolean;
  /** Fail on warnings as well. */
  readonly strict?: boolean;
}

/** Lists everything that is wrong with a configuration, without a network. */
export async function check(options: CheckOptions, io: Io): Promise<ExitStatus> {
  const { configuration, findings: loaded } = await load(options, io);
  const findings =
    configuration === undefined ? loaded : [...loaded, ...unresolvedSecrets(configuration.origin, io.env)];
  const errors = findings.filter(({ level }) => level === "error").length;
  const warnings = findings.length - errors;
  const ok = errors === 0 && (options.strict !== true || warnings === 0);
  const summary = configuration === undefined ? undefined : summaryOf(configuration);
  if (options.json === true) {
    printJson({ ok, findings, ...(summary === undefined ? {} : { summary }) }, io);
  } else {
    printFindings(findings, io);
    const found = [
      ...(summary === undefined ? [] : [summary]),
      ...(errors === 0 ? [] : [counted(errors, "error")]),
      ...(warnings === 0 ? [] : [counted(warnings, "warning")]),
    ];
    io.stdout(`${found.join(", ")}\n`);
  }
  return ok ? 0 : 1;
}
