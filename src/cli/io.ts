import type { Clock } from "../lib/clock.ts";

/** 0 fine · 1 what was checked, tested or sent failed, or a server is out of reach · 2 wrong usage or configuration. */
export type ExitStatus = 0 | 1 | 2;

/** Signals that mean something to a command: stop, stop, reload. */
export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Everything a command may touch of the process it runs in, so that tests can run it in theirs. */
export interface Io {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** All of standard input, at most 256 MiB. */
  readonly readStdin: () => Promise<string>;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute. */
  readonly cwd: string;
  readonly clock: Clock;
  /** Where an in-cluster token lies, if not where the kubelet puts it. */
  readonly serviceAccountDir?: string;
  /** Whether each stream is a terminal that wants colour. */
  readonly colour: { readonly stdout: boolean; readonly stderr: boolean };
  /** Calls back at every such signal until the answer is called. */
  readonly onSignal: (handle: (signal: Signal) => void) => () => void;
}
