import { memorySettings } from "./lib/memory-settings.ts";

/** Commands that stay: they save memory, the others time. */
const SERVICES: ReadonlySet<string | undefined> = new Set(["run", "demo"]);

/** Runs the command line in this process and leaves its exit status; bin/tocsin.mjs calls it. */
export async function main(argv: readonly string[]): Promise<void> {
  if (SERVICES.has(argv[0])) restartForMemory(argv);
  // Imported behind the restart, which would throw all of it away.
  const { main: runCommandLine, processIo } = await import("./cli/index.ts");
  process.exitCode = await runCommandLine(argv, processIo());
}

/**
 * Starts this program anew in the same process, with its memory settings: V8 takes the sizes of its heap only when it
 * starts, and the allocator its variable. Answers where there is nothing to change, and where Node cannot do it: in
 * a child that talks to its parent, and on Windows.
 */
function restartForMemory(argv: readonly string[]): void {
  const { execArgv, execPath, env } = process;
  const script = process.argv[1];
  if (process.execve === undefined || script === undefined || process.connected) return;
  const settings = memorySettings({ execArgv, env, limitBytes: process.constrainedMemory() });
  if (settings.flags.length === 0) return;
  process.execve(execPath, [execPath, ...settings.flags, ...execArgv, script, ...argv], {
    ...env,
    ...settings.env,
  });
}

if (import.meta.main) await main(process.argv.slice(2));
