import type { Weekday } from "../lib/clock-fields.ts";

/** A compiled interval of hours, days or months, by a wall clock. */
export interface TimeInterval {
  /** @param now Epoch milliseconds, as all times here. */
  isOn(now: number): boolean;
  /** The next change, or one day from now when none comes earlier. Always after `now`, on a full minute. */
  changesAt(now: number): number;
}

/** A time interval with its name, which routes use. */
export interface NamedInterval {
  readonly name: string;
  readonly interval: TimeInterval;
}

/** Clauses that must all hold, as users write them; `matching/time-interval-spec.ts` checks and compiles them. */
export interface TimeClausesSpec {
  /** An IANA time zone. */
  readonly zone: string;
  /** Names of days, in full and in lower case. */
  readonly weekdays?: readonly Weekday[] | undefined;
  /** `HH:MM-HH:MM`. */
  readonly times?: readonly string[] | undefined;
  /** 1 to 31, or from the end of the month: -1 to -31. */
  readonly daysOfMonth?: readonly number[] | undefined;
  /** 1 to 12. */
  readonly months?: readonly number[] | undefined;
  readonly years?: readonly number[] | undefined;
}

/** One interval as users write it: clauses that must all hold, or a list of which one entry must hold. */
export type TimeIntervalSpec = TimeClausesSpec | readonly TimeClausesSpec[];
