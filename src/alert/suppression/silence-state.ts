import type { Silence } from "../silence.ts";

/** Where a silence is in its life. */
export type SilenceState = "pending" | "active" | "expired";

/** @param now Epoch milliseconds. */
export function stateOfSilence({ from, until }: Pick<Silence, "from" | "until">, now: number): SilenceState {
  if (until !== undefined && now >= until) return "expired";
  return now < from ? "pending" : "active";
}

/** The silence, over. */
export function expired(silence: Silence, now: number): Silence {
  return { ...silence, from: Math.min(silence.from, now), until: Math.min(silence.until ?? now, now) };
}

/** Whether two say the same, apart from what has become of them since. */
export function isSameSilence(a: Silence, b: Silence): boolean {
  return JSON.stringify(meaningOf(a)) === JSON.stringify(meaningOf(b));
}

function meaningOf({ match, from, until, untilResolved, schedule, author, comment }: Silence): unknown {
  // The end of one that waits for alerts to end is found, not written.
  return [match, from, untilResolved ? null : until, untilResolved, schedule, author, comment];
}
