import { scaledClock } from "../../src/demo/index.ts";
import { type Clock, systemClock } from "../../src/lib/clock.ts";

/**
 * A clock that was right at `anchor` (epoch milliseconds) and runs `speed` times as fast since, the same in every
 * process and after every restart.
 */
export function storyClock(anchor: number, speed: number): Clock {
  return {
    ...scaledClock(systemClock, speed),
    now: () => Math.floor(anchor + (systemClock.now() - anchor) * speed),
  };
}
