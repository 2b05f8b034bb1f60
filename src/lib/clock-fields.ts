import { z } from "zod";

/** A day of the week as users write it. */
export type Weekday = "sunday" | "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday";

const WEEKDAYS: readonly Weekday[] = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
];

/** A time zone as users write it. */
export const Zone = z
  .string({
    error: (issue) =>
      issue.input === undefined ? "missing: whose clock is meant, such as Europe/Berlin or UTC" : undefined,
  })
  .refine(isZone, {
    error: (issue) =>
      `unknown time zone ${JSON.stringify(issue.input)}; write a name such as Europe/Berlin, America/New_York or UTC`,
  });

/** Days of the week as users write them. */
export const Weekdays = z
  .array(
    z.enum(WEEKDAYS, {
      error: (issue) => `not a weekday: ${JSON.stringify(issue.input)} (write ${WEEKDAYS.join(", ")})`,
    }),
  )
  .min(1, { error: "empty: this is never; leave it out for always" });

/** The days as numbers; Sunday is 0. @param days Left out: every day. @returns Undefined for every day. */
export function toWeekdays(days: readonly Weekday[] | undefined): ReadonlySet<number> | undefined {
  return days === undefined ? undefined : new Set(days.map((day) => WEEKDAYS.indexOf(day)));
}

function isZone(zone: string): boolean {
  // Intl also takes offsets such as +02:00, but an offset does not follow daylight saving time.
  if (!/^[A-Za-z]/u.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
