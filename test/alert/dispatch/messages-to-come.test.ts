import { describe, expect, it } from "vitest";

import { type BedOptions, EngineBed, type EventSketch, START } from "../../support/engine-bed.ts";
import { ObjectStates } from "../../support/object-states.ts";

const MINUTE = 60;

const RULES = `
rules:
  - { name: mount, match: { reason: FailedMount }, severity: warning, resolve: { by: [] } }
  - { name: often, match: { reason: BackOff }, severity: warning, threshold: { count: 2, within: 10m }, for: 3m }
  - { name: down, match: { reason: NodeNotReady }, severity: critical, lifecycle: transition, resolve: { by: [{ reason: NodeReady, same: [object] }] } }
`;

const mount = (pod: string, namespace = "shop"): EventSketch => ({
  reason: "FailedMount",
  object: `${namespace}/Pod/${pod}`,
  name: `${pod}.mount`,
  host: "n1",
});

const backOff = { reason: "BackOff", object: "shop/Pod/a", name: "a.backoff" };

function bed(more: Partial<BedOptions> = {}): EngineBed {
  return new EngineBed({ rules: RULES, ...more });
}

/** `rule sink second wait` of everything that is to come now; a time is in seconds from the start. */
function toCome({ engine, now }: EngineBed): readonly string[] {
  return [...engine.alerts()].flatMap((alert) =>
    engine.messagesToCome(alert, START + now * 1000).map(({ sink, at, waitsFor }) => {
      const wait =
        typeof waitsFor === "string"
          ? waitsFor
          : "hold" in waitsFor
            ? waitsFor.hold
            : `digest ${waitsFor.digest}`;
      return `${alert.rule} ${sink ?? "-"} ${at === undefined ? "-" : (at - START) / 1000} ${wait}`;
    }),
  );
}

describe("a message that is not made yet", () => {
  it("waits for groupWait, and for nothing once it is made", () => {
    const story = bed().at(0, mount("a"));
    expect(toCome(story)).toEqual(["mount ops 30 groupWait"]);
    expect(toCome(story.until(29))).toEqual(["mount ops 30 groupWait"]);
    expect(toCome(story.until(30))).toEqual([]);
    expect(story.messages.map(({ at }) => at)).toEqual([30]);
  });

  it("waits for groupInterval when its sink has the group", () => {
    const story = bed({ route: "{ sinks: [ops], groupWait: 1s, groupInterval: 5m }" }).at(0, mount("a"));
    story.at(10, mount("b"));
    expect(toCome(story)).toEqual(["mount ops 301 groupInterval"]);
    expect(story.until(301).messages.map(({ at }) => at)).toEqual([1, 301]);
  });

  it("waits for the threshold, and then for the `for`, of its rule", () => {
    const story = bed().at(0, backOff);
    expect(toCome(story)).toEqual(["often - - threshold"]);
    expect(toCome(story.at(20, backOff))).toEqual(["often - 200 for"]);
    expect(toCome(story.until(200))).toEqual(["often ops 230 groupWait"]);
  });

  it("waits for other groups of its rule, and for the next step when the sink was told of the rule", () => {
    const story = bed().at(0, mount("a")).at(3, mount("b", "pay")).at(5, mount("d", "db")).until(30);
    expect(toCome(story)).toEqual([
      "mount ops 40 others",
      "mount ops 33 groupWait",
      "mount ops 35 groupWait",
    ]);
    story.until(40);
    expect(toCome(story)).toEqual([]);
    story.at(45, mount("e", "web")).until(75);
    expect(toCome(story)).toEqual(["mount ops 100 step"]);
    expect(story.until(100).messages.map(({ at }) => at)).toEqual([40, 100]);
  });

  it("waits for the state of its objects, a second at most", () => {
    const story = bed({ states: new ObjectStates() });
    story.answers = false;
    story.at(0, mount("a")).until(30);
    expect(toCome(story)).toEqual(["mount ops 31 state"]);
    expect(toCome(story.until(31))).toEqual([]);
  });

  it("waits for the end of a hold, and names the cause", () => {
    const silences = "[{ name: s, match: { namespace: shop }, until: 2026-06-01T13:00:00Z, comment: x }]";
    const silenced = bed({ silences }).at(0, mount("a"));
    const [alert] = silenced.engine.alerts();
    const [message] = alert === undefined ? [] : silenced.engine.messagesToCome(alert, START);
    expect(message).toMatchObject({ sink: "ops", at: Date.parse("2026-06-01T13:00:00Z") });
    expect(message?.waitsFor).toEqual({ hold: "silence", by: "config/s", cause: undefined });
    const node = { reason: "NodeNotReady", object: "/Node/n1", component: "node-controller" };
    const held = bed().at(0, node, mount("a")).until(20);
    const target = [...held.engine.alerts()].find(({ rule }) => rule === "mount");
    const [inhibited] = target === undefined ? [] : held.engine.messagesToCome(target, START + 20_000);
    expect(inhibited?.waitsFor).toMatchObject({
      hold: "inhibition",
      by: "node",
      cause: { name: { rule: "down", workload: "Node/n1" }, standing: "lasts" },
    });
  });

  it("waits for a digest in a storm", () => {
    const pods = Array.from({ length: 15 }, (_, index) => mount(`p${index}`));
    const story = bed({ route: '{ sinks: [ops], groupBy: ["..."] }' })
      .at(0, ...pods)
      .until(30);
    const digests = toCome(story).filter((text) => text.includes("digest storm"));
    expect(digests.length).toBeGreaterThan(0);
    const due = Number(/ (\d+) digest/u.exec(digests[0] ?? "")?.[1]);
    expect(story.until(due).messages.at(-1)).toMatchObject({ at: due, kind: "digest" });
  });

  it("does not come while the sink wants it more severe", () => {
    const story = bed({ sinks: [{ name: "ops", minSeverity: "critical" }] }).at(0, mount("a"));
    expect(toCome(story)).toEqual(["mount ops - min_severity"]);
  });

  it("is an end that waits for others", () => {
    const node = { reason: "NodeNotReady", object: "/Node/n1", component: "node-controller" };
    const story = bed()
      .at(0, node)
      .at(5 * MINUTE, { ...node, reason: "NodeReady" });
    expect(toCome(story)).toEqual(["down ops 310 end"]);
    expect(story.until(310).messages.at(-1)).toMatchObject({ at: 310, kind: "resolved" });
    expect(toCome(story)).toEqual([]);
  });

  it("is known after a restart, as far as groups keep it", () => {
    const story = bed().at(0, mount("a")).until(40).at(45, mount("e", "web")).until(75).restart();
    expect(toCome(story)).toEqual(["mount ops 90 step"]);
  });
});
