import { CommanderError } from "commander";

import { type ErrorCode, errorText, TocsinError } from "../lib/errors.ts";
import { createScrubber } from "../lib/scrub.ts";
import type { ExitStatus, Io } from "./io.ts";
import { createProgram } from "./program.ts";

/** Runs one command line, without the name of the program; all output goes through `io`. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  const program = createProgram(io, (ended) => {
    status = ended;
  });
  try {
    await program.parseAsync(argv, { from: "user" });
    return status;
  } catch (error) {
    return explainFailure(error, io);
  }
}

/** Wrong usage, or an unusable configuration. */
const UNUSABLE: ReadonlySet<ErrorCode> = new Set(["ERR_USAGE", "ERR_CONFIG_INVALID", "ERR_CREDENTIALS"]);

function explainFailure(error: unknown, io: Io): ExitStatus {
  // Commander has printed the error or the help already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof TocsinError) {
    io.stderr(`tocsin: ${errorText(error)} (${error.code})\n`);
    return UNUSABLE.has(error.code) ? 2 : 1;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr(`tocsin: internal error, please report it: ${createScrubber().scrub(stack)}\n`);
  return 1;
}
