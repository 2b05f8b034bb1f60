import { describe, expect, it } from "vitest";

import { EngineBed, type EventSketch } from "../support/engine-bed.ts";

const MINUTE = 60;
const HOUR = 3600;

type Options = Partial<ConstructorParameters<typeof EngineBed>[0]>;

const RULES = `
rules:
  - name: back-off
    description: A container keeps crashing.
    match: { reason: BackOff }
    resolve: { by: [{ reason: Started, same: [object] }], quiet: 2h }
  - name: down
    description: It is down.
    match: { reason: Down }
    severity: critical
    resolve: { quiet: 2h }
`;

function bed(options: Options = {}): EngineBed {
  return new EngineBed({ rules: RULES, ...options });
}

/** A crash of `web` in a namespace; the same namespace again is the same alert. */
function crash(namespace: string, more: Partial<EventSketch> = {}): EventSketch {
  return { reason: "BackOff", object: `${namespace}/Pod/web`, ...more };
}

function started(namespace: string): EventSketch {
  return { reason: "Started", type: "Normal", object: `${namespace}/Pod/web` };
}

/** `at kind: namespaces` of every message. */
function told(story: EngineBed): readonly string[] {
  return story.messages.map(({ at, kind, notification }) => {
    const namespaces = notification.alerts.map(({ labels }) => labels["namespace"] ?? "");
    return `${at} ${kind}: ${namespaces.toSorted().join(" ")}`;
  });
}

