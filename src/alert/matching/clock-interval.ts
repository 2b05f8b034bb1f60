import { WallClock } from "../../lib/wall-clock.ts";
import type { TimeInterval } from "../time-interval.ts";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const MINUTES_OF_DAY = 1440;

/** Minutes of the day, `from` included, `until` not; `from` above `until` runs over midnight. */
export interface TimeRange {
  readonly from: number;
  readonly until: number;
}

/** The clauses of an interval, all of which must hold; a clause that is `undefined` always holds. */
export interface TimeClauses {
  /** An IANA time zone. */
  readonly zone: string;
  /** Sunday is 0. */
  readonly weekdays: ReadonlySet<number> | undefined;
  readonly times: readonly TimeRange[] | undefined;
  /** 1 to 31; -1 is the last day of the month, -31 the earliest that can be. */
  readonly daysOfMonth: ReadonlySet<number> | undefined;
  /** 1 to 12. */
  readonly months: ReadonlySet<number> | undefined;
  readonly years: ReadonlySet<number> | undefined;
}

/**
 * Hours, days or months by the wall clock (docs/design/alerting.md#mute-timings). A range over midnight belongs to the
 * day on which it begins: `friday` with `22:00-06:00` ends on Saturday morning. When clocks go forward, the missing
 * hour is skipped; when they go back, the double hour counts twice.
 */
export class ClockInterval implements TimeInterval {
  readonly #alternatives: readonly (readonly [TimeClauses, WallClock])[];
  #known: { readonly from: number; readonly until: number; readonly isOn: boolean } | undefined;

  /** @param alternatives The interval is on while one of these is; 1 or more. */
  constructor(alternatives: readonly TimeClauses[]) {
    this.#alternatives = alternatives.map((clauses) => [clauses, new WallClock(clauses.zone)]);
  }

  isOn(now: number): boolean {
    return this.#at(now).isOn;
  }

  changesAt(now: number): number {
    return this.#at(now).until;
  }

  #at(now: number): { readonly until: number; readonly isOn: boolean } {
    const known = this.#known;
    if (known !== undefined && known.from <= now && now < known.until) return known;
    const from = Math.floor(now / MINUTE) * MINUTE;
    const isOn = this.#holds(from);
    let until = from + MINUTE;
    while (until < from + DAY && this.#holds(until) === isOn) until += MINUTE;
    this.#known = { from, until, isOn };
    return this.#known;
  }

  #holds(at: number): boolean {
    return this.#alternatives.some(([clauses, clock]) => holds(clauses, clock.read(at)));
  }
}

/** @param local Epoch milliseconds at which a clock in UTC shows the same as the wall clock does now. */
function holds(clauses: TimeClauses, local: number): boolean {
  const minute = Math.floor(local / MINUTE) % MINUTES_OF_DAY;
  const { times } = clauses;
  if (times === undefined) return isDay(clauses, local);
  return times.some(({ from, until }) => {
    if (from < until) return minute >= from && minute < until && isDay(clauses, local);
    return minute >= from ? isDay(clauses, local) : minute < until && isDay(clauses, local - DAY);
  });
}

function isDay({ weekdays, daysOfMonth, months, years }: TimeClauses, local: number): boolean {
  const date = new Date(local);
  if (years?.has(date.getUTCFullYear()) === false) return false;
  if (months?.has(date.getUTCMonth() + 1) === false) return false;
  if (weekdays?.has(date.getUTCDay()) === false) return false;
  if (daysOfMonth === undefined) return true;
  const day = date.getUTCDate();
  return daysOfMonth.has(day) || daysOfMonth.has(day - lengthOfMonth(date) - 1);
}

function lengthOfMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}
