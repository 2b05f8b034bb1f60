/** Hours, days or months by the clock on a wall, ready to be asked. */
export interface TimeInterval {
  /** @param now Epoch milliseconds, as all times here. */
  isOn(now: number): boolean;
  /** When to look again: the next change, or in a day when none comes by then. Always after `now`, on a full minute. */
  changesAt(now: number): number;
}

/** A time interval under the name that routes know it by. */
export interface NamedInterval {
  readonly name: string;
  readonly interval: TimeInterval;
}

/** Clauses that must all hold, as people write them; `matching/time-interval-spec.ts` checks and compiles them. */
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

/** A day of the week as people write it. */
export type Weekday = "sunday" | "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday";

/** One interval as people write it: clauses that must all hold, or a list of such, any of which may. */
export type TimeIntervalSpec = TimeClausesSpec | readonly TimeClausesSpec[];
