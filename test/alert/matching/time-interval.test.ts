import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { compileTimeIntervals } from "../../../src/alert/matching/time-interval-spec.ts";
import type { TimeInterval } from "../../../src/alert/time-interval.ts";
import { parseYaml } from "../../../src/lib/yaml-file.ts";
import { rounds } from "../../support/rounds.ts";

const MINUTE = 60_000;

function compile(text: string): ReturnType<typeof compileTimeIntervals> {
  return compileTimeIntervals(parseYaml("tocsin.yaml", `it: ${text}`).value, ["timeIntervals"]);
}

function interval(text: string): TimeInterval {
  const { intervals, faults } = compile(text);
  const compiled = intervals.get("it");
  if (compiled === undefined) throw new Error(JSON.stringify(faults));
  return compiled;
}

const isOn = (text: string, at: string): boolean => interval(text).isOn(Date.parse(at));

/** Each change from the first instant to the last, as `+` or `-` and a time in UTC. */
function changes(text: string, from: string, until: string): readonly string[] {
  const compiled = interval(text);
  const seen: string[] = [];
  let on = compiled.isOn(Date.parse(from));
  for (let at = Date.parse(from); at < Date.parse(until); at = compiled.changesAt(at)) {
    const now = compiled.isOn(at);
    if (now !== on) seen.push(`${now ? "+" : "-"}${new Date(at).toISOString().slice(5, 16)}`);
    on = now;
  }
  return seen;
}

