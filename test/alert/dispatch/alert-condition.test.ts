import { describe, expect, it } from "vitest";

import { conditionFrom } from "../../../src/alert/dispatch/alert-condition.ts";
import { EngineBed, type EventSketch, START } from "../../support/engine-bed.ts";

const MINUTE = 60;
const HOUR = 3600;

const RULES = `
rules:
  - { name: mount, match: { reason: FailedMount }, severity: warning, resolve: { by: [] } }
  - { name: crash, match: { reason: BackOff }, severity: warning, threshold: { count: 2, within: 10m } }
  - name: node-not-ready
    match: { reason: NodeNotReady }
    severity: critical
    lifecycle: transition
    resolve: { by: [{ reason: NodeReady, same: [object] }] }
`;

const mount = (pod: string): EventSketch => ({
  reason: "FailedMount",
  object: `shop/Pod/${pod}`,
  name: `${pod}.mount`,
  host: "n1",
});

/** How the alerts of each rule stand now. */
function conditions(story: EngineBed): Readonly<Record<string, string>> {
  const now = START + story.now * 1000;
  return Object.fromEntries(
    [...story.engine.alerts()].map((alert) => [alert.rule, story.engine.conditionOf(alert, now)]),
  );
}

describe("whether people are told of an alert", () => {
  it("is muted only where all of its groups are", () => {
    const muted = { heldBy: ["mute"], isFlapping: false } as const;
    const free = { heldBy: [], isFlapping: false };
    expect(conditionFrom("firing", [muted, free])).toBe("firing");
    expect(conditionFrom("firing", [muted, muted])).toBe("muted");
    expect(conditionFrom("firing", [free])).toBe("firing");
    expect(conditionFrom("firing", [{ heldBy: ["mute", "silence"], isFlapping: true }])).toBe("silenced");
  });

  it("is its phase while nothing holds it back", () => {
    const story = new EngineBed({ rules: RULES });
    story.at(0, mount("a"), { reason: "BackOff", object: "shop/Pod/b" }).until(MINUTE);
    expect(conditions(story)).toEqual({ mount: "firing", crash: "pending" });
  });

  it("is silenced, also before it would be muted", () => {
    const silences = "[{ name: s, match: { namespace: shop }, untilResolved: true, comment: x }]";
    const story = new EngineBed({ rules: RULES, silences });
    story.at(0, mount("a")).until(MINUTE);
    expect(conditions(story)).toEqual({ mount: "silenced" });
  });

  it("is muted at the hours of its route", () => {
    const story = new EngineBed({
      rules: RULES,
      route: "{ sinks: [ops], mute: [always] }",
      timeIntervals: "{ always: { zone: UTC } }",
    });
    story.at(0, mount("a")).until(MINUTE);
    expect(conditions(story)).toEqual({ mount: "muted" });
  });

  it("is inhibited while its cause is an alert", () => {
    const story = new EngineBed({
      rules: RULES,
      inhibit: "[{ name: node, source: { rule: node-not-ready }, target: { rule: mount } }]",
    });
    story.at(0, { reason: "NodeNotReady", object: "/Node/n1", type: "Normal" });
    story.at(MINUTE, mount("a")).until(2 * MINUTE);
    expect(conditions(story)).toEqual({ "node-not-ready": "firing", mount: "inhibited" });
  });

  it("is flapping in a group that comes and goes", () => {
    const story = new EngineBed({ rules: RULES });
    for (let burst = 0; burst < 1.5 * HOUR; burst += 22 * MINUTE) story.at(burst, mount("a"));
    story.until(1.5 * HOUR);
    expect(conditions(story)).toEqual({ mount: "flapping" });
  });
});
