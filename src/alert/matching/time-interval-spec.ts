import { z } from "zod";

import { toWeekdays, Weekdays, Zone } from "../../lib/clock-fields.ts";
import { isMapping } from "../../lib/mapping.ts";
import { check, type Fault, strict } from "../../lib/schema.ts";
import type { TimeClausesSpec, TimeInterval, TimeIntervalSpec as Shape } from "../time-interval.ts";
import { ClockInterval, type TimeClauses, type TimeRange } from "./clock-interval.ts";

/** The years that a user can mean; others are mistakes. */
const YEARS = { first: 2020, last: 2200 };

const Range = z
  .string()
  .superRefine((text, context) => {
    const range = parseRange(text);
    if (typeof range === "string") context.addIssue({ code: "custom", message: range });
  })
  .describe("`HH:MM-HH:MM`, the end excluded; may run over midnight");

const integers = (what: string, isMeant: (value: number) => boolean): z.ZodType<readonly number[]> =>
  z
    .array(z.int().refine(isMeant, { error: (issue) => `not ${what}: ${JSON.stringify(issue.input)}` }))
    .min(1, { error: "empty: this is never; leave it out for always" });

const Clauses: z.ZodType<TimeClausesSpec> = strict({
  zone: Zone.describe("an IANA time zone; there is no default"),
  weekdays: Weekdays.optional().describe("names of days, in full"),
  times: z
    .array(Range)
    .min(1, { error: "empty: this is never; leave it out for always" })
    .optional()
    .describe('such as `["18:00-08:00"]`; what runs over midnight belongs to the day on which it began'),
  daysOfMonth: integers("a day of a month (1 to 31, or -1 for the last, -2 for the one before)", isDayOfMonth)
    .optional()
    .describe("1 to 31; -1 is the last day"),
  months: integers("a month (1 to 12)", (month) => month >= 1 && month <= 12)
    .optional()
    .describe("1 to 12"),
  years: integers(
    `a year (${YEARS.first} to ${YEARS.last})`,
    (year) => year >= YEARS.first && year <= YEARS.last,
  )
    .optional()
    .describe("such as 2026"),
});

/** One interval as users write it: clauses that must all hold, or a list of which one entry must hold. */
export const TimeIntervalSpec: z.ZodType<Shape> = z.union([
  Clauses,
  z.array(Clauses).min(1, { error: "empty: this is never" }),
]);
export type TimeIntervalSpec = Shape;

/** Names and intervals as users write them. */
export const TimeIntervalsSpec = z.record(z.string().min(1).max(100), TimeIntervalSpec);

/** Checks and compiles the intervals of a configuration, and reports every fault at once. */
export function compileTimeIntervals(
  spec: unknown,
  path: readonly (string | number)[],
): { readonly intervals: NamedIntervals; readonly faults: readonly Fault[] } {
  const { value = {}, faults } = check(TimeIntervalsSpec, spec, path);
  const written = Object.keys(isMapping(spec) ? spec : {}).map((name) => [name, undefined] as const);
  const sound = Object.entries(value).map(
    ([name, interval]) => [name, compileTimeInterval(interval)] as const,
  );
  return { intervals: new Map([...written, ...sound]), faults };
}

/** Intervals by name; undefined for those of a section with faults. */
export type NamedIntervals = ReadonlyMap<string, TimeInterval | undefined>;

/** Compiles an interval that was checked. */
export function compileTimeInterval(spec: TimeIntervalSpec): TimeInterval {
  return new ClockInterval([spec].flat().map((clauses) => toClauses(clauses)));
}

function toClauses({ zone, weekdays, times, daysOfMonth, months, years }: TimeClausesSpec): TimeClauses {
  const set = (values: readonly number[] | undefined): ReadonlySet<number> | undefined =>
    values === undefined ? undefined : new Set(values);
  return {
    zone,
    weekdays: toWeekdays(weekdays),
    times: times?.map((text) => parseRange(text)).filter((range) => typeof range !== "string"),
    daysOfMonth: set(daysOfMonth),
    months: set(months),
    years: set(years),
  };
}

/** Parses a range of times. @returns The range, or the text of its fault. */
function parseRange(text: string): TimeRange | string {
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/u.exec(text);
  const [, fromHour, fromMinute, untilHour, untilMinute] = (match ?? []).map(Number);
  const from = minuteOf(fromHour, fromMinute);
  const until = minuteOf(untilHour, untilMinute);
  if (from === undefined || until === undefined || from === 1440)
    return `not a range of times: ${JSON.stringify(text)} (write 18:00-08:00; the last minute of a day ends at 24:00)`;
  if (from === until) return `${JSON.stringify(text)} is never on; leave times out for the whole day`;
  return { from, until };
}

function minuteOf(hour = Number.NaN, minute = Number.NaN): number | undefined {
  const isTime = (hour <= 23 && minute <= 59) || (hour === 24 && minute === 0);
  return isTime ? hour * 60 + minute : undefined;
}

function isDayOfMonth(day: number): boolean {
  return day !== 0 && day >= -31 && day <= 31;
}
