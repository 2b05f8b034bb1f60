import { Readable } from "node:stream";

import { main } from "../../src/cli/index.ts";
import type { ExitStatus, Io, Signal } from "../../src/cli/index.ts";
import { FakeClock } from "../support/fake-clock.ts";

/** The result of a command line. */
export interface Outcome {
  readonly status: ExitStatus;
  readonly stdout: string;
  readonly stderr: string;
}

/** An `Io` that keeps what is written; signals are sent by hand. */
export function captureIo(io: Partial<Io> & { readonly stdin?: string | Uint8Array } = {}): {
  readonly io: Io;
  readonly written: { stdout: string; stderr: string };
  readonly signal: (signal: Signal) => void;
} {
  const written = { stdout: "", stderr: "" };
  const handlers = new Set<(signal: Signal) => void>();
  return {
    written,
    signal: (signal) => {
      for (const handle of handlers) handle(signal);
    },
    io: {
      stdout: (text) => void (written.stdout += text),
      stderr: (text) => void (written.stderr += text),
      readStdin: () => Readable.from([Buffer.from(io.stdin ?? "")]),
      env: {},
      cwd: process.cwd(),
      clock: new FakeClock(),
      colour: { stdout: false, stderr: false },
      onSignal: (handle) => {
        handlers.add(handle);
        return () => handlers.delete(handle);
      },
      ...io,
    },
  };
}

/** Runs a command line in this process. */
export async function runCommand(
  argv: readonly string[],
  options: Partial<Io> & { readonly stdin?: string | Uint8Array } = {},
): Promise<Outcome> {
  const { io, written } = captureIo(options);
  const status = await main(argv, io);
  return { status, ...written };
}
