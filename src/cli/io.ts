import type { Clock } from "../lib/clock.ts";

/** 0 success · 1 the check, test or attempt failed, or a server is out of reach · 2 wrong usage or configuration. */
export type ExitStatus = 0 | 1 | 2;

/** Signals with a meaning for a command: stop, stop, reload. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** All parts of the process that a command may touch, so that tests can run commands in their own. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** The bytes of standard input; to be read once. */
  readonly readStdin: () => AsyncIterable<Uint8Array>;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute. */
  readonly cwd: string;
  readonly clock: Clock;
  /** The folder of an in-cluster token, if not the kubelet's. */
  readonly serviceAccountDir?: string;
  /** Whether each stream is a terminal that wants colour. */
  readonly colour: { readonly stdout: boolean; readonly stderr: boolean };
  /** Gives memory that nobody needs any more back to the system; stops everything for some 100 ms. */
  readonly returnMemory?: () => void;
  /** Calls back at every such signal until the returned function is called. */
  readonly onSignal: (handle: (signal: Signal) => void) => () => void;
}
