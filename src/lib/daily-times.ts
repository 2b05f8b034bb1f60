import type { Timetable } from "./timetable.ts";
import { WallClock } from "./wall-clock.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** A week and a day: every weekday comes again within these days. */
const DAYS_AHEAD = 8;

/**
 * Times of the day by a wall clock, on some days of the week. A time that a clock skips when it goes forward comes an
 * hour later that day; one that it shows twice counts once, the first time.
 */
export class DailyTimes implements Timetable {
  readonly #clock: WallClock;
  readonly #minutes: readonly number[];
  readonly #weekdays: ReadonlySet<number> | undefined;

  /** @param times.minutes Minutes of the day, 0 to 1439; at least one. @param times.weekdays Sunday is 0. */
  constructor(times: {
    readonly zone: string;
    readonly minutes: readonly number[];
    readonly weekdays: ReadonlySet<number> | undefined;
  }) {
    this.#clock = new WallClock(times.zone);
    this.#minutes = times.minutes;
    this.#weekdays = times.weekdays;
  }

  next(now: number): number {
    const today = Math.floor(this.#clock.read(now) / DAY) * DAY;
    for (let day = 0; day <= DAYS_AHEAD; day += 1) {
      const midnight = today + day * DAY;
      if (this.#weekdays?.has(new Date(midnight).getUTCDay()) === false) continue;
      const found = this.#minutes
        .map((minute) => this.#instantOf(midnight + minute * MINUTE))
        // A time that the clock skips may come after a later one of that day.
        .toSorted((a, b) => a - b)
        .find((instant) => instant > now);
      if (found !== undefined) return found;
    }
    // A set without a day is refused when it is read.
    return now + DAY;
  }

  /** The instant at which the clock shows this; @param local Epoch milliseconds at which a clock in UTC shows it. */
  #instantOf(local: number): number {
    const before = this.#clock.read(local - DAY) - (local - DAY);
    const after = this.#clock.read(local + DAY) - (local + DAY);
    // Where the offset changes that day, the earlier instant is the right one if the clock really shows the time then.
    const candidates = [local - before, local - after].toSorted((a, b) => a - b);
    return candidates.find((instant) => this.#clock.read(instant) === local) ?? local - before;
  }
}
