import { type ContainerState, lastFailureOf, type PodState } from "../object/index.ts";

/** The end of a container longer ago says nothing about the problem of now; milliseconds. */
const RECENT_MS = 3_600_000;

/** Containers of one pod whose logs are read. */
const MOST_CONTAINERS = 2;

/** A container that has crashed. */
export interface Crash {
  readonly container: string;
  /** Whether another run has begun since. */
  readonly isPrevious: boolean;
  /** Its termination message: log text; "" for none. */
  readonly message: string;
}

/** The containers of a pod that crashed within the last hour, those that crashed last first. @param now Epoch milliseconds. */
export function crashesOf({ containers }: PodState, now: number): readonly Crash[] {
  return containers
    .flatMap((container) => crashOf(container) ?? [])
    .filter(({ at }) => at >= now - RECENT_MS)
    .toSorted((a, b) => b.at - a.at)
    .slice(0, MOST_CONTAINERS)
    .map(({ crash }) => crash);
}

function crashOf(container: ContainerState): { readonly at: number; readonly crash: Crash } | undefined {
  const { name, terminated, waiting } = container;
  const ended = lastFailureOf(container);
  // A container that waits for anything else has another problem than its last end.
  const waitsForOther = waiting !== undefined && waiting.reason !== "CrashLoopBackOff";
  if (ended === undefined || waitsForOther) return undefined;
  return {
    at: ended.finishedAt ?? 0,
    crash: { container: name, isPrevious: ended !== terminated, message: ended.message },
  };
}
