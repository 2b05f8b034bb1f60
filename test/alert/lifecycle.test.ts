import { describe, expect, it } from "vitest";

import type { Changes, Entity } from "../../src/alert/index.ts";
import { EngineBed, type EventSketch, START } from "../support/engine-bed.ts";

const MINUTE = 60;
const HOUR = 3600;

const REASONS = `
reasons:
  - { component: kubelet, reason: BackOff, kinds: [Pod], lifecycle: recurring, severity: warning, meaning: x,
      counter: [{ reason: Pulled, same: [object, container] }] }
  - { component: "", reason: NodeNotReady, kinds: [Node], lifecycle: transition, severity: critical, meaning: x,
      counter: [{ reason: NodeReady, same: [object] }] }
  - { component: kubelet, reason: SystemOOM, kinds: [Node], lifecycle: point, severity: warning, meaning: x }
`;

function bed(rule: string, more: Partial<ConstructorParameters<typeof EngineBed>[0]> = {}): EngineBed {
  return new EngineBed({ rules: `rules:\n  - { name: it, ${rule} }\n`, reasons: REASONS, ...more });
}

const backOff = (more: Partial<EventSketch> = {}): EventSketch => ({
  reason: "BackOff",
  container: "app",
  ...more,
});
const pulled = (more: Partial<EventSketch> = {}): EventSketch => ({
  reason: "Pulled",
  type: "Normal",
  container: "app",
  ...more,
});
const notReady: EventSketch = {
  reason: "NodeNotReady",
  type: "Normal",
  object: "/Node/node-1",
  component: "node-controller",
};
const ready: EventSketch = { reason: "NodeReady", type: "Normal", object: "/Node/node-1" };

/** Alerts that were written, each time anew. */
const alertsIn = (changes: readonly Changes[]): readonly Entity[] =>
  changes.flatMap(({ entities }) => entities.put.filter(({ kind }) => kind === "alert"));

describe("a first occurrence", () => {
  it("is told after groupWait, with the object, the reason and how often", () => {
    const story = bed("match: { reason: BackOff }")
      .at(0, backOff())
      .until(HOUR / 4 - 1);
    expect(story.timeline).toEqual(["30 firing/first ops Back off: Pod web-1 in shop"]);
  });

  it("waits ten seconds when it is critical", () => {
    const story = bed("match: { reason: NodeNotReady }").at(0, notReady).until(HOUR);
    expect(story.messages.map(({ at, kind }) => [at, kind])).toEqual([[10, "firing"]]);
  });

  it("counts what one Event stands for: 1 becoming 50 is one message that says 50", () => {
    const story = bed("match: { reason: BackOff }")
      .at(0, backOff({ name: "one", count: 1 }))
      .at(10, backOff({ name: "one", count: 50 }))
      .until(MINUTE);
    expect(story.messages.map(({ kind, occurrences }) => [kind, occurrences])).toEqual([["firing", 50]]);
  });
});

