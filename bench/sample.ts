import { readFileSync } from "node:fs";

/** Clock ticks per second of /proc (sysconf(_SC_CLK_TCK) is 100 on every Linux that Node runs on). */
const TICKS_PER_SECOND = 100;

/** One look at a process from outside. */
export interface Sample {
  /** Milliseconds of a clock that never goes back. */
  readonly at: number;
  /** User and system time since its start, in microseconds. */
  readonly cpuUs: number;
  readonly rssBytes: number;
}

/** A process that is measured; ends with its disposal. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
}

/** Reads /proc: what a process has used so far. */
export function sample({ pid }: Program): Sample {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  const ticks = Number(fields[11]) + Number(fields[12]);
  const rss = /VmRSS:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { at: performance.now(), cpuUs: (ticks * 1e6) / TICKS_PER_SECOND, rssBytes: Number(rss) * 1024 };
}
