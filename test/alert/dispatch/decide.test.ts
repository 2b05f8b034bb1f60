import { describe, expect, it } from "vitest";

import { decide, nextRepeatAt, viewOf } from "../../../src/alert/dispatch/decide.ts";
import { isProven } from "../../../src/alert/notification.ts";
import type { SinkPolicy } from "../../../src/alert/policy.ts";
import type { AlertState, SentState } from "../../../src/alert/state.ts";
import { START } from "../../support/engine-bed.ts";
import { makeAlert, makeGroup, makeTold } from "../make.ts";

const OPS: SinkPolicy = { name: "ops", minSeverity: undefined, sendResolved: true, maxAgeMs: undefined };
const FREE = (): undefined => undefined;
const HOUR = 3_600_000;

const a = makeAlert("a");
const b = makeAlert("b");
const ended = makeAlert("a", { phase: "resolved", resolvedBy: { how: "event", reason: "Pulled" } });
const point = makeAlert("p", { lifecycle: "point" });
const endedPoint = makeAlert("p", { lifecycle: "point", phase: "resolved" });
const told = makeTold([a]);

function decided(
  alerts: readonly AlertState[],
  before: SentState | undefined,
  now = START,
  moved = false,
): string {
  const decision = decide(
    viewOf(makeGroup(), alerts, { sink: OPS, told: before, holdOf: FREE }),
    before,
    now,
    { moved },
  );
  return decision === undefined ? "nothing" : `${decision.kind}/${decision.trigger}`;
}

describe("decide", () => {
  it.each([
    ["nothing was told and something fires", [a], undefined, "firing/first"],
    ["nothing was told and something has ended", [ended], undefined, "nothing"],
    ["nothing was told and nothing is there", [], undefined, "nothing"],
    ["there is an alert that was not told", [a, b], told, "update/new-alert"],
    ["there is one that was not told, and another has ended", [ended, b], told, "update/new-alert"],
    ["one has become worse", [{ ...a, severity: "critical" as const }], told, "update/severity"],
    ["one has become milder", [{ ...a, severity: "info" as const }], told, "nothing"],
    ["all that was told has ended", [ended], told, "resolved/all-resolved"],
    ["a part of it has ended", [ended, b], makeTold([a, b]), "nothing"],
    ["nothing has changed", [a], told, "nothing"],
    ["only points are left", [ended, point], makeTold([a, point]), "resolved/all-resolved"],
    ["there is a new point", [a, point], told, "update/new-alert"],
    ["a point was told and is still remembered", [point], makeTold([point]), "nothing"],
    ["a point has ended", [endedPoint], makeTold([point]), "nothing"],
    ["a point has ended among others", [a, endedPoint], makeTold([a, point]), "nothing"],
  ] as const)("when %s", (_, alerts, before, expected) => {
    expect(decided(alerts, before)).toBe(expected);
  });

  it.each([
    [999, "nothing"],
    [1000, "repeat/repeat"],
  ])("%i ms after the last message says %s", (ms, expected) => {
    expect(decided([a], told, START + ms)).toBe(expected);
    expect(decided([point], makeTold([point]), START + ms)).toBe("nothing");
  });

  it("says that a group moved only when all that was told is gone", () => {
    expect(decided([], told, START, true)).toBe("resolved/moved");
    expect(decided([a], told, START, true)).toBe("nothing");
    expect(decided([], makeTold([]), START, true)).toBe("nothing");
    expect(decided([], told)).toBe("nothing");
  });
});

describe("what a sink sees of a group", () => {
  const critical = makeAlert("c", { severity: "critical" });
  const pager = { ...OPS, minSeverity: "critical" as const };
  const names = (alerts: readonly AlertState[]): readonly string[] =>
    alerts.map((alert) => alert.fingerprint);

  it("is at least its minSeverity, or was told of before", () => {
    const view = viewOf(makeGroup(), [a, b, critical], { sink: pager, told: makeTold([a]), holdOf: FREE });
    expect([names(view.firing), names(view.tooMild)]).toEqual([["a", "c"], ["b"]]);
  });

  it("is what goes to it in this very group", () => {
    const elsewhere = makeAlert("x", {
      destinations: [
        { groupKey: "other", sinks: ["ops"] },
        { groupKey: "g", sinks: ["shop"] },
      ],
    });
    expect(
      names(viewOf(makeGroup(), [elsewhere, a], { sink: OPS, told: undefined, holdOf: FREE }).firing),
    ).toEqual(["a"]);
  });

  it("is the end only of what it was told of", () => {
    expect(names(viewOf(makeGroup(), [ended], { sink: OPS, told: undefined, holdOf: FREE }).ended)).toEqual(
      [],
    );
    expect(names(viewOf(makeGroup(), [ended], { sink: OPS, told: told, holdOf: FREE }).ended)).toEqual(["a"]);
    expect(
      names(
        viewOf(makeGroup(), [makeAlert("a", { phase: "pending" })], { sink: OPS, told: told, holdOf: FREE })
          .firing,
      ),
    ).toEqual([]);
  });
});

describe("an end", () => {
  it.each([
    ["event", true],
    ["deleted", true],
    ["rule-removed", true],
    ["quiet", false],
    ["max-age", false],
  ] as const)("by %s is proven: %s", (how, expected) => {
    expect(isProven({ how })).toBe(expected);
  });
});

describe("the next repeat", () => {
  it.each([
    [4 * HOUR, 0, 4],
    [4 * HOUR, 1, 8],
    [4 * HOUR, 2, 16],
    [4 * HOUR, 3, 24],
    [4 * HOUR, 5000, 24],
    [48 * HOUR, 0, 48],
    [48 * HOUR, 3, 48],
  ])("after %i ms and %i repeats comes in %i h", (interval, repeats, hours) => {
    expect(nextRepeatAt(START, interval, repeats) - START).toBe(hours * HOUR);
  });

  it("comes in a minute at the earliest, whatever the state of an older version says", () => {
    expect(nextRepeatAt(START, 0, 5) - START).toBe(32 * 60_000);
    expect(nextRepeatAt(START, 0, 0) - START).toBe(60_000);
  });
});
