import type { Silence } from "../silence.ts";

/** Whether a silence begins later, holds now, or is over. */
export type SilenceState = "pending" | "active" | "expired";

/** @param now Epoch milliseconds. */
export function stateOfSilence({ from, until }: Pick<Silence, "from" | "until">, now: number): SilenceState {
  if (until !== undefined && now >= until) return "expired";
  return now < from ? "pending" : "active";
}

/** The same silence, ended now. */
export function expired(silence: Silence, now: number): Silence {
  return { ...silence, from: Math.min(silence.from, now), until: Math.min(silence.until ?? now, now) };
}

/** Whether two silences say the same, apart from their use and an end that was found later. */
export function isSameSilence(a: Silence, b: Silence): boolean {
  return JSON.stringify(meaningOf(a)) === JSON.stringify(meaningOf(b));
}

function meaningOf({ match, from, until, untilResolved, schedule, author, comment }: Silence): unknown {
  // Nobody wrote the end of a silence with `untilResolved`: the book found it when the last alert ended.
  return [match, from, untilResolved ? null : until, untilResolved, schedule, author, comment];
}