describe("a threshold", () => {
  const threshold = "match: { reason: BackOff }, threshold: { count: 3, within: 10m }";

  it("holds back what comes too seldom, and says so in a decision", () => {
    const story = bed(threshold)
      .at(0, backOff())
      .at(5 * MINUTE, backOff())
      .until(HOUR);
    expect(story.timeline).toEqual([]);
    expect(story.changes.flatMap((change) => change.decisions)).toMatchObject([
      { outcome: "suppressed", reason: "threshold", occurrences: 2 },
    ]);
  });

  it("fires with the occurrence that reaches it", () => {
    const story = bed(threshold).at(0, backOff()).at(60, backOff()).at(120, backOff()).until(200);
    expect(story.messages.map(({ at, occurrences }) => [at, occurrences])).toEqual([[150, 3]]);
  });

  it("of two is not met by one, and is by two", () => {
    const two = "match: { reason: BackOff }, threshold: { count: 2, within: 10m }";
    expect(
      bed(two)
        .at(0, backOff())
        .until(9 * MINUTE).timeline,
    ).toEqual([]);
    expect(
      bed(two)
        .at(0, backOff())
        .at(60, backOff())
        .until(9 * MINUTE).messages,
    ).toHaveLength(1);
  });

  it("slides: three in twelve minutes are not three in ten", () => {
    const story = bed(threshold)
      .at(0, backOff())
      .at(9 * MINUTE, backOff())
      .at(12 * MINUTE, backOff())
      .until(13 * MINUTE);
    expect(story.timeline).toEqual([]);
  });

  it("spreads a jump over the silence it stands for", () => {
    const many = "match: { reason: BackOff }, threshold: { count: 100, within: 10m }";
    const starved = bed(many)
      .at(0, backOff({ name: "a", count: 3 }))
      .at(85 * MINUTE, backOff({ name: "a", count: 403 }));
    expect(starved.until(2 * HOUR).timeline).toEqual([]);
    const real = bed(many)
      .at(0, backOff({ name: "a", count: 3 }))
      .at(9 * MINUTE, backOff({ name: "a", count: 103 }));
    expect(real.until(10 * MINUTE).messages).toHaveLength(1);
  });

  it("asks for different objects when told to", () => {
    const distinct =
      "match: { reason: BackOff }, identity: [namespace], threshold: { distinct: 3, within: 10m }";
    const same = bed(distinct)
      .at(0, backOff(), backOff(), backOff({ container: "sidecar" }))
      .until(MINUTE);
    expect(same.timeline).toEqual([]);
    const pods = ["web-1", "web-2", "web-3"].map((pod) => backOff({ object: `shop/Pod/${pod}` }));
    expect(
      bed(distinct)
        .at(0, ...pods)
        .until(MINUTE).messages,
    ).toHaveLength(1);
  });

  it("forgets what a counter-event clears before the first message", () => {
    const story = bed(threshold).at(0, backOff(), backOff()).at(60, pulled()).at(120, backOff()).until(HOUR);
    expect(story.timeline).toEqual([]);
  });
});

describe("`for`", () => {
  const rule = "match: { reason: NodeNotReady }, for: 60s";

  it("fires when the time has passed, without a new occurrence", () => {
    expect(
      bed(rule)
        .at(0, notReady)
        .until(HOUR)
        .messages.map(({ at }) => at),
    ).toEqual([70]);
  });

  it("counts from the first occurrence, whatever follows", () => {
    const story = bed(rule).at(0, notReady).at(30, notReady).at(50, notReady).until(HOUR);
    expect(story.messages.map(({ at }) => at)).toEqual([70]);
  });

  it("stays silent when the counter-event comes in time", () => {
    expect(bed(rule).at(0, notReady).at(59, ready).until(HOUR).timeline).toEqual([]);
  });
});

