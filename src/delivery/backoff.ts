const BASE_MS = 1000;
const LONGEST_MS = 5 * 60_000;

/**
 * The wait of a row after its attempt number `attempt` (1 or more) has failed, in milliseconds: a random part of 1 s, 2
 * s, 4 s … 5 min (full jitter), so that rows that failed together do not come back together.
 *
 * @param random In [0, 1).
 */
export function backoffMs(attempt: number, random: number): number {
  return Math.round(ceilingMs(attempt) * random);
}

/** The wait of a sink between two probes, in milliseconds: as `backoffMs`, but at least half of the longest. */
export function probeMs(failures: number, random: number): number {
  return Math.round((ceilingMs(failures) * (1 + random)) / 2);
}

function ceilingMs(attempt: number): number {
  return Math.min(LONGEST_MS, BASE_MS * 2 ** (attempt - 1));
}
