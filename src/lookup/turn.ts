import type { Clock } from "../lib/clock.ts";
import type { LookUpPace } from "./look-up-pace.ts";

/**
 * Waits for the turn of one request. It never rejects.
 *
 * @param withinMs How long it may wait. @returns False when the turn comes later, and there is no request.
 */
export type Turn = (withinMs: number) => Promise<boolean>;

/** Turns of requests that share a pace with others. */
export function turnsOf(pace: LookUpPace, what: Parameters<LookUpPace["book"]>[0], clock: Clock): Turn {
  return async (withinMs) => {
    const waitMs = pace.book(what, withinMs, clock.monotonic());
    if (waitMs !== undefined && waitMs > 0) await clock.sleep(waitMs);
    return waitMs !== undefined;
  };
}
