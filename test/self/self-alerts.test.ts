import { beforeEach, describe, expect, it } from "vitest";

import type { Incident, LastingIncident } from "../../src/self/incidents.ts";
import { SelfAlerts } from "../../src/self/self-alerts.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const moment = (key: string, text = "text"): Incident => ({
  key,
  severity: "warning",
  title: key,
  text,
  failingSinks: [],
});
const lasting = (key: string, afterMs = 0): LastingIncident => ({ ...moment(key), afterMs });

describe("incidents of the bridge itself", () => {
  let alerts: SelfAlerts;
  beforeEach(() => {
    alerts = new SelfAlerts();
  });
  const decide = (
    now: number,
    there: readonly LastingIncident[],
    moments: readonly Incident[] = [],
  ): string[] =>
    alerts
      .decide(there, moments, now)
      .map(({ incident, status, times }) => `${status} ${incident.key}${times > 1 ? ` ${times}x` : ""}`);

  it("are told once they have lasted, and so is their end", () => {
    const broken = [lasting("sink", 5 * MINUTE)];
    expect(decide(0, broken)).toEqual([]);
    expect(decide(5 * MINUTE - 1, broken)).toEqual([]);
    expect(decide(5 * MINUTE, broken)).toEqual(["firing sink"]);
    expect(decide(6 * MINUTE, broken)).toEqual([]);
    expect(decide(7 * MINUTE, [])).toEqual(["resolved sink"]);
    expect(decide(8 * MINUTE, [])).toEqual([]);
  });

  it("that mend themselves in time are not told at all", () => {
    const broken = [lasting("sink", 5 * MINUTE)];
    expect(decide(0, broken)).toEqual([]);
    expect(decide(MINUTE, [])).toEqual([]);
    expect(decide(5 * MINUTE, broken)).toEqual([]);
    expect(decide(9 * MINUTE, broken)).toEqual([]);
  });

  it("are told again while they last: after an hour, then after twice the time, at last once a day", () => {
    const told: number[] = [];
    for (let hour = 0; hour <= 100; hour++)
      if (decide(hour * HOUR, [lasting("sink")]).length > 0) told.push(hour);
    expect(told).toEqual([0, 1, 3, 7, 15, 31, 55, 79]);
  });

  it("that come and go are told at most once an hour", () => {
    const told: string[] = [];
    for (let minute = 0; minute < 120; minute++) {
      told.push(...decide(minute * MINUTE, minute % 2 === 0 ? [lasting("sink")] : []));
    }
    expect(told).toEqual(["firing sink", "resolved sink", "firing sink", "resolved sink"]);
  });

  it("that are moments are told at once, and then counted for an hour", () => {
    expect(decide(0, [], [moment("dead"), moment("dead")])).toEqual(["firing dead 2x"]);
    expect(decide(MINUTE, [], [moment("dead"), moment("gap")])).toEqual(["firing gap"]);
    expect(decide(2 * MINUTE, [], [moment("dead"), moment("dead")])).toEqual([]);
    expect(decide(HOUR, [], [])).toEqual(["firing dead 3x"]);
    expect(decide(3 * HOUR, [], [])).toEqual([]);
  });

  it("tell the newest of what has happened", () => {
    const [alert] = alerts.decide([], [moment("dead", "first"), moment("dead", "second")], 7);
    expect(alert).toMatchObject({ incident: { text: "second" }, since: 7, times: 2 });
  });
});
