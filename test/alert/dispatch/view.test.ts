import { describe, expect, it } from "vitest";

import { viewOf } from "../../../src/alert/dispatch/view.ts";
import type { SinkPolicy } from "../../../src/alert/policy.ts";
import type { AlertState } from "../../../src/alert/state.ts";
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
const told = makeTold([a]);

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
