import { describe, expect, it } from "vitest";

import { toAlertRow } from "../../src/alert/alert-rows.ts";
import { noLoad } from "../../src/alert/dispatch/storm.ts";
import { engineStateFrom, upgradedState } from "../../src/alert/engine-state.ts";
import { Engine } from "../../src/alert/engine.ts";
import { toEntity } from "../../src/alert/entity-kinds.ts";
import type { Entity } from "../../src/alert/entity.ts";
import { silentObserver } from "../../src/alert/observer.ts";
import type { AlertState } from "../../src/alert/state.ts";
import { AlertBook } from "../../src/alert/tracking/alert-book.ts";
import { makePolicy, START } from "../support/engine-bed.ts";
import { makeAlert, makeMember } from "./make.ts";

const rule = { name: "oom", version: "1", since: 0 };

/** The entities of alerts in a store. */
function partsOf(alerts: readonly AlertState[]): readonly Entity[] {
  const book = new AlertBook();
  for (const alert of alerts) book.put(alert);
  return book.drain().put;
}

describe("the engine's state as it was kept", () => {
  it("is put together by kind, in stored order", () => {
    const stored = ["b", "a"].map((name) => toEntity("rule", { ...rule, name }));
    expect(engineStateFrom(stored)).toEqual({
      absences: [],
      alerts: [],
      incomplete: [],
      groups: [],
      rules: [
        { ...rule, name: "b" },
        { ...rule, name: "a" },
      ],
      loads: [],
      silences: [],
      pastEnds: [],
      comings: [],
    });
  });

  it("has alerts as they were, in whatever order their parts were stored", () => {
    const alerts = ["b", "a"].map((fingerprint) =>
      makeAlert(fingerprint, {
        members: ["z", "m", "q"].map((name) => makeMember(name)),
        membersOmitted: ["0123abcd"],
        sources: ["kubelet|Pod/shop/z"],
      }),
    );
    const stored = partsOf(alerts);
    expect(engineStateFrom(stored).alerts).toEqual(alerts);
    const [first, ...others] = stored.filter(({ kind }) => kind !== "alert").toReversed();
    const shuffled = [...others, ...stored.filter(({ kind }) => kind === "alert"), first].filter(
      (part) => part !== undefined,
    );
    expect(engineStateFrom(shuffled).alerts).toEqual(alerts);
  });

  it("has the newest count of an event whose row is older", () => {
    const alert = makeAlert("a");
    const event = { ...alert.event, count: 9, resourceVersion: "99", lastSeenAt: alert.event.lastSeenAt + 1 };
    const parts = [
      ...partsOf([alert]).filter(({ kind }) => kind !== "alert"),
      toEntity("alert", toAlertRow({ ...alert, event })),
    ];
    expect(engineStateFrom(parts).alerts).toEqual([{ ...alert, event }]);
  });

  it("says which alerts it lacks the event of, and has the others", () => {
    const stored = partsOf([makeAlert("a"), makeAlert("b")]);
    const { alerts, incomplete } = engineStateFrom(
      stored.filter(({ kind, key }) => kind !== "event" || key !== "a"),
    );
    expect([alerts.map(({ fingerprint }) => fingerprint), incomplete]).toEqual([["b"], ["a"]]);
  });

  it.each([0, 2])("is refused in version %i, which no program of this age wrote", (version) => {
    expect(() => engineStateFrom([{ ...toEntity("rule", rule), version }])).toThrow(
      `the stored state is of a newer tocsin: it holds one of kind "rule" of version ${version}, this tocsin knows up to 1 (run the newer tocsin, or begin with an empty state)`,
    );
  });

  it.each(["lease", "toString"])("is refused when it is of a kind that nobody knows, %s", (kind) => {
    expect(() => engineStateFrom([{ ...toEntity("rule", rule), kind }])).toThrow(
      `the stored state is of a newer tocsin: it holds one of kind "${kind}", which this tocsin does not know (run the newer tocsin, or begin with an empty state)`,
    );
  });
});

it("is loaded in steps as it is at once", () => {
  const alerts = ["b", "a", "c"].map((fingerprint) => makeAlert(fingerprint, { members: [makeMember("m")] }));
  const engineOf = (...steps: readonly (readonly Entity[])[]): Engine => {
    const policy = makePolicy({ rules: "rules: []" });
    const engine = new Engine({ policy, observer: silentObserver, newId: () => "id", now: START });
    for (const step of steps) engine.load(step);
    return engine;
  };
  const whole = engineOf(partsOf(alerts));
  const stepwise = engineOf(...alerts.map((alert) => partsOf([alert])), [toEntity("rule", rule)]);
  const shown = (engine: Engine): unknown =>
    [...engine.alerts()].map((alert) => [toAlertRow(alert), alert.members]);
  expect(shown(stepwise)).toEqual(shown(whole));
  expect(shown(whole)).toHaveLength(3);
  expect(stepwise.nextDueAt()).toBe(whole.nextDueAt());
});

describe("a state of an older version", () => {
  it("of a sink's load has its missed alerts counted for its only addressee", () => {
    const of = (missedOmitted: unknown) =>
      upgradedState({ kind: "load", version: 1, state: { ...noLoad("ops"), missedOmitted } });
    expect(of(0)).toEqual(noLoad("ops"));
    expect(of(3)).toEqual({ ...noLoad("ops"), missedOmitted: { "": 3 } });
  });

  // Made up: version 1 kept seconds, version 2 had no list of sinks.
  const kinds = {
    pager: {
      upgrades: [
        (state: unknown) => {
          const { since, ...rest } = state as { readonly since: number };
          return { ...rest, sinceAt: since * 1000 };
        },
        (state: unknown) => ({ ...(state as object), sinks: [] }),
      ],
    },
  };

  it.each([
    [1, { name: "p", since: 7 }],
    [2, { name: "p", sinceAt: 7000 }],
    [3, { name: "p", sinceAt: 7000, sinks: [] }],
  ])("is brought from version %i to the newest", (version, state) => {
    expect(upgradedState({ kind: "pager", version, state }, kinds)).toEqual({
      name: "p",
      sinceAt: 7000,
      sinks: [],
    });
  });
});