describe("groups of one rule", () => {
  it("that are due together are told in one message, with one delivery for each group", () => {
    const story = bed()
      .at(0, crash("a"), crash("b"))
      .until(5 * MINUTE);
    expect(story.timeline).toEqual(["30 firing/first ops 2 namespaces, 2 pods: A container keeps crashing"]);
    const [message] = story.messages;
    expect(message?.deliveries.map(({ groupKey }) => groupKey)).toHaveLength(2);
    expect(new Set(message?.deliveries.map(({ bundle }) => bundle)).size).toBe(1);
    expect(message?.notification.merged?.map(({ labels }) => labels["namespace"]).toSorted()).toEqual([
      "a",
      "b",
    ]);
  });

  it("wait ten seconds for each other when at least two more are about to be due", () => {
    const three = bed()
      .at(0, crash("a"))
      .at(4, crash("b"))
      .at(8, crash("c"))
      .until(5 * MINUTE);
    expect(told(three)).toEqual(["40 firing: a b c"]);
    const two = bed()
      .at(0, crash("a"))
      .at(4, crash("b"))
      .until(5 * MINUTE);
    expect(told(two)).toEqual(["30 firing: a", "90 firing: b"]);
  });

  it("say in their decisions how long each waited, and for what", () => {
    const story = bed()
      .at(0, crash("a"))
      .at(4, crash("b"))
      .at(8, crash("c"))
      .at(60, crash("d"))
      .until(5 * MINUTE);
    expect(told(story)).toEqual(["40 firing: a b c", "100 firing: d"]);
    const decisions = story.changes.flatMap((change) => change.decisions);
    const byNamespace = decisions.toSorted((a, b) => (a.namespace < b.namespace ? -1 : 1));
    expect(byNamespace.map(({ namespace, waits }) => [namespace, waits])).toEqual([
      ["a", [{ for: "others", ms: 10_000 }]],
      ["b", [{ for: "others", ms: 6000 }]],
      ["c", [{ for: "others", ms: 2000 }]],
      ["d", [{ for: "step", ms: 10_000 }]],
    ]);
  });

  it("never wait when they are critical", () => {
    const down = (namespace: string): EventSketch => ({ reason: "Down", object: `${namespace}/Pod/web` });
    const story = bed()
      .at(0, down("a"))
      .at(4, down("b"))
      .at(8, down("c"))
      .until(5 * MINUTE);
    expect(told(story)).toEqual(["10 firing: a", "14 firing: b", "18 firing: c"]);
  });

  it("join messages 1, 2, 4 and then 5 minutes apart while new ones keep coming", () => {
    const story = bed();
    for (let at = 0; at < 20 * MINUTE; at += 20) story.at(at, crash(`n${at}`));
    story.until(30 * MINUTE);
    expect(story.messages.map(({ at }) => at)).toEqual([30, 90, 210, 450, 750, 1050, 1270]);
    expect(story.messages.reduce((sum, { alerts }) => sum + alerts, 0)).toBe(60);
  });

  it("hold back the updates of one that is told alone a minute longer than its group interval at most", () => {
    const more = (index: number): EventSketch => crash("a", { object: `a/Pod/web-${index}` });
    const updates = (story: EngineBed): readonly number[] => {
      for (let index = 1; index <= 6; index++) story.at(index * MINUTE, more(index));
      return story.until(20 * MINUTE).messages.map(({ at }) => at);
    };
    expect(updates(bed().at(0, crash("a")))).toEqual([30, 90, 210, 330, 450]);
    expect(updates(bed().at(0, crash("a"), crash("b")))).toEqual([30, 90, 210, 450]);
  });

  it("hold back none that gets worse", () => {
    const rules = (severity: string): string => `
      rules: [{ name: back-off, match: { reason: BackOff }, severity: ${severity}, resolve: { quiet: 2h } }]
    `;
    const story = bed({ rules: rules("info") }).at(0, crash("a"), crash("b"));
    story.at(MINUTE, crash("a", { object: "a/Pod/web-1" })).until(2 * MINUTE);
    story.reload({ rules: rules("warning") });
    expect(story.until(5 * MINUTE).messages.map(({ at }) => at)).toEqual([30, 90, 150]);
  });

  it("are told within groupWait and a minute when no other one comes", () => {
    const story = bed()
      .at(0, crash("a"))
      .at(35, crash("b"))
      .at(100, crash("c"))
      .at(10 * MINUTE, crash("d"));
    expect(told(story.until(HOUR))).toEqual([
      "30 firing: a",
      "90 firing: b",
      "190 firing: c",
      "630 firing: d",
    ]);
  });

  it("keep their own state: each has its own later news and its own end", () => {
    const story = bed().at(0, crash("a"), crash("b"), crash("c"));
    story.at(5 * MINUTE, crash("a", { object: "a/Pod/other" }));
    story.at(10 * MINUTE, started("b")).at(20 * MINUTE, started("a"), started("c"));
    story.at(20 * MINUTE, { ...started("a"), object: "a/Pod/other" });
    expect(told(story.until(HOUR))).toEqual([
      "30 firing: a b c",
      "330 update: a a",
      "630 resolved: b",
      "1230 resolved: a a c",
    ]);
    expect([...story.engine.groups()].filter(({ told: sent }) => sent.length > 0)).toEqual([]);
  });

  it("are repeated together", () => {
    const story = bed({ route: "{ sinks: [ops], repeatInterval: 1h }" }).at(0, crash("a"), crash("b"));
    expect(told(story.until(HOUR + MINUTE))).toEqual(["30 firing: a b", "3630 repeat: a b"]);
  });

  it("are told at the same time after a restart", () => {
    const story = bed().at(0, crash("a")).at(35, crash("b")).until(70).restart();
    expect(told(story.until(HOUR))).toEqual(["30 firing: a", "90 firing: b"]);
  });

  it("are no news when they are over before their message", () => {
    const story = bed().at(0, crash("a")).at(31, crash("b")).at(70, started("b"));
    expect(told(story.until(HOUR))).toEqual(["30 firing: a"]);
    expect([...story.heldBack]).toEqual([["cleared_before_notice", 1]]);
  });

  it("count as one opening, and one message, for the storm limit", () => {
    const story = bed();
    story.at(0, ...Array.from({ length: 40 }, (_, index) => crash(`n${index}`))).until(5 * MINUTE);
    expect(story.timeline).toEqual([
      "30 firing/first ops 40 namespaces, 40 pods: A container keeps crashing",
    ]);
  });

  it("get one message each at a sink that keeps state by the key of a group", () => {
    const story = bed({ sinks: [{ name: "ops", merges: false }] })
      .at(0, crash("a"))
      .at(10, crash("b"));
    expect(told(story.until(5 * MINUTE))).toEqual(["30 firing: a", "40 firing: b"]);
  });

  it("stay alone on a route that groups nothing, and where groups have several rules", () => {
    for (const groupBy of ['["..."]', "[namespace]"]) {
      const story = bed({ route: `{ sinks: [ops], groupBy: ${groupBy} }` }).at(0, crash("a"), crash("b"));
      expect(told(story.until(5 * MINUTE))).toHaveLength(2);
    }
  });

  it("share no message with groups of another route", () => {
    const route = "{ sinks: [ops], routes: [{ name: b, match: { namespace: b } }] }";
    const story = bed({ route })
      .at(0, crash("a"), crash("b"))
      .until(5 * MINUTE);
    expect(told(story).toSorted()).toEqual(["30 firing: a", "30 firing: b"]);
  });
});
