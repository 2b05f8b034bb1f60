import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

const STOP_WITHIN_MS = 15_000;
const MOST_LOG_LINES = 200;

/** A command that runs another one, which then ends with this process, also when it is killed. */
const END_WITH_PARENT = process.platform === "linux" ? ["setpriv", "--pdeathsig", "KILL"] : [];

/** A program that is a process of its own, and can be taken down and started again with the same words. */
export interface RunningProgram {
  readonly pid: number;
  signal(signal: NodeJS.Signals): void;
  hasEnded(): boolean;
  /** Ends it, and waits for that. SIGTERM that is not heeded becomes SIGKILL. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Starts it again; waits for nothing. */
  again(): void;
  /** Its last lines. */
  log(): string;
  /** Ends it for good. */
  stop(): Promise<void>;
}

/**
 * Starts a program and keeps its last lines.
 *
 * @param options.env Its variables, where they differ from those of this process.
 * @param options.pidOf The process that takes signals, where it is not the one that was spawned.
 */
export function startProgram(
  program: string,
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly pidOf?: (spawned: number) => number | undefined;
  } = {},
): RunningProgram {
  const { env = process.env, pidOf = (spawned) => spawned } = options;
  const lines: string[] = [];
  const keep = (chunk: Buffer): void => {
    lines.push(...chunk.toString().trimEnd().split("\n"));
    lines.splice(0, lines.length - MOST_LOG_LINES);
  };
  const launch = (): ChildProcess => {
    const [command = "", ...words] = [...END_WITH_PARENT, program, ...args];
    const launched = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"], env });
    launched.stdout.on("data", keep);
    launched.stderr.on("data", keep);
    launched.on("error", (error) => lines.push(error.message));
    return launched;
  };
  let child = launch();
  const signal = (name: NodeJS.Signals): void => send(child, pidOf, name);
  const kill = (): void => signal("SIGKILL");
  killAtExit(kill);
  const hasEnded = (): boolean =>
    child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  return {
    get pid() {
      return pidOf(child.pid ?? 0) ?? 0;
    },
    hasEnded,
    log: () => lines.join("\n"),
    signal,
    end: async (name) => {
      if (!hasEnded()) await end(child, signal, name);
    },
    again: () => {
      child = launch();
    },
    stop: async () => {
      kills.delete(kill);
      if (!hasEnded()) await end(child, signal, "SIGTERM");
    },
  };
}

/** Of programs that run; a test run that ends early must not leave them behind. */
const kills = new Set<() => void>();

function killAll(): void {
  for (const kill of kills) kill();
}

function killAtExit(kill: () => void): void {
  if (!process.listeners("exit").includes(killAll)) process.once("exit", killAll);
  kills.add(kill);
}

async function end(
  child: ChildProcess,
  signal: (name: NodeJS.Signals) => void,
  name: NodeJS.Signals,
): Promise<void> {
  const ended = once(child, "exit");
  // A stopped process takes no other signal.
  signal("SIGCONT");
  signal(name);
  const late = setTimeout(() => signal("SIGKILL"), STOP_WITHIN_MS);
  await ended;
  clearTimeout(late);
}

/** Where another process takes the signals, the spawned one ends with it. */
function send(
  child: ChildProcess,
  pidOf: (spawned: number) => number | undefined,
  signal: NodeJS.Signals,
): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const pid = pidOf(child.pid);
  if (pid === undefined || pid === child.pid || signal === "SIGCONT") child.kill(signal);
  if (pid === undefined || pid === child.pid) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended since.
  }
}
