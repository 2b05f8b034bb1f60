import { describe, expect, it } from "vitest";

import { EngineBed, type EventSketch } from "../../support/engine-bed.ts";
import { deploymentBody, podBody } from "../../support/object-bodies.ts";
import { ObjectStates } from "../../support/object-states.ts";

const RULES = `
rules:
  - { name: probe, match: { reason: Unhealthy }, severity: info, resolve: { when: ready, quiet: 2h } }
`;
const UNHEALTHY: EventSketch = { reason: "Unhealthy", container: "app", owners: ["Deployment/web"] };

/** @param ready Pods of the workload at a second. */
function statesWith(ready: Readonly<Record<number, number>>): ObjectStates {
  const states = new ObjectStates().set(0, "shop/Pod/web-1", podBody({ running: -60 }));
  for (const [second, count] of Object.entries(ready))
    states.set(Number(second), "shop/Deployment/web", deploymentBody({ desired: 2, ready: count }));
  return states;
}

const told = (story: EngineBed): readonly string[] =>
  story.messages.map(({ at, sink, kind, notification }) => `${at} ${sink} ${kind} ${notification.severity}`);

describe("a mild alert", () => {
  it("is a warning while nothing serves, and stays one until its end", () => {
    const story = new EngineBed({ rules: RULES, states: statesWith({ 0: 0, 400: 1 }) });
    expect(told(story.at(0, UNHEALTHY).until(60))).toEqual(["30 ops firing warning"]);
    expect(story.messages[0]?.notification.alerts[0]).toMatchObject({
      labels: { severity: "warning" },
      evidence: { workload: { text: "0 of 2 ready: nothing serves" } },
    });
    expect([...story.until(1000).engine.alerts()].map(({ severity }) => severity)).toEqual(["warning"]);
  });

  it("stays mild while some pods serve", () => {
    const story = new EngineBed({ rules: RULES, states: statesWith({ 0: 1 }) });
    expect(told(story.at(0, UNHEALTHY).until(60))).toEqual(["30 ops firing info"]);
  });

  it("is told a sink that wants warnings, and goes where warnings go", () => {
    const sinks = [{ name: "chat", minSeverity: "warning" as const }, { name: "pager" }];
    const route = `
      sinks: [chat]
      routes: [{ name: loud, match: { severity: warning }, sinks: [pager] }]
    `;
    const down = new EngineBed({ rules: RULES, route, sinks, states: statesWith({ 0: 0 }) });
    expect(told(down.at(0, UNHEALTHY).until(120))).toEqual(["60 pager firing warning"]);
    const one = { rules: RULES, route: "sinks: [chat]", sinks };
    const stays = new EngineBed({ ...one, states: statesWith({ 0: 1 }) });
    expect(told(stays.at(0, UNHEALTHY).until(120))).toEqual([]);
    const rises = new EngineBed({ ...one, states: statesWith({ 0: 0 }) });
    expect(told(rises.at(0, UNHEALTHY).until(120))).toEqual(["30 chat firing warning"]);
  });

  it("that was told rises with an update when the rest of its pods fails", () => {
    const story = new EngineBed({ rules: RULES, states: statesWith({ 0: 1, 100: 0 }) });
    expect(told(story.at(0, UNHEALTHY).until(600))).toEqual(["30 ops firing info", "150 ops update warning"]);
  });
});
