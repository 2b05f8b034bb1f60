import { main as runCommandLine, processIo } from "./cli/index.ts";

/** Runs the command line in this process and leaves its exit status; bin/tocsin.mjs calls it. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await runCommandLine(argv, processIo());
}

if (import.meta.main) await main(process.argv.slice(2));
