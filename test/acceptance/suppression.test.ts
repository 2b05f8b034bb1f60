import { describe, expect, it } from "vitest";

import { RequestedSilence, requestSilence, toSilence } from "../../src/alert/suppression/silence-spec.ts";
import type { EventSketch } from "../support/event-sketch.ts";
import { BridgeBed, type Sections } from "./bridge-bed.ts";

const MINUTE = 60;
const HOUR = 3600;

const RULES = [
  {
    name: "crash",
    match: { reason: "BackOff" },
    severity: "warning",
    resolve: { by: [{ reason: "Started", same: ["object"] }], quiet: "30d", maxAge: "60d" },
  },
];

const CRASH: EventSketch = { reason: "BackOff", object: "shop/Pod/web-1", name: "crash" };

describe("14. muted hours", () => {
  it.each([
    [
      "over midnight",
      "Europe/Berlin",
      { times: ["22:00-06:00"] },
      "2026-06-01T21:00:00Z",
      "2026-06-02T04:00:00Z",
    ],
    [
      "on the last day of a month",
      "UTC",
      { daysOfMonth: [-1] },
      "2026-04-30T10:00:00Z",
      "2026-05-01T00:00:00Z",
    ],
    [
      "on a leap day",
      "UTC",
      { daysOfMonth: [-1], months: [2] },
      "2028-02-29T12:00:00Z",
      "2028-03-01T00:00:00Z",
    ],
    [
      "in a night that is an hour short, in Berlin",
      "Europe/Berlin",
      { times: ["22:00-06:00"] },
      "2026-03-28T21:30:00Z",
      "2026-03-29T04:00:00Z",
    ],
    [
      "in a night that is an hour longer, in Berlin",
      "Europe/Berlin",
      { times: ["22:00-06:00"] },
      "2026-10-24T20:30:00Z",
      "2026-10-25T05:00:00Z",
    ],
    [
      "in a night that is an hour short, in New York",
      "America/New_York",
      { times: ["22:00-06:00"] },
      "2026-03-08T04:00:00Z",
      "2026-03-08T10:00:00Z",
    ],
    [
      "in a night that is an hour longer, in New York",
      "America/New_York",
      { times: ["22:00-06:00"] },
      "2026-11-01T03:00:00Z",
      "2026-11-01T11:00:00Z",
    ],
    [
      "in a night that is half an hour short, on Lord Howe",
      "Australia/Lord_Howe",
      { times: ["22:00-06:00"] },
      "2026-10-03T12:00:00Z",
      "2026-10-03T19:00:00Z",
    ],
    [
      "until the year is over",
      "Asia/Tokyo",
      { years: [2026] },
      "2026-12-31T10:00:00Z",
      "2026-12-31T15:00:00Z",
    ],
  ])("%s", async (_title, zone, clauses, from, until) => {
    await using bed = await BridgeBed.open(
      {
        rules: RULES,
        route: { sinks: ["ops"], mute: ["hours"] },
        timeIntervals: { hours: { zone, ...clauses } },
      },
      Date.parse(from),
    );
    await bed.at(0, CRASH);
    await bed.until((Date.parse(until) - Date.parse(from)) / 1000 - 1);
    expect(bed.told).toEqual([]);
    await bed.until((Date.parse(until) - Date.parse(from)) / 1000 + 1);
    expect(bed.taken.map(({ notification: { trigger, sentAt } }) => [trigger, sentAt])).toEqual([
      ["unmuted", new Date(until).toISOString()],
    ]);
  });
});

describe("19. a silence", () => {
  const asked = { match: { rule: "crash" }, comment: "c", author: "me" };

  it("is there after a death right after it was made", async () => {
    await using bed = await BridgeBed.open({ rules: RULES });
    await bed.silence(toSilence({ ...asked, for: HOUR * 1000 }, "s", bed.clock.now()));
    await bed.restart();
    await bed.at(0, CRASH);
    await bed.until(30 * MINUTE);
    expect(bed.told).toEqual([]);
  });

  it("recurs where it has hours", async () => {
    await using bed = await BridgeBed.open({
      rules: RULES,
      silences: [
        {
          name: "backup",
          match: { rule: "crash" },
          schedule: { zone: "UTC", times: ["10:00-11:00"] },
          comment: "c",
        },
      ],
    });
    await bed.at(0, CRASH);
    await bed.until(HOUR + 1);
    expect(bed.told).toEqual([`${HOUR} firing/silence-ended ops: 1`]);
    await bed.at(2 * HOUR, { reason: "Started", type: "Normal", object: "shop/Pod/web-1" });
    await bed.at(24 * HOUR, CRASH);
    await bed.until(25 * HOUR + 1);
    expect(bed.told.at(-1)).toBe(`${25 * HOUR} firing/silence-ended ops: 1`);
  });

  it("that matches everything, or nothing of which is known, is refused", async () => {
    const sections = (match: object): Sections => ({
      rules: RULES,
      silences: [{ name: "s", match, untilResolved: true, comment: "c" }],
    });
    await expect(BridgeBed.open(sections({}))).rejects.toThrow(/match/u);
    await expect(BridgeBed.open(sections({ namespace: { like: "*" } }))).rejects.toThrow(/match/u);
    await expect(BridgeBed.open(sections({ colour: "red" }))).rejects.toThrow(/colour/u);
  });

  it("lasts no longer than thirty days", () => {
    const wish = RequestedSilence.parse({
      ...asked,
      from: "2026-06-01T00:00:00Z",
      until: "9999-01-01T00:00:00Z",
    });
    const { faults } = requestSilence(wish, {
      id: "s",
      now: 0,
      labels: { names: new Set(["rule"]) },
      others: 0,
    });
    expect(faults).toMatchObject([{ level: "error", message: expect.stringContaining("30 days") as string }]);
  });

  it("that is changed keeps its id", async () => {
    await using bed = await BridgeBed.open({ rules: RULES });
    await bed.silence(toSilence({ ...asked, for: HOUR * 1000 }, "s", bed.clock.now()));
    await bed.silence(toSilence({ ...asked, for: 2 * HOUR * 1000 }, "s", bed.clock.now()));
    await bed.at(0, CRASH);
    await bed.until(3 * HOUR);
    expect(bed.told).toEqual([`${2 * HOUR} firing/silence-ended ops: 1`]);
    expect(bed.pipeline.engine.silences.all().map(({ id }) => id)).toEqual(["s"]);
  });
});
