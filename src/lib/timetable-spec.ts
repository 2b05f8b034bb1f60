import { z } from "zod";

import { toWeekdays, Weekdays, Zone } from "./clock-fields.ts";
import { DailyTimes } from "./daily-times.ts";
import { Duration } from "./duration.ts";
import { strict } from "./schema.ts";
import type { Timetable } from "./timetable.ts";

const HOUR_MS = 3_600_000;

/** More often needs no timetable, and what comes more rarely is forgotten meanwhile; milliseconds. */
const EVERY = { least: 60_000, most: 7 * 24 * HOUR_MS };

const TimeOfDay = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/u, {
    error: (issue) => `not a time of the day: ${JSON.stringify(issue.input)} (write "08:00")`,
  })
  .transform((text) => {
    const [hours = 0, minutes = 0] = text.split(":").map(Number);
    return hours * 60 + minutes;
  });

const FORMS = 'write { every: 1h }, or { at: ["08:00"], zone: Europe/Berlin }';

/** Times as users write them, compiled: `{ every: 1h }` or `{ at: ["08:00"], weekdays, zone }`. */
export const TimetableSpec = strict({
  every: Duration.refine((ms) => ms >= EVERY.least && ms <= EVERY.most, { error: "expected 1m to 7d" })
    .optional()
    .describe("this long after the first news"),
  at: z
    .array(TimeOfDay)
    .min(1, { error: "empty: this is never" })
    .optional()
    .describe('times of the day, `["08:00"]`'),
  weekdays: Weekdays.optional().describe("with `at`: only on these days; names in full"),
  zone: Zone.optional().describe("with `at`: an IANA time zone; there is no default"),
}).transform(({ every, at, weekdays, zone }, context): Timetable => {
  const fault = (message: string, path: readonly string[] = []): never => {
    context.addIssue({ code: "custom", message, path: [...path] });
    return z.NEVER;
  };
  if (every !== undefined && at !== undefined) return fault(`every and at exclude each other: ${FORMS}`);
  if (every !== undefined) {
    if (weekdays !== undefined || zone !== undefined) return fault(`weekdays and zone go with at: ${FORMS}`);
    return { next: (now) => now + every };
  }
  if (at === undefined) return fault(FORMS);
  if (zone === undefined)
    return fault("missing: whose clock is meant, such as Europe/Berlin or UTC", ["zone"]);
  return new DailyTimes({ minutes: at, weekdays: toWeekdays(weekdays), zone });
});
