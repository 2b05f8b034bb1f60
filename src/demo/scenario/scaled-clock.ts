import type { Clock } from "../../lib/clock.ts";

/**
 * A clock that starts at `clock`'s time and runs `speed` times as fast. A program with this clock alone lives through
 * real durations: its minutes are minutes, only shorter for us.
 */
export function scaledClock(clock: Clock, speed: number): Clock {
  const startedAt = clock.now();
  return {
    now: () => Math.floor(startedAt + (clock.now() - startedAt) * speed),
    monotonic: () => clock.monotonic() * speed,
    sleep: (ms, signal) => clock.sleep(ms / speed, signal),
    after: (ms, run) => clock.after(ms / speed, run),
  };
}
