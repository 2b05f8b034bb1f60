import { describe, expect, it } from "vitest";

import { EngineBed, type EventSketch } from "../support/engine-bed.ts";

const MINUTE = 60;
const HOUR = 3600;

const RULES = `
rules:
  - name: back-off
    match: { reason: BackOff }
    resolve: { by: [{ reason: Started, same: [object] }], quiet: 20h }
  - { name: any, match: {}, except: { reason: BackOff }, severity: info, resolve: { quiet: 20h } }
`;

/** The default of the version before: rule and cluster, and the reason for rules that name none. */
const FORMER = `
sinks: [ops]
groupBy: [rule, cluster]
routes: [{ name: rest, match: { rule: any }, groupBy: [rule, cluster, reason] }]
`;
const TODAY = "{ sinks: [ops], routes: [{ name: rest, match: { rule: any } }] }";

function pods(reason: string): readonly EventSketch[] {
  return Array.from({ length: 50 }, (_, index): EventSketch => ({
    reason,
    object: `n${index % 10}/Pod/${reason === "Odd" ? "odd" : "p"}-${index}`,
  }));
}

describe("a state of the version before, with 100 open alerts", () => {
  const before = () =>
    new EngineBed({ rules: RULES, route: FORMER })
      .at(0, ...pods("BackOff"), ...pods("Odd"))
      .until(10 * MINUTE);

  it("is carried over, and nobody hears of it", () => {
    const story = before();
    const told = story.messages.length;
    story.reload({ rules: RULES, route: TODAY }).restart().until(HOUR);
    expect([...story.engine.alerts()]).toHaveLength(100);
    expect(story.messages.slice(told)).toEqual([]);
    const sent = [...story.engine.groups()].map(({ labels, told: [to] }) => {
      return `${labels["namespace"]} ${Object.keys(to?.firing ?? {}).length}`;
    });
    expect(sent.toSorted()).toEqual(Array.from({ length: 20 }, (_, index) => `n${Math.floor(index / 2)} 5`));
  });

  it("has its repeats and ends as if it had always been so", () => {
    const story = before();
    const told = story.messages.length;
    story.reload({ rules: RULES, route: TODAY }).until(HOUR);
    story.at(
      HOUR,
      ...pods("Started")
        .slice(0, 50)
        .map((pod): EventSketch => ({ ...pod, type: "Normal" })),
    );
    story.until(2 * HOUR);
    const ends = story.messages.slice(told).filter(({ kind }) => kind === "resolved");
    expect(ends.map(({ alerts, deliveries }) => [alerts, deliveries.length])).toEqual([[50, 10]]);
  });

  it("is told elsewhere when a person changes the groups", () => {
    const story = before();
    const told = story.messages.length;
    story.reload({ rules: RULES, route: "{ sinks: [ops], groupBy: [namespace] }" }).until(HOUR);
    expect(new Set(story.messages.slice(told).map(({ trigger }) => trigger))).toContain("moved");
  });
});
