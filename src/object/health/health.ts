/** The proofs that a problem is over: `resolve.when` of a rule, or of a row of the reason table. */
export const PROOFS = [
  "available",
  "bound",
  "complete",
  "condition",
  "noPressure",
  "nodeReady",
  "ready",
  "scheduled",
  "stable",
  "started",
] as const;
/** One of `PROOFS`. */
export type Proof = (typeof PROOFS)[number];

/** Whether the state of one object gives a proof. Times are milliseconds since 1970. */
export type Health =
  /** The proof is there; `since` is undefined where the object does not say from when on. */
  | { readonly verdict: "healthy"; readonly since: number | undefined }
  /** All is well since then, and counts as proof if it stays so until `until`. */
  | { readonly verdict: "waiting"; readonly since: number; readonly until: number }
  | { readonly verdict: "unhealthy" }
  /** Objects of this kind do not have the proof. */
  | { readonly verdict: "unknown" };

/** The proof is not there. */
export const UNHEALTHY: Health = { verdict: "unhealthy" };
/** The object cannot show the proof. */
export const UNKNOWN: Health = { verdict: "unknown" };

/** A time further ahead than this is that of a wrong clock; milliseconds. */
const CLOCK_AHEAD_MS = 30_000;

/**
 * The health of something that is well since a time, and has to be so for a while before it counts. Nobody waits for a
 * clock that is far ahead: such a time says nothing.
 */
export function wellSince(since: number | undefined, now: number, lastingMs = 0): Health {
  if (since === undefined || since > now + CLOCK_AHEAD_MS) return { verdict: "healthy", since: undefined };
  if (since + lastingMs <= now) return { verdict: "healthy", since };
  return { verdict: "waiting", since, until: since + lastingMs };
}

/** The later of two times, where an unknown one does not count. */
export function laterOf(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.max(one, other);
}
