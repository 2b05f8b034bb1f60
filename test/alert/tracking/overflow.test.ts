import { describe, expect, it } from "vitest";

import { EngineBed, type EventSketch } from "../../support/engine-bed.ts";

const HOUR = 3600;

const RULES = `
rules:
  - name: crash
    description: A container keeps crashing.
    match: { reason: BackOff }
    title: "Crash: {{ event.name }}"
    resolve: { by: [{ reason: Started, same: [object] }], quiet: 1h }
  - { name: mount, match: { reason: FailedMount } }
`;

function crash(index: number): EventSketch {
  return { reason: "BackOff", object: `shop/Pod/web-${index}` };
}

describe("more alerts than are tracked one by one", () => {
  function full(count: number): EngineBed {
    const bed = new EngineBed({ rules: RULES, mostAlerts: 5 });
    for (let index = 0; index < count; index++) bed.at(index, crash(index));
    return bed;
  }

  it("gather in one alert for each rule, which is told like any other", () => {
    const story = full(12).at(20, { reason: "FailedMount" }).until(120);
    const alerts = [...story.engine.alerts()];
    expect(alerts.map(({ rule, overflow }) => [rule, overflow])).toEqual([
      ...Array.from({ length: 5 }, () => ["crash", undefined]),
      ["crash", true],
      ["mount", true],
    ]);
    expect(story.messages.map(({ title, occurrences }) => [title, occurrences])).toEqual([
      ["5 pods: A container keeps crashing", 5],
      ["More of: mount", 1],
      ["More of: A container keeps crashing", 7],
    ]);
    const told = story.messages.at(-1)?.notification.alerts[0];
    expect(told?.title).toBe("More of: A container keeps crashing");
    expect(told?.labels).toMatchObject({ rule: "crash", namespace: "", workload: "", name: "" });
    expect(told?.objects).toHaveLength(7);
    expect(story.heldBack.size).toBe(0);
  });

  it("end when the last of them has, and the next has its own alert when there is room again", () => {
    const story = full(7).until(60);
    const ended = Array.from({ length: 7 }, (_end, index): EventSketch => ({
      reason: "Started",
      type: "Normal",
      object: `shop/Pod/web-${index}`,
    }));
    story
      .at(100, ...ended.slice(5))
      .at(200, ...ended.slice(0, 5))
      .until(HOUR);
    expect(story.messages.map(({ kind, alerts }) => [kind, alerts])).toEqual([
      ["firing", 5],
      ["firing", 1],
      ["resolved", 1],
      ["resolved", 5],
    ]);
    story.at(HOUR, crash(9)).until(HOUR + 60);
    expect(story.messages.at(-1)?.title).toBe("Crash: web-9");
  });

  it("are remembered over a restart", () => {
    const story = full(7).restart().at(30, crash(8));
    expect([...story.engine.alerts()].at(-1)).toMatchObject({ overflow: true, occurrences: 3 });
  });
});