describe("a time interval", () => {
  it.each([
    [
      "every clause must hold",
      "{ zone: UTC, weekdays: [saturday], months: [12] }",
      "2026-12-05T12:00Z",
      true,
    ],
    ["a clause does not", "{ zone: UTC, weekdays: [saturday], months: [12] }", "2026-12-06T12:00Z", false],
    [
      "any of a list",
      "[{ zone: UTC, years: [2025] }, { zone: UTC, years: [2026] }]",
      "2026-01-01T00:00Z",
      true,
    ],
    ["the start of a range is in it", '{ zone: UTC, times: ["09:00-17:00"] }', "2026-01-01T09:00Z", true],
    ["its end is not", '{ zone: UTC, times: ["09:00-17:00"] }', "2026-01-01T17:00Z", false],
    ["up to the end of the day", '{ zone: UTC, times: ["09:00-24:00"] }', "2026-01-01T23:59:59.999Z", true],
    ["and not further", '{ zone: UTC, times: ["09:00-24:00"] }', "2026-01-02T00:00Z", false],
    ["over midnight, before it", '{ zone: UTC, times: ["18:00-08:00"] }', "2026-01-01T23:00Z", true],
    ["over midnight, after it", '{ zone: UTC, times: ["18:00-08:00"] }', "2026-01-02T07:59Z", true],
    ["over midnight, at the end", '{ zone: UTC, times: ["18:00-08:00"] }', "2026-01-02T08:00Z", false],
    [
      "a night belongs to the day on which it began",
      '{ zone: UTC, weekdays: [friday], times: ["22:00-06:00"] }',
      "2026-01-03T05:00Z",
      true,
    ],
    [
      "and not to the one on which it ends",
      '{ zone: UTC, weekdays: [friday], times: ["22:00-06:00"] }',
      "2026-01-02T05:00Z",
      false,
    ],
    [
      "the night before a year",
      '{ zone: UTC, years: [2026], times: ["22:00-06:00"] }',
      "2027-01-01T05:00Z",
      true,
    ],
    ["the last day of a month", "{ zone: UTC, daysOfMonth: [-1] }", "2026-04-30T12:00Z", true],
    ["which is not always the 30th", "{ zone: UTC, daysOfMonth: [-1] }", "2026-05-30T12:00Z", false],
    [
      "a leap day is the last of February",
      "{ zone: UTC, daysOfMonth: [-1], months: [2] }",
      "2028-02-29T12:00Z",
      true,
    ],
    ["and the 28th is not then", "{ zone: UTC, daysOfMonth: [-1], months: [2] }", "2028-02-28T12:00Z", false],
    ["otherwise it is", "{ zone: UTC, daysOfMonth: [-1], months: [2] }", "2027-02-28T12:00Z", true],
    ["the clock of the zone", '{ zone: Asia/Kolkata, times: ["09:00-10:00"] }', "2026-01-01T03:30Z", true],
    ["its day too", "{ zone: Pacific/Auckland, weekdays: [monday] }", "2026-11-29T12:00Z", true],
    ["a zone of 45 minutes", '{ zone: Asia/Kathmandu, times: ["00:00-00:01"] }', "2026-01-01T18:15Z", true],
  ])("%s", (_what, text, at, expected) => {
    expect(isOn(text, at)).toBe(expected);
  });

  it("changes with the year", () => {
    expect(changes("{ zone: UTC, years: [2027] }", "2026-12-30T00:00Z", "2028-01-03T00:00Z")).toEqual([
      "+01-01T00:00",
      "-01-01T00:00",
    ]);
  });

  it.each([
    {
      what: "Berlin, forward: the hour that is left out is skipped",
      text: '{ zone: Europe/Berlin, times: ["02:15-02:45", "03:10-03:20"] }',
      from: "2026-03-28T12:00Z",
      until: "2026-03-30T00:00Z",
      expected: ["+03-29T01:10", "-03-29T01:20"],
    },
    {
      what: "Berlin, back: the hour that comes twice counts twice",
      text: '{ zone: Europe/Berlin, times: ["02:15-02:45"] }',
      from: "2026-10-24T12:00Z",
      until: "2026-10-25T12:00Z",
      expected: ["+10-25T00:15", "-10-25T00:45", "+10-25T01:15", "-10-25T01:45"],
    },
    {
      what: "New York, forward: a night is an hour shorter",
      text: '{ zone: America/New_York, times: ["22:00-06:00"] }',
      from: "2026-03-07T12:00Z",
      until: "2026-03-08T16:00Z",
      expected: ["+03-08T03:00", "-03-08T10:00"],
    },
    {
      what: "New York, back: a night is an hour longer",
      text: '{ zone: America/New_York, times: ["22:00-06:00"] }',
      from: "2026-10-31T12:00Z",
      until: "2026-11-01T16:00Z",
      expected: ["+11-01T02:00", "-11-01T11:00"],
    },
    {
      what: "Lord Howe, forward by half an hour",
      text: '{ zone: Australia/Lord_Howe, times: ["01:30-02:45"] }',
      from: "2026-10-03T00:00Z",
      until: "2026-10-04T00:00Z",
      expected: ["+10-03T15:00", "-10-03T15:45"],
    },
    {
      what: "Lord Howe, back by half an hour",
      text: '{ zone: Australia/Lord_Howe, times: ["01:30-01:45"] }',
      from: "2026-04-04T00:00Z",
      until: "2026-04-05T00:00Z",
      expected: ["+04-04T14:30", "-04-04T14:45", "+04-04T15:00", "-04-04T15:15"],
    },
  ])("daylight saving in $what", ({ text, from, until, expected }) => {
    expect(changes(text, from, until)).toEqual(expected);
  });

  it("never changes without saying so before", () => {
    const zone = fc.constantFrom(
      "UTC",
      "Europe/Berlin",
      "America/St_Johns",
      "Australia/Lord_Howe",
      "Asia/Tehran",
    );
    const minute = fc.integer({ min: 0, max: 1439 });
    const start = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(
        zone,
        minute,
        minute,
        start,
        fc.integer({ min: 1, max: 40 * 60 }),
        (name, from, until, at, steps) => {
          fc.pre(from !== until);
          const text = `{ zone: ${name}, times: ["${clock(from)}-${clock(until)}"] }`;
          const later = at + steps * MINUTE;
          const [whole, fresh] = [interval(text), interval(text)];
          let look = at;
          while (whole.changesAt(look) <= later) look = whole.changesAt(look);
          return whole.isOn(look) === fresh.isOn(later);
        },
      ),
      { numRuns: rounds(200) },
    );
  });

  it.each([
    ["{ weekdays: [monday] }", "it.zone", "missing: whose clock is meant, such as Europe/Berlin or UTC"],
    [
      "{ zone: Europe/Berln }",
      "it.zone",
      'unknown time zone "Europe/Berln"; write a name such as Europe/Berlin, America/New_York or UTC',
    ],
    [
      "{ zone: '+02:00' }",
      "it.zone",
      'unknown time zone "+02:00"; write a name such as Europe/Berlin, America/New_York or UTC',
    ],
    [
      "{ zone: UTC, weekdays: [sat] }",
      "it.weekdays.0",
      'not a weekday: "sat" (write sunday, monday, tuesday, wednesday, thursday, friday, saturday)',
    ],
    [
      "{ zone: UTC, times: ['8-18'] }",
      "it.times.0",
      'not a range of times: "8-18" (write 18:00-08:00; the last minute of a day ends at 24:00)',
    ],
    [
      "{ zone: UTC, times: ['24:00-08:00'] }",
      "it.times.0",
      'not a range of times: "24:00-08:00" (write 18:00-08:00; the last minute of a day ends at 24:00)',
    ],
    [
      "{ zone: UTC, times: ['08:60-09:00'] }",
      "it.times.0",
      'not a range of times: "08:60-09:00" (write 18:00-08:00; the last minute of a day ends at 24:00)',
    ],
    [
      "{ zone: UTC, times: ['08:00-08:00'] }",
      "it.times.0",
      '"08:00-08:00" is never on; leave times out for the whole day',
    ],
    [
      "{ zone: UTC, daysOfMonth: [0] }",
      "it.daysOfMonth.0",
      "not a day of a month (1 to 31, or -1 for the last, -2 for the one before): 0",
    ],
    ["{ zone: UTC, months: [13] }", "it.months.0", "not a month (1 to 12): 13"],
    ["{ zone: UTC, years: [26] }", "it.years.0", "not a year (2020 to 2200): 26"],
    ["{ zone: UTC, times: [] }", "it.times", "empty: this is never; leave it out for always"],
    ["[]", "it", "empty: this is never"],
    ["[{ zone: UTC, weekdys: [monday] }]", "it.0.weekdys", 'unknown key "weekdys"; did you mean "weekdays"?'],
  ])("refuses %s", (text, path, message) => {
    expect(compile(text).faults).toEqual([
      expect.objectContaining({ level: "error", path: `timeIntervals.${path}`.split(".").map(key), message }),
    ]);
  });
});

function clock(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

function key(part: string): string | number {
  return /^\d+$/u.test(part) ? Number(part) : part;
}