describe("the end of a recurring alert", () => {
  const rule = "match: { reason: BackOff }";

  it("ends the problem at its own time, however late it is read", () => {
    const story = bed("match: { reason: BackOff }")
      .at(0, backOff())
      .at(120, pulled({ lastSeen: 65 }))
      .until(HOUR / 4);
    const end = story.messages.at(-1)?.delivery.notification;
    expect([end?.kind, end?.endsAt]).toEqual(["resolved", "2026-06-01T10:01:05.000Z"]);
  });

  it("is a counter-event for the same object and container", () => {
    const story = bed(rule)
      .at(0, backOff())
      .at(6 * MINUTE, pulled({ container: "sidecar" }), pulled({ object: "shop/Pod/web-2" }))
      .at(8 * MINUTE, pulled())
      .until(HOUR);
    expect(story.timeline).toEqual([
      "30 firing/first ops Back off: Pod web-1 in shop",
      "510 resolved/all-resolved ops Resolved: Back off: Pod web-1 in shop",
    ]);
    expect(story.messages[1]?.delivery.notification.alerts[0]?.resolvedBy).toEqual({
      how: "event",
      reason: "Pulled",
    });
  });

  it("needs every member cleared", () => {
    const pods = (make: (more: Partial<EventSketch>) => EventSketch, ...names: string[]): EventSketch[] =>
      names.map((name) =>
        make({ object: `shop/Pod/${name}`, owners: ["ReplicaSet/web-7f", "Deployment/web"] }),
      );
    const story = bed(rule)
      .at(0, ...pods(backOff, "web-1", "web-2"))
      .at(10 * MINUTE, ...pods(pulled, "web-1"))
      .until(12 * MINUTE);
    expect(story.messages.map(({ kind, alerts }) => [kind, alerts])).toEqual([["firing", 1]]);
    story.at(12 * MINUTE, ...pods(pulled, "web-2")).until(14 * MINUTE);
    expect(story.messages.map(({ kind }) => kind)).toEqual(["firing", "resolved"]);
  });

  it("is not the counter-event of another namespace", () => {
    const story = bed(rule)
      .at(0, backOff())
      .at(6 * MINUTE, pulled({ object: "other/Pod/web-1" }))
      .until(14 * MINUTE);
    expect(story.messages.map(({ kind }) => kind)).toEqual(["firing"]);
  });

  it("is fifteen quiet minutes, and then it does not say resolved", () => {
    const story = bed(rule)
      .at(0, backOff())
      .at(5 * MINUTE, backOff())
      .until(HOUR);
    expect(story.timeline).toEqual([
      "30 firing/first ops Back off: Pod web-1 in shop",
      "1230 resolved/all-resolved ops No longer seen: Back off: Pod web-1 in shop",
    ]);
  });

  it("waits longer while any event of the same writer about the same object comes", () => {
    const story = bed(rule).at(0, backOff());
    for (let minute = 10; minute <= 60; minute += 10) story.at(minute * MINUTE, { reason: "Unhealthy" });
    expect(story.until(61 * MINUTE).messages).toHaveLength(1);
    expect(story.until(2 * HOUR).messages.map(({ at }) => at)).toEqual([30, 75 * MINUTE + 30]);
  });

  it.each([
    [14, 0],
    [15, 1],
  ])("notes other events of the same object %i s after the last one %i times", (second, times) => {
    const story = bed(rule).at(0, backOff());
    const before = story.changes.length;
    story.at(second, { reason: "Unhealthy" });
    expect(alertsIn(story.changes.slice(before))).toHaveLength(times);
  });

  it("notes them more often when its quiet time is short, and never when quiet ends nothing", () => {
    const notes = (text: string, second: number): number => {
      const story = bed(`${rule}, ${text}`).at(0, backOff());
      const before = story.changes.length;
      story.at(second, { reason: "Unhealthy" });
      return alertsIn(story.changes.slice(before)).length;
    };
    expect([notes("resolve: { quiet: 20s }", 4), notes("resolve: { quiet: 20s }", 5)]).toEqual([0, 1]);
    expect(notes("lifecycle: transition", 29)).toBe(0);
  });

  it("waits forty minutes while the newest event is an open series", () => {
    const story = bed(rule)
      .at(0, backOff({ name: "s" }))
      .at(20, backOff({ name: "s", series: true, count: 2 }));
    expect(story.until(2 * HOUR).messages.map(({ at }) => at)).toEqual([30, 20 + 40 * MINUTE + 30]);
  });

  it("does not come from silence while the watch has a gap", () => {
    const story = bed(rule).at(0, backOff()).until(MINUTE);
    story.gap();
    story.until(50 * MINUTE);
    story.live();
    expect(story.until(64 * MINUTE).messages).toHaveLength(1);
    expect(story.until(66 * MINUTE).messages.map(({ kind }) => kind)).toEqual(["firing", "resolved"]);
  });

  it("comes from the silence of the alert's own namespace, whatever other streams do", () => {
    const story = bed(rule);
    story.gap();
    story.live("shop");
    story.at(0, backOff(), backOff({ object: "pay/Pod/p" })).until(MINUTE);
    story.live("pay");
    story.gap("pay");
    story
      .until(HOUR)
      .at(HOUR, backOff({ object: "shop/Pod/other" }))
      .until(HOUR + MINUTE);
    const open = [...story.engine.alerts()].map(({ labels }) => labels["name"] ?? "");
    expect(open.toSorted()).toEqual(["other", "p"]);
  });

  it("is taken back by an occurrence before anybody was told", () => {
    const story = bed(rule)
      .at(0, backOff())
      .at(60, pulled())
      .at(80, backOff())
      .until(10 * MINUTE);
    expect(story.messages.map(({ kind }) => kind)).toEqual(["firing"]);
  });

  it("is no message when nobody was told of the beginning", () => {
    expect(bed(rule).at(0, backOff()).at(20, pulled()).until(HOUR).timeline).toEqual([]);
  });
});

