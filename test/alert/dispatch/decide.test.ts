import { describe, expect, it } from "vitest";

import { decide } from "../../../src/alert/dispatch/decide.ts";
import { viewOf } from "../../../src/alert/dispatch/view.ts";
import type { SinkPolicy } from "../../../src/alert/policy.ts";
import type { AlertState, SentState } from "../../../src/alert/state.ts";
import { START } from "../../support/engine-bed.ts";
import { makeAlert, makeGroup, makeTold } from "../make.ts";

const OPS: SinkPolicy = {
  name: "ops",
  minSeverity: undefined,
  sendResolved: true,
  maxAgeMs: undefined,
  logs: true,
  merges: true,
  chooses: [],
  digest: undefined,
};
const FREE = (): undefined => undefined;

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
