import { spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** A credential is a few kilobytes. */
const MOST_OUTPUT_BYTES = 1024 * 1024;
/** The last words of a plugin, for a message. */
const MOST_STDERR_BYTES = 4096;

/** A command with its arguments and its whole environment. */
export interface PluginCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The end of a plugin. */
export interface PluginEnd {
  /** `exit status 1`, `killed by SIGTERM`; undefined for success. */
  readonly failure: string | undefined;
  readonly stdout: string;
  /** The end of it. */
  readonly stderr: string;
}

/**
 * Runs a plugin without standard input, so that one which asks a person fails instead of waiting.
 *
 * @param signal Kills it with its own children; the promise rejects with the reason at once.
 * @throws the error of `spawn` when it cannot be started.
 */
export function runPlugin({ command, args, env }: PluginCall, signal: AbortSignal): Promise<PluginEnd> {
  return new Promise((resolve, reject) => {
    // In a process group of its own, which its children share. Nobody else would end it when this process ends.
    const child = spawn(command, [...args], { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const end = (): void => killGroup(child.pid);
    process.once("exit", end);
    const stdout = collect(child.stdout, MOST_OUTPUT_BYTES);
    const stderr = collect(child.stderr, MOST_STDERR_BYTES);
    const onAbort = (): void => {
      end();
      child.stdout.destroy();
      child.stderr.destroy();
      // Every abort has an Error as its reason.
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const done = (): void => {
      signal.removeEventListener("abort", onAbort);
      process.removeListener("exit", end);
    };
    child.once("error", (error) => {
      done();
      reject(error);
    });
    child.once("close", (code, killedBy) => {
      done();
      const failure =
        code === 0 ? undefined : killedBy === null ? `exit status ${code}` : `killed by ${killedBy}`;
      resolve({ failure, stdout: stdout(), stderr: stderr() });
    });
  });
}

/** @param leader Undefined for a process that could not be started. */
function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // All of it has ended.
  }
}

/** Keeps the last bytes of a stream. */
function collect(stream: Readable, mostBytes: number): () => string {
  let kept = Buffer.alloc(0);
  // Without an encoding, a stream gives Buffers.
  stream.on("data", (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    if (kept.length > mostBytes) kept = kept.subarray(-mostBytes);
  });
  return () => kept.toString();
}