describe("an end before the first message", () => {
  it.each(["resolve: { quiet: 5s }", "resolve: { maxAge: 5s }"])("is told afterwards: %s", (resolve) => {
    const story = bed(`match: { reason: BackOff }, ${resolve}`).at(0, backOff()).until(HOUR);
    expect(story.messages.map(({ at, kind }) => `${at} ${kind}`)).toEqual(["30 firing", "60 resolved"]);
  });

  it("is told when the hour is over that held the first message back", () => {
    const story = bed("match: { reason: BackOff }, resolve: { quiet: 5m }", {
      route: "{ sinks: [ops], mute: [all] }",
      timeIntervals: "all: { zone: UTC, times: ['10:00-11:00'] }",
    });
    story.at(0, backOff()).until(2 * HOUR);
    expect(story.messages.map(({ at, title }) => [at, title])).toEqual([
      [HOUR, "While muted: 1 came and went: Back off: Pod web-1 in shop"],
    ]);
    expect([...story.engine.alerts()]).toEqual([]);
  });
});

describe("a rule that changes under a reload", () => {
  const rules = (text: string): { readonly rules: string; readonly reasons: string } => ({
    rules: `rules:\n  - { name: it, ${text} }\n`,
    reasons: REASONS,
  });

  it("fires by what it has seen when its threshold is lowered", () => {
    const story = bed("match: { reason: BackOff }, threshold: { count: 5, within: 10m }");
    story
      .at(0, backOff({ count: 3 }))
      .reload(rules("match: { reason: BackOff }, threshold: { count: 3, within: 10m }"));
    expect(story.until(MINUTE).messages.map(({ occurrences }) => occurrences)).toEqual([3]);
  });

  it("takes from the reason table what it says no more itself", () => {
    const match = "match: { reason: BackOff }";
    const story = bed(
      `${match}, severity: critical, resolve: { quiet: 2h, by: [{ reason: Never }] }, runbook: "https://a.example"`,
    );
    story.at(0, backOff()).reload(rules(match));
    expect([...story.engine.alerts()]).toMatchObject([
      { severity: "warning", quietMs: 900_000, runbook: null, labels: { severity: "warning" } },
    ]);
    story.at(MINUTE, pulled()).until(10 * MINUTE);
    expect(story.messages.map(({ kind }) => kind)).toEqual(["firing", "resolved"]);
  });
});

describe("a writer whose clock is ahead", () => {
  it("has neither the last word nor a time that cannot be", () => {
    const story = bed("match: { reason: BackOff }")
      .at(0, backOff({ message: "from tomorrow", lastSeen: 24 * HOUR, object: "shop/Pod/a" }))
      .at(10 * MINUTE, backOff({ message: "from today", object: "shop/Pod/a" }))
      .until(11 * MINUTE);
    expect([...story.engine.alerts()]).toMatchObject([
      { event: { message: "from today" }, lastSeenAt: START + 10 * MINUTE * 1000 },
    ]);
  });
});

describe("the end of a transition", () => {
  const rule = "match: { reason: NodeNotReady }";

  it("is its counter-event, however long that takes", () => {
    const story = bed(rule)
      .at(0, notReady)
      .until(3 * HOUR)
      .at(3 * HOUR, ready)
      .until(4 * HOUR);
    expect(story.messages.map(({ at, kind }) => [at, kind])).toEqual([
      [10, "firing"],
      [3 * HOUR + 10, "resolved"],
    ]);
  });

  it("is a day without news, which is not called resolved", () => {
    const titles = bed(rule)
      .at(0, notReady)
      .until(25 * HOUR)
      .messages.map(({ title }) => title);
    expect(titles.at(-1)).toMatch(/^No longer seen: /u);
  });
});

describe("a point", () => {
  it("is told once and never ends", () => {
    const story = bed("match: { reason: SystemOOM }")
      .at(0, { reason: "SystemOOM", object: "/Node/node-1" })
      .at(10 * MINUTE, { reason: "SystemOOM", object: "/Node/node-1" })
      .until(10 * HOUR);
    expect(story.timeline).toEqual(["30 firing/first ops System OOM: Node node-1"]);
  });

  it("is told again after an hour without it", () => {
    const story = bed("match: { reason: SystemOOM }")
      .at(0, { reason: "SystemOOM", object: "/Node/node-1" })
      .at(2 * HOUR, { reason: "SystemOOM", object: "/Node/node-1" })
      .until(10 * HOUR);
    expect(story.messages).toHaveLength(2);
  });
});

