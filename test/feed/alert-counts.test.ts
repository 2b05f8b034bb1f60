import { describe, expect, it } from "vitest";

import { NO_CHANGES } from "../../src/alert/index.ts";
import { AlertCounts, type AlertCondition } from "../../src/feed/alert-counts.ts";
import { EngineBed, type EventSketch, START } from "../support/engine-bed.ts";

const MINUTE = 60;
const HOUR = 3600;

const RULES = `
rules:
  - { name: mount, match: { reason: FailedMount }, severity: warning, resolve: { by: [], quiet: 30m } }
  - { name: crash, match: { reason: BackOff }, severity: warning, threshold: { count: 2, within: 10m } }
  - name: node-not-ready
    match: { reason: NodeNotReady }
    severity: critical
    lifecycle: transition
    resolve: { by: [{ reason: NodeReady, same: [object] }] }
`;
const INHIBIT = "[{ name: node, source: { rule: node-not-ready }, target: { rule: mount } }]";

const mount = (pod: string): EventSketch => ({
  reason: "FailedMount",
  object: `shop/Pod/${pod}`,
  name: `${pod}.mount`,
  host: "n1",
});

/** Counts the alerts of a story from now on, as after a restart. Answers the counts that are not 0. */
function follow(story: EngineBed): () => Partial<Record<AlertCondition, number>> {
  const counts = new AlertCounts(story.engine);
  let committed = story.changes.length;
  return () => {
    for (; committed < story.changes.length; committed++)
      counts.onCommitted(story.changes[committed] ?? NO_CHANGES);
    const all = Object.entries(counts.read(START + story.now * 1000));
    return Object.fromEntries(all.filter(([, count]) => count > 0));
  };
}

/** The same, counted anew from all alerts. */
function recount(story: EngineBed): Partial<Record<AlertCondition, number>> {
  const now = START + story.now * 1000;
  const conditions = [...story.engine.alerts()].map((alert) => story.engine.conditionOf(alert, now));
  return Object.fromEntries(
    [...Map.groupBy(conditions, (each) => each)].map(([key, all]) => [key, all.length]),
  );
}

describe("how many alerts are in each condition", () => {
  it("follows each commit, from what was there before", () => {
    const story = new EngineBed({ rules: RULES });
    story.at(0, mount("a"), { reason: "BackOff", object: "shop/Pod/b" }).until(MINUTE);
    const counts = follow(story);
    expect(counts()).toEqual({ firing: 1, pending: 1 });
    story
      .at(MINUTE, mount("c"), { reason: "BackOff", object: "shop/Pod/b", name: "again" })
      .until(2 * MINUTE);
    expect(counts()).toEqual({ firing: 3 });
    story.until(HOUR);
    expect(counts()).toEqual(recount(story));
    story.until(30 * HOUR);
    expect(counts()).toEqual({});
  });

  it("finds why an alert is held back, and when that is over", () => {
    const story = new EngineBed({ rules: RULES, inhibit: INHIBIT });
    const counts = follow(story);
    story.at(0, { reason: "NodeNotReady", object: "/Node/n1", type: "Normal" });
    story.at(MINUTE, mount("a")).until(2 * MINUTE);
    expect(counts()).toEqual({ firing: 1, inhibited: 1 });
    story.at(3 * MINUTE, { reason: "NodeReady", object: "/Node/n1", type: "Normal" });
    story.at(10 * MINUTE, mount("a")).until(11 * MINUTE);
    expect(counts()).toEqual(recount(story));
    expect(counts()["inhibited"]).toBeUndefined();
  });

  it("names each alert whose condition has changed without a commit, once", () => {
    const named: string[] = [];
    let condition: AlertCondition = "firing";
    const alerts = ["a", "b"].map((fingerprint) => ({ fingerprint, phase: "firing" }));
    const counts = new AlertCounts(
      {
        // Nothing else of an alert is looked at.
        alerts: () => alerts as never,
        conditions: ["firing", "silenced"],
        conditionOf: ({ fingerprint }) => (fingerprint === "a" ? condition : "firing"),
      },
      (fingerprint) => void named.push(fingerprint),
    );
    counts.read(0);
    condition = "silenced";
    counts.read(0);
    counts.read(0);
    expect(named).toEqual(["a"]);
  });

  it("does not count what is kept only as the cause of others", () => {
    const story = new EngineBed({
      rules: RULES,
      inhibit: "[{ name: node, source: { rule: node-not-ready }, target: { rule: mount }, equalNode: true }]",
    });
    const counts = follow(story);
    story.at(0, { reason: "NodeNotReady", object: "/Node/n1", type: "Normal" });
    story.at(5 * MINUTE, { reason: "NodeReady", object: "/Node/n1", type: "Normal" });
    for (let minute = 0; minute < 30; minute++) {
      story.until(minute * MINUTE);
      expect(counts()).toEqual(recount(story));
    }
    expect(counts()).toEqual({});
  });

  it("changes nothing by being read", () => {
    const silences = "[{ name: s, match: { namespace: shop }, untilResolved: true, comment: x }]";
    const story = new EngineBed({ rules: RULES, silences });
    const counts = follow(story);
    // The group wait is not over, so that nothing has been held back yet.
    story.at(0, mount("a"));
    expect(counts()).toEqual({ silenced: 1 });
    expect(story.step({ kind: "timers" })).toEqual(NO_CHANGES);
  });

  it("reviews only so many alerts in one go, and all of them in turn", () => {
    let condition: AlertCondition = "firing";
    let asked = 0;
    const alerts = Array.from({ length: 12_000 }, (_, index) => ({
      fingerprint: `f${index}`,
      phase: "firing",
    }));
    const counts = new AlertCounts({
      // Nothing else of an alert is looked at.
      alerts: () => alerts as never,
      conditions: ["firing", "silenced"],
      conditionOf: () => {
        asked += 1;
        return condition;
      },
    });
    expect(counts.read(0)["firing"]).toBe(12_000);
    const perRead = asked;
    expect(perRead).toBeLessThan(12_000);
    condition = "silenced";
    for (let reads = 0; reads < Math.ceil(12_000 / perRead) + 1; reads++) counts.read(0);
    expect(counts.read(0)).toMatchObject({ firing: 0, silenced: 12_000 });
  });
});
