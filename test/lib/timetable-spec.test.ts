import { describe, expect, it } from "vitest";

import { check } from "../../src/lib/schema.ts";
import { TimetableSpec } from "../../src/lib/timetable-spec.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";

const compile = (text: string) => check(TimetableSpec, parseYaml("tocsin.yaml", text).value);

/** The next digests after an instant, in UTC, each after the one before. */
function next(text: string, from: string, count: number): readonly string[] {
  const times = compile(text).value;
  if (times === undefined) throw new Error(JSON.stringify(compile(text).faults));
  const found: string[] = [];
  for (let at = Date.parse(from); found.length < count; found.push(new Date(at).toISOString().slice(5, 16)))
    at = times.next(at);
  return found;
}

describe("a timetable", () => {
  it("come at each time of a day, by the clock of the zone", () => {
    expect(next('{ at: ["16:30", "08:00"], zone: Asia/Kolkata }', "2026-06-01T03:00:00Z", 3)).toEqual([
      "06-01T11:00",
      "06-02T02:30",
      "06-02T11:00",
    ]);
  });

  it("are never now", () => {
    expect(next('{ at: ["08:00"], zone: UTC }', "2026-06-01T08:00:00Z", 1)).toEqual(["06-02T08:00"]);
    expect(next('{ at: ["08:00"], zone: UTC }', "2026-06-01T07:59:59.999Z", 1)).toEqual(["06-01T08:00"]);
  });

  it("come on the weekdays that are named, also a week later", () => {
    // 2026-06-01 is a Monday.
    const text = '{ at: ["08:00"], weekdays: [monday], zone: UTC }';
    expect(next(text, "2026-06-01T09:00:00Z", 2)).toEqual(["06-08T08:00", "06-15T08:00"]);
    // In this zone it is Monday already.
    const early = '{ at: ["00:30"], weekdays: [monday], zone: Pacific/Auckland }';
    expect(next(early, "2026-05-31T11:00:00Z", 1)).toEqual(["05-31T12:30"]);
  });

  it("keep the hour of the wall clock when it is put forward or back", () => {
    const text = '{ at: ["08:00"], zone: Europe/Berlin }';
    expect(next(text, "2026-03-28T00:00:00Z", 2)).toEqual(["03-28T07:00", "03-29T06:00"]);
    expect(next(text, "2026-10-24T00:00:00Z", 2)).toEqual(["10-24T06:00", "10-25T07:00"]);
  });

  it("come an hour later where the clock skips them, and once where it shows them twice", () => {
    const text = '{ at: ["02:30"], zone: Europe/Berlin }';
    expect(next(text, "2026-03-28T12:00:00Z", 2)).toEqual(["03-29T01:30", "03-30T00:30"]);
    expect(next(text, "2026-10-24T12:00:00Z", 2)).toEqual(["10-25T00:30", "10-26T01:30"]);
  });

  it("come in the order of time where the clock skips the first of them", () => {
    const text = '{ at: ["02:30", "03:00"], zone: Europe/Berlin }';
    expect(next(text, "2026-03-28T12:00:00Z", 3)).toEqual(["03-29T01:00", "03-29T01:30", "03-30T00:30"]);
  });

  it("come a while after the first news", () => {
    expect(next("{ every: 1h }", "2026-06-01T08:10:00Z", 2)).toEqual(["06-01T09:10", "06-01T10:10"]);
  });

  it.each([
    ["{}", /every|at/u],
    ["{ every: 10s }", /1m to 7d/u],
    ["{ every: 8d }", /1m to 7d/u],
    ['{ at: ["8:00"], zone: UTC }', /write "08:00"/u],
    ['{ at: ["24:00"], zone: UTC }', /write "08:00"/u],
    ["{ at: [], zone: UTC }", /empty/u],
    ['{ at: ["08:00"] }', /whose clock/u],
    ['{ at: ["08:00"], zone: Berlin }', /unknown time zone/u],
    ['{ at: ["08:00"], weekdays: [mon], zone: UTC }', /not a weekday/u],
    ['{ every: 1h, at: ["08:00"], zone: UTC }', /exclude each other/u],
    ["{ every: 1h, zone: UTC }", /go with at/u],
  ])("refuse %s", (text, why) => {
    const { value, faults } = compile(text);
    expect(value).toBeUndefined();
    expect(faults.map(({ message }) => message).join("; ")).toMatch(why);
  });
});
