/** The facts that memory settings depend on. */
export interface ProcessFacts {
  /** Options of Node in front of the script, as in `process.execArgv`. */
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Bytes that the container may use, as `process.constrainedMemory()` answers: 0 or a huge number without a limit. */
  readonly limitBytes: number;
}

/** How a process is to be started for the sake of its memory, its size and its secrecy. */
export interface MemorySettings {
  /** Options for Node that the process does not have yet; none when it has all of them. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const MIB = 2 ** 20;

/** A limit above this is none: cgroups write 2^63 or more, and Node answers 2^64. */
const NO_LIMIT_BYTES = 2 ** 50;

/** The room of a service beside its heap: machine code, SQLite's pages, buffers of sockets, young objects, stacks. */
const RESERVE_BYTES = 128 * MIB;

/** A larger container has more connections and larger buffers too. */
const RESERVE_SHARE = 1 / 4;

/**
 * The settings of a process that runs for years (docs/decisions/0007-memory-before-speed.md). Options that somebody has
 * set, also those in `NODE_OPTIONS`, stay as they are.
 */
export function memorySettings({ execArgv, env, limitBytes }: ProcessFacts): MemorySettings {
  const heap = heapBytes(limitBytes);
  const wanted = [
    "--max-semi-space-size=8",
    "--heap-growing-percent=45",
    // So that the start can give its garbage back.
    "--expose-gc",
    // So that no signal opens a debugger into memory that has just held the specification of a pod.
    "--disable-sigusr1",
    ...(heap === undefined ? [] : [`--max-old-space-size=${Math.floor(heap / MIB)}`]),
  ];
  const given = new Set([...execArgv, ...(env["NODE_OPTIONS"] ?? "").split(/\s+/u)].map(nameOf));
  return {
    flags: wanted.filter((flag) => !given.has(nameOf(flag))),
    // glibc then keeps one heap for all threads instead of one for each.
    env: { MALLOC_ARENA_MAX: env["MALLOC_ARENA_MAX"] ?? "1" },
  };
}

/**
 * How large the old generation may get; undefined without a limit, when Node decides by the memory of the machine. With
 * one, Node takes about half, and never less than that is given here.
 */
export function heapBytes(limitBytes: number): number | undefined {
  if (limitBytes <= 0 || limitBytes >= NO_LIMIT_BYTES) return undefined;
  const reserve = Math.max(RESERVE_BYTES, limitBytes * RESERVE_SHARE);
  return Math.max(limitBytes - reserve, limitBytes / 2);
}

/** V8 reads `_` as `-`, and a value may stand behind `=`. */
function nameOf(option: string): string {
  return (option.split("=")[0] ?? "").replaceAll("_", "-");
}