describe("a state that arrives late", () => {
  const rule =
    "match: { reason: FailedScheduling }, resolve: { by: [{ reason: Scheduled, same: [object] }] }";
  const failed = (more: Partial<EventSketch> = {}): EventSketch => ({
    reason: "FailedScheduling",
    component: "default-scheduler",
    host: "",
    ...more,
  });
  const scheduled: EventSketch = {
    reason: "Scheduled",
    type: "Normal",
    component: "default-scheduler",
    host: "",
  };

  it("opens nothing when the same writer's counter-event is newer", () => {
    const story = bed(rule)
      .at(0, failed({ name: "f" }))
      .at(10, scheduled)
      .at(200, failed({ name: "f", count: 9, series: true, lastSeen: 9 }))
      .until(HOUR);
    expect(story.timeline).toEqual([]);
  });

  it("counts when the counter-event is older", () => {
    const story = bed(rule).at(10, scheduled).at(20, failed()).until(60);
    expect(story.messages).toHaveLength(1);
  });

  it("opens nothing in a list, whichever of the two comes first there", () => {
    for (const order of [0, 1]) {
      const story = bed(rule).until(100);
      const pair = [failed({ lastSeen: 50 }), { ...scheduled, lastSeen: 60 }];
      story.list(order === 0 ? pair : pair.toReversed());
      expect(story.until(HOUR).timeline, `order ${order}`).toEqual([]);
    }
  });

  it("is measured by the newest counter-event, in whatever order a list shows them", () => {
    const story = bed(rule).until(100);
    story.list([
      { ...scheduled, name: "b", lastSeen: 60 },
      { ...scheduled, name: "c", lastSeen: 10 },
      failed({ lastSeen: 50 }),
    ]);
    expect(story.until(HOUR).timeline).toEqual([]);
  });

  it("ends nothing that happened after the counter-event", () => {
    const story = bed(rule)
      .at(0, failed({ name: "old" }))
      .at(10, scheduled)
      .at(20, failed({ name: "new" }))
      .at(MINUTE, failed({ name: "late", lastSeen: 9 }))
      .until(10 * MINUTE);
    expect(story.messages.map(({ kind }) => kind)).toEqual(["firing"]);
  });

  it("waits for the rest of a list before anybody is told", () => {
    const story = bed("match: { reason: BackOff }", { route: "{ sinks: [ops], groupWait: 0s }" }).until(100);
    story.list([backOff({ lastSeen: 50 })], false).until(120);
    expect(story.timeline).toEqual([]);
    story.list([pulled({ lastSeen: 60 })]);
    story.live();
    expect(story.until(200).timeline).toEqual([]);
  });
});

describe("history found at the first start", () => {
  it("is over when its end is in it, even if a list shows that first", () => {
    const story = bed("match: { reason: NodeNotReady }").until(100);
    story.list([
      { ...ready, history: true, lastSeen: 20 },
      { ...notReady, history: true, lastSeen: 10 },
    ]);
    expect(story.until(HOUR).timeline).toEqual([]);
  });

  it("opens transitions that have not ended, and nothing else", () => {
    const story = bed("match: { reason: [NodeNotReady, BackOff] }, identity: [object]").until(100);
    story.list([
      { ...notReady, history: true, lastSeen: 10 },
      { ...notReady, object: "/Node/node-2", history: true, lastSeen: 10 },
      { ...ready, object: "/Node/node-2", history: true, lastSeen: 20 },
      backOff({ history: true, lastSeen: 10 }),
    ]);
    expect(story.until(150).messages.map(({ alerts, title }) => [alerts, title])).toEqual([
      [1, "Node not ready: Node node-1"],
    ]);
  });
});

describe("a text of a rule that fails on an event", () => {
  it("is left empty, and costs no alert", () => {
    const story = bed(
      'match: { reason: BackOff }, labels: { team: "{{ event.metadata.annotations[\\"team\\"] }}" }, runbook: "https://x/{{ event.metadata.labels[\\"x\\"] }}"',
    ).at(0, backOff());
    const [message] = story.until(MINUTE).messages;
    expect(message?.delivery.notification.alerts[0]).toMatchObject({ labels: { team: "" }, runbook: null });
  });
});
