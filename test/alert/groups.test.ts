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
    resolve: { by: [{ reason: Started, same: [object] }] }
  - { name: oom, match: { reason: SystemOOM }, severity: critical, lifecycle: point }
`;

function bed(options: Options = {}): EngineBed {
  return new EngineBed({ rules: RULES, ...options });
}

function pod(name: string, more: Partial<EventSketch> = {}): EventSketch {
  return { reason: "BackOff", object: `shop/Pod/${name}`, ...more };
}

function started(name: string): EventSketch {
  return { reason: "Started", type: "Normal", object: `shop/Pod/${name}` };
}

describe("a group", () => {
  it("tells all that came within groupWait in one message", () => {
    const story = bed()
      .at(0, pod("a"))
      .at(10, pod("b"))
      .at(29, pod("c"))
      .until(5 * MINUTE);
    expect(story.timeline).toEqual(["30 firing/first ops 3 pods: A container keeps crashing"]);
  });

  it("tells a newcomer groupWait after it came, but not sooner than groupInterval after the last message", () => {
    const early = bed()
      .at(0, pod("a"))
      .at(40, pod("b"))
      .until(HOUR / 5);
    expect(early.timeline.at(-1)).toBe(
      "90 update/new-alert ops 1 more pod (now 2): A container keeps crashing",
    );
    const late = bed()
      .at(0, pod("a"))
      .at(10 * MINUTE, pod("b"))
      .until(12 * MINUTE);
    expect(late.messages.map(({ at }) => at)).toEqual([30, 630]);
  });

  it("puts the newcomer first", () => {
    const story = bed()
      .at(0, pod("a"))
      .at(10 * MINUTE, pod("b"))
      .until(12 * MINUTE);
    expect(story.messages[1]?.delivery.notification.alerts.map((alert) => alert.labels["name"])).toEqual([
      "b",
      "a",
    ]);
  });

  it("repeats after its own interval, doubling up to a day while nothing changes", () => {
    const rules =
      "rules: [{ name: it, match: { reason: X }, lifecycle: transition, resolve: { maxAge: 300d } }]";
    const story = new EngineBed({ rules }).at(0, { reason: "X" }).until(5 * 24 * HOUR);
    const hours = story.messages.map(({ at }) => (at - 30) / HOUR);
    expect(hours).toEqual([0, 4, 12, 28, 52, 76, 100]);
    expect(story.messages[1]?.title).toMatch(/^Still: /u);
  });

  it("starts the repeats anew when it grows", () => {
    const rules =
      "rules: [{ name: it, match: { reason: X }, lifecycle: transition, resolve: { maxAge: 300d } }]";
    const story = new EngineBed({ rules })
      .at(0, { reason: "X" })
      .at(5 * HOUR, { reason: "X", object: "shop/Pod/b" });
    story.until(10 * HOUR);
    expect(story.messages.map(({ at, kind }) => [Math.floor(at / HOUR), kind])).toEqual([
      [0, "firing"],
      [4, "repeat"],
      [5, "update"],
      [9, "repeat"],
    ]);
  });

  it("says nothing when a part of it ends", () => {
    const story = bed()
      .at(0, pod("a"), pod("b"))
      .at(10 * MINUTE, started("a"))
      .until(13 * MINUTE);
    expect(story.messages.map(({ kind }) => kind)).toEqual(["firing"]);
  });

  it("tells again of what fires anew after such an end", () => {
    const story = bed()
      .at(0, pod("a"), pod("b"))
      .at(6 * MINUTE, started("a"))
      .at(8 * MINUTE, pod("a"))
      .until(10 * MINUTE);
    expect(story.messages.map(({ kind, alerts }) => [kind, alerts])).toEqual([
      ["firing", 2],
      ["update", 2],
    ]);
    expect(story.messages[1]).toMatchObject({ trigger: "again", title: expect.stringMatching(/^Again: /u) });
  });

  it("is one per reason for a rule that names none", () => {
    const rules = "rules: [{ name: any, match: { type: Warning }, fallback: true }]";
    const story = new EngineBed({ rules }).at(0, { reason: "X" }, { reason: "Y" }).until(MINUTE);
    expect(story.messages).toHaveLength(2);
  });

  it.each([
    ["[]", 1],
    ['["..."]', 3],
    ["[namespace]", 2],
  ])("groupBy %s makes %i messages of three alerts in two namespaces", (groupBy, expected) => {
    const story = bed({ route: `{ sinks: [ops], groupBy: ${groupBy} }` });
    story.at(0, pod("a"), pod("b"), pod("c", { object: "pay/Pod/c" })).until(MINUTE);
    expect(story.messages).toHaveLength(expected);
  });

  it("does not repeat points, and does not spin on them", () => {
    const story = bed().at(0, { reason: "SystemOOM", object: "/Node/n" });
    for (let hour = 0.5; hour < 12; hour += 0.5)
      story.at(hour * HOUR, { reason: "SystemOOM", object: "/Node/n" });
    expect(story.messages.map(({ kind }) => kind)).toEqual(["firing"]);
  });
});

describe("routing", () => {
  const route = `
    sinks: [ops]
    routes:
      - { name: pager, match: { severity: critical }, sinks: [oncall, ops], continue: true }
      - name: shop
        match: { namespace: { like: "shop*" } }
        sinks: [shop]
        routes: [{ name: web, match: { workload: { like: "*/web*" } }, sinks: [web] }]
  `;
  const sinks = ["ops", "oncall", "shop", "web"].map((name) => ({ name }));

  it.each([
    ["the first child that matches", pod("a"), ["shop"]],
    ["its children first", pod("web-1"), ["web"]],
    ["the root when no child matches", pod("a", { object: "other/Pod/a" }), ["ops"]],
    [
      "later siblings after continue",
      { reason: "SystemOOM", object: "shop/Pod/a" },
      ["oncall", "ops", "shop"],
    ],
    [
      "only the child, whatever it says about continue",
      { reason: "SystemOOM", object: "/Node/n" },
      ["oncall", "ops"],
    ],
  ])("chooses %s", (_, sketch, expected) => {
    const story = bed({ route, sinks }).at(0, sketch).until(MINUTE);
    expect(story.messages.map(({ sink }) => sink).toSorted()).toEqual(expected.toSorted());
  });

  it("skips the tree for a rule with sinks of its own", () => {
    const rules = "rules: [{ name: own, match: { reason: BackOff }, sinks: [web] }]";
    const story = bed({ rules, route, sinks }).at(0, pod("a")).until(MINUTE);
    expect(story.messages.map(({ sink, delivery }) => [sink, delivery.notification.route])).toEqual([
      ["web", "rule:own"],
    ]);
  });

  it("times a rule with sinks of its own as the root says", () => {
    const rules =
      "rules: [{ name: own, match: { reason: BackOff }, sinks: [web], lifecycle: transition, resolve: { by: [{ reason: Started, same: [object] }] } }]";
    const story = bed({ rules, route, sinks })
      .at(0, pod("a"))
      .at(5 * HOUR, started("a"))
      .until(6 * HOUR);
    expect(story.messages.map(({ at, kind }) => [at, kind])).toEqual([
      [30, "firing"],
      [4 * HOUR + 30, "repeat"],
      [5 * HOUR + 30, "resolved"],
    ]);
  });

  it("gives a sink an alert once, by the first route that names it", () => {
    const twice = `
      sinks: [ops]
      routes: [{ name: a, sinks: [ops], continue: true }, { name: b, sinks: [ops, shop] }]
    `;
    const story = bed({ route: twice, sinks }).at(0, pod("a")).until(MINUTE);
    expect(story.messages.map(({ sink, delivery }) => [delivery.notification.route, sink])).toEqual([
      ["a", "ops"],
      ["b", "shop"],
    ]);
  });
});

describe("what a sink wants", () => {
  it("minSeverity keeps the rest away", () => {
    const sinks = [{ name: "ops" }, { name: "pager", minSeverity: "critical" as const }];
    const story = bed({ sinks, route: "sinks: [ops, pager]" }).at(0, pod("a"), {
      reason: "SystemOOM",
      object: "/Node/n",
    });
    expect(
      story
        .until(MINUTE)
        .messages.map(({ sink, kind }) => `${sink} ${kind}`)
        .toSorted(),
    ).toEqual(["ops firing", "ops firing", "pager firing"]);
  });

  it.each([
    [true, "quiet", 2],
    [false, "quiet", 1],
    ["proven" as const, "quiet", 1],
    ["proven" as const, "event", 2],
  ])("sendResolved %s after an end by %s gives %i messages", (sendResolved, how, expected) => {
    const story = bed({ sinks: [{ name: "ops", sendResolved }] }).at(0, pod("a"));
    if (how === "event") story.at(10 * MINUTE, started("a"));
    expect(story.until(HOUR).messages).toHaveLength(expected);
  });
});

describe("delivery and the engine", () => {
  it("sends no end to a receiver that never took the beginning", () => {
    const story = bed();
    story.delivers = false;
    story.at(0, pod("a")).until(MINUTE);
    const [first] = story.messages;
    if (first !== undefined) story.outcome(first.delivery, "dead");
    expect(story.at(2 * MINUTE, started("a")).until(HOUR).messages).toHaveLength(1);
  });

  it("makes the first message anew when the first one died and there is news", () => {
    const story = bed();
    story.delivers = false;
    story.at(0, pod("a")).until(MINUTE);
    const [first] = story.messages;
    if (first !== undefined) story.outcome(first.delivery, "dead");
    story.at(10 * MINUTE, pod("b")).until(12 * MINUTE);
    expect(story.messages.map(({ trigger, alerts }) => [trigger, alerts])).toEqual([
      ["first", 1],
      ["first", 2],
    ]);
  });

  it("gives a message and a record the age at which the sink wants them no more", () => {
    const expiries = (maxAgeMs: number | undefined): unknown => {
      const story = bed({ sinks: [{ name: "ops", maxAgeMs }], forward: "[{ name: all, sinks: [ops] }]" })
        .at(0, pod("a"))
        .until(MINUTE);
      const rows = story.changes.flatMap((change) => [...change.deliveries, ...change.records]);
      return rows.map(({ createdAt, expiresAt }) => expiresAt && expiresAt - createdAt);
    };
    expect(expiries(5000)).toEqual([5000, 5000]);
    expect(expiries(undefined)).toEqual([undefined, undefined]);
  });

  it("says how an unsent beginning reads once it is over", () => {
    const story = bed();
    story.delivers = false;
    story.at(0, pod("a")).at(MINUTE, started("a")).until(HOUR);
    const [first, end] = story.messages.map(({ delivery }) => delivery);
    expect(first).toMatchObject({ opening: true });
    expect(end).toMatchObject({
      opening: false,
      ifOpeningUnsent: { trigger: "cleared-before-delivery", status: "resolved" },
    });
    expect(end?.ifOpeningUnsent?.title).toMatch(/^Happened and cleared/u);
  });
});

describe("a restart", () => {
  it("does not tell twice, and goes on with every timer", () => {
    const story = bed()
      .at(0, pod("a"))
      .until(20)
      .restart()
      .until(HOUR / 10)
      .restart();
    story
      .at(6 * MINUTE, pod("a"))
      .until(8 * MINUTE)
      .restart()
      .at(10 * MINUTE, started("a"));
    expect(story.until(HOUR).messages.map(({ at, kind }) => [at, kind])).toEqual([
      [30, "firing"],
      [630, "resolved"],
    ]);
  });

  it("tells nothing before the watch has caught up, but not for ever", () => {
    const story = bed().at(0, pod("a")).until(29).restart(false).until(80);
    expect(story.messages).toHaveLength(0);
    expect(story.until(100).messages.map(({ at }) => at)).toEqual([89]);
  });

  it("ends the alerts of a rule that is gone", () => {
    const story = bed().at(0, pod("a")).until(MINUTE);
    story.policy = bed({ rules: "rules: [{ name: other, match: { reason: X } }]" }).policy;
    story.restart().until(HOUR);
    expect(story.messages.at(-1)?.delivery.notification.alerts[0]?.resolvedBy?.how).toBe("rule-removed");
  });
});

describe("a reload", () => {
  const both = { sinks: [{ name: "ops" }, { name: "shop" }] };

  it("keeps alerts and timers when nothing about them changes", () => {
    const story = bed()
      .at(0, pod("a"))
      .until(20)
      .reload({ rules: RULES })
      .until(HOUR / 10);
    expect(story.messages.map(({ at }) => at)).toEqual([30]);
  });

  it("tells an alert that is routed elsewhere there as new, and its old group that it moved", () => {
    const story = bed(both).at(0, pod("a")).until(MINUTE);
    story.reload({ rules: RULES, ...both, route: "{ name: other, sinks: [shop] }" }).until(5 * MINUTE);
    expect(story.messages.map(({ sink, kind, trigger }) => `${sink} ${kind}/${trigger}`)).toEqual([
      "ops firing/first",
      "ops resolved/moved",
      "shop firing/first",
    ]);
  });

  it("tells a sink that was taken out of the route that the alert moved, and keeps quiet to the others", () => {
    const story = bed({ ...both, route: "sinks: [ops, shop]" })
      .at(0, pod("a"))
      .until(MINUTE);
    story.reload({ rules: RULES, ...both, route: "sinks: [ops]" }).until(10 * MINUTE);
    expect(story.messages.map(({ sink, kind }) => `${sink} ${kind}`)).toEqual([
      "ops firing",
      "shop firing",
      "shop resolved",
    ]);
  });

  it("is over when it has been told", () => {
    const story = bed({ ...both, route: "sinks: [ops, shop]" })
      .at(0, pod("a"))
      .until(MINUTE);
    story.reload({ rules: RULES, ...both, route: "sinks: [ops]" });
    expect(
      [...story.engine.groups()].map(({ moved, told }) => [moved, told.map(({ sink }) => sink)]),
    ).toEqual([[false, ["ops"]]]);
  });

  it("ends the alerts of a removed rule and says so", () => {
    const story = bed()
      .at(0, pod("a"))
      .until(MINUTE)
      .reload({ rules: "rules: [{ name: x, match: { reason: X } }]" });
    expect(story.until(HOUR).messages.map(({ kind }) => kind)).toEqual(["firing", "resolved"]);
  });

  it("forgets what only waits for the threshold of a removed rule, and says so", () => {
    const waiting = "rules: [{ name: it, match: { reason: X }, threshold: { count: 9, within: 10m } }]";
    const story = bed({ rules: waiting })
      .at(0, pod("a", { reason: "X" }))
      .reload({ rules: RULES });
    expect([...story.engine.alerts()]).toEqual([]);
    expect([...story.heldBack]).toEqual([["threshold", 1]]);
  });

  it("lets a new rule see what happens from then on, not what a list shows of before", () => {
    const story = bed({ rules: "rules: [{ name: x, match: { reason: X } }]" })
      .until(100)
      .reload({ rules: RULES });
    story.list([pod("old", { lastSeen: 50 })]).at(200, pod("counted", { count: 57, firstSeen: 10 }));
    story.until(HOUR / 5);
    expect(story.messages.map(({ alerts, occurrences }) => [alerts, occurrences])).toEqual([[1, 1]]);
  });

  it("tells when a rule has become more severe", () => {
    const story = bed().at(0, pod("a")).until(MINUTE);
    story.reload({
      rules: RULES.replace(
        "match: { reason: BackOff }",
        "match: { reason: BackOff }\n    severity: critical",
      ),
    });
    story.at(2 * MINUTE, pod("a")).until(HOUR / 10);
    expect(story.messages.map(({ kind, trigger }) => `${kind}/${trigger}`)).toEqual([
      "firing/first",
      "update/severity",
    ]);
  });
});

describe("a reload that makes an alert milder", () => {
  it("still lets the sink that was told of it hear of its end", () => {
    const rules = (severity: string): string =>
      `rules: [{ name: it, match: { reason: X }, severity: ${severity}, resolve: { by: [{ reason: Started, same: [object] }] } }]`;
    const sinks = [{ name: "ops", minSeverity: "critical" as const }];
    const story = bed({ rules: rules("critical"), sinks })
      .at(0, pod("a", { reason: "X" }))
      .until(MINUTE);
    story
      .reload({ rules: rules("warning"), sinks })
      .at(10 * MINUTE, started("a"))
      .until(HOUR);
    expect(story.messages.map(({ kind }) => kind)).toEqual(["firing", "resolved"]);
  });
});

describe("owners", () => {
  const owners = ["ReplicaSet/web-7f", "Deployment/web"];

  it("make thirty Pods one workload", () => {
    const story = bed();
    story.at(0, ...Array.from({ length: 30 }, (_, index) => pod(`web-${index}`, { owners }))).until(MINUTE);
    const [message] = story.messages;
    expect(message?.title).toBe("Back off: Deployment web in shop");
    expect(message?.delivery.notification.alerts[0]?.objects).toHaveLength(30);
  });

  it("that become known before the first message move the alert to its workload", () => {
    const story = bed().at(0, pod("web-1"), pod("web-2"));
    story
      .learn({ object: "test/Pod/shop/web-1", owners }, { object: "test/Pod/shop/web-2", owners })
      .at(5, pod("web-3", { owners }));
    story.until(MINUTE);
    expect(story.messages.map(({ alerts, occurrences, title }) => [alerts, occurrences, title])).toEqual([
      [1, 3, "Back off: Deployment web in shop"],
    ]);
  });

  it("that become known in two steps do so as well", () => {
    const story = bed().at(0, pod("web-1"));
    story.learn({ object: "test/Pod/shop/web-1", owners: ["ReplicaSet/web-7f"] });
    story.learn({ object: "test/ReplicaSet/shop/web-7f", owners: ["Deployment/web"] });
    expect(story.until(MINUTE).messages[0]?.title).toBe("Back off: Deployment web in shop");
  });

  it("that become known after the first message change no fingerprint", () => {
    const story = bed().at(0, pod("web-1")).until(MINUTE).learn({ object: "test/Pod/shop/web-1", owners });
    story.at(2 * MINUTE, pod("web-1", { owners })).until(10 * MINUTE);
    expect(story.messages).toHaveLength(1);
  });

  it("that become known then change none either where there is just one", () => {
    const story = bed().at(0, pod("web-1")).until(MINUTE);
    story.at(2 * MINUTE, pod("web-1", { owners: ["StatefulSet/web"] })).until(10 * MINUTE);
    expect(story.messages).toHaveLength(1);
  });

  it("that become known keep the time at which the message goes out", () => {
    const story = bed().at(0, pod("web-1"));
    story.until(20).learn({ object: "test/Pod/shop/web-1", owners }).until(HOUR);
    expect(story.messages[0]?.at).toBe(30);
  });

  it("that become known after one rule has told of a Pod split no alert of another", () => {
    const rules = `
rules:
  - { name: pod, match: { reason: BackOff, name: web-1 } }
  - { name: workload, match: { reason: Unhealthy } }
`;
    const story = bed({ rules })
      .at(0, pod("web-1"))
      .until(MINUTE)
      .learn({ object: "test/Pod/shop/web-1", owners });
    story.at(
      2 * MINUTE,
      pod("web-1", { reason: "Unhealthy", owners }),
      pod("web-2", { reason: "Unhealthy", owners }),
    );
    expect(story.until(10 * MINUTE).messages.map(({ alerts, title }) => [alerts, title])).toEqual([
      [1, "Back off: Pod web-1 in shop"],
      [1, "Unhealthy: Deployment web in shop"],
    ]);
  });

  it("that become known while one of two alerts only waits for its threshold lose nothing", () => {
    const rules = "rules: [{ name: it, match: { reason: BackOff }, threshold: { count: 3, within: 10m } }]";
    const story = bed({ rules }).at(0, pod("web-2", { owners }), pod("web-1", { count: 3 }));
    story.learn({ object: "test/Pod/shop/web-1", owners }).until(MINUTE);
    expect(story.timeline).toEqual(["30 firing/first ops Back off: Deployment web in shop"]);
    expect(story.messages[0]?.occurrences).toBe(4);
  });

  it("that become known take back an end that nobody was told yet", () => {
    const story = bed().at(0, pod("web-2", { owners })).at(40, started("web-2")).at(41, pod("web-1"));
    story.learn({ object: "test/Pod/shop/web-1", owners }).until(6 * MINUTE);
    expect(story.messages.map(({ kind }) => kind)).toEqual(["firing"]);
    expect(
      [...story.engine.alerts()].map(({ phase, resolvedBy, members }) => [phase, resolvedBy, members.length]),
    ).toEqual([["firing", undefined, 2]]);
  });

  it("that become known change only the members they own", () => {
    const rules = "rules: [{ name: it, match: { reason: BackOff }, identity: [namespace] }]";
    const story = bed({ rules }).at(0, pod("web-1"), pod("other"));
    story.learn({ object: "test/Pod/shop/web-1", owners });
    const [alert] = story.engine.alerts();
    expect(alert?.members.map(({ name, workload }) => [name, workload])).toEqual([
      ["web-1", "Deployment/web"],
      ["other", "Pod/other"],
    ]);
  });
});

describe("points beside alerts that end", () => {
  const rules = `
rules:
  - { name: bad, match: { reason: [Pressure, Oom] }, identity: [object, reason] }
`;
  const reasons =
    "reasons: [{ component: kubelet, reason: Oom, kinds: [Node], lifecycle: point, severity: critical, meaning: x }]";
  const pressure: EventSketch = { reason: "Pressure", object: "/Node/n" };
  const oom: EventSketch = { reason: "Oom", object: "/Node/n" };

  it("are not told again after the others have ended", () => {
    const story = bed({ rules, reasons })
      .at(0, pressure, oom)
      .at(HOUR / 2, { ...pressure, object: "/Node/m" });
    expect(
      story.until(35 * MINUTE).messages.map(({ at, kind, trigger, alerts }) => [at, kind, trigger, alerts]),
    ).toEqual([
      [10, "firing", "first", 2],
      [930, "resolved", "all-resolved", 1],
      [1830, "update", "new-alert", 2],
    ]);
  });

  it("do not swallow an end that comes together with a new point", () => {
    const story = bed({ rules, reasons })
      .at(0, pressure)
      .at(15 * MINUTE, oom)
      .until(3 * HOUR);
    expect(story.messages.map(({ at, kind, title }) => [at, kind, title])).toEqual([
      [30, "firing", "Pressure: Node n"],
      [910, "update", "Oom: Node n"],
      [970, "resolved", "No longer seen: Pressure: Node n"],
    ]);
    expect([...story.engine.groups()]).toEqual([]);
  });
});

describe("decisions", () => {
  const sinks = [{ name: "ops" }, { name: "pager", minSeverity: "critical" as const }];
  const rows = (story: EngineBed): readonly unknown[] =>
    story.changes
      .flatMap((change) => change.decisions)
      .map((row) => [row.sink, row.outcome, row.reason, row.occurrences]);

  it("say of each sink what became of every occurrence", () => {
    const story = bed({ sinks, route: "sinks: [ops, pager]" })
      .at(0, pod("a", { name: "x", count: 3 }))
      .at(MINUTE, pod("a", { name: "x", count: 7 }))
      .at(10 * MINUTE, started("a"))
      .until(HOUR);
    expect(rows(story)).toEqual([
      ["pager", "suppressed", "min_severity", 3],
      ["ops", "notified", "first", 3],
      ["ops", "notified", "all-resolved", 4],
      ["pager", "suppressed", "min_severity", 4],
    ]);
  });

  it("are counted as well, as are the phases of alerts", () => {
    const story = bed({ sinks, route: "sinks: [ops, pager]" })
      .at(0, pod("a", { name: "x", count: 3 }))
      .at(10 * MINUTE, started("a"))
      .until(HOUR);
    expect([...story.heldBack]).toEqual([["min_severity", 3]]);
    expect(story.transitions).toEqual([
      "back-off pending",
      "back-off firing",
      "back-off resolved",
      "back-off forgotten",
    ]);
    const short = bed().at(0, pod("a"), pod("a")).at(10, started("a"));
    expect([...short.heldBack]).toEqual([["cleared_before_notice", 2]]);
    const pending = bed({
      rules: "rules: [{ name: it, match: { reason: X }, threshold: { count: 9, within: 10m } }]",
    });
    expect([...pending.at(0, pod("a", { reason: "X" })).until(HOUR).heldBack]).toEqual([["threshold", 1]]);
    const dropped = bed({ rules: `${RULES}drop: [{ name: d, match: { namespace: shop } }]\n` });
    expect([...dropped.at(0, pod("a", { count: 4 })).heldBack]).toEqual([["drop", 4]]);
  });

  it("say that an end in time was the reason, where nobody was told", () => {
    const story = bed({ sinks }).at(0, pod("a")).at(20, started("a")).until(HOUR);
    expect(rows(story)).toEqual([["ops", "suppressed", "cleared_before_notice", 1]]);
  });

  it("count what a point did after it was told", () => {
    const oom: EventSketch = { reason: "SystemOOM", object: "/Node/n" };
    const story = bed()
      .at(0, oom)
      .at(10 * MINUTE, oom, oom)
      .until(3 * HOUR);
    expect(rows(story)).toEqual([
      ["ops", "notified", "first", 1],
      ["ops", "suppressed", "repeat", 2],
    ]);
  });

  it("count what came before a part of the group ended, also when another part is told of just then", () => {
    const story = bed()
      .at(0, pod("a"), pod("b"))
      .at(10 * MINUTE, pod("a"), started("a"), pod("c"))
      .until(12 * MINUTE);
    expect(rows(story).slice(2)).toEqual([
      ["ops", "suppressed", "repeat", 1],
      ["ops", "notified", "new-alert", 0],
      ["ops", "notified", "new-alert", 1],
      ["ops", "notified", "new-alert", 0],
    ]);
  });

  it("say that a sink that wants no ends was not told", () => {
    const story = bed({ sinks: [{ name: "ops", sendResolved: false }] })
      .at(0, pod("a"))
      .at(10 * MINUTE, started("a"))
      .until(HOUR);
    expect(rows(story).at(-1)).toEqual(["ops", "suppressed", "send_resolved", 0]);
  });
});

describe("an alert in two groups", () => {
  it("that fires again after one of them was told of its end is told there anew", () => {
    const route = `
      sinks: [ops]
      routes: [{ name: quick, sinks: [ops], continue: true }, { name: slow, sinks: [shop], groupWait: 20m }]
    `;
    const story = bed({ route, sinks: [{ name: "ops" }, { name: "shop" }] })
      .at(0, pod("a"))
      .at(12 * MINUTE, pod("a"));
    story
      .at(22 * MINUTE, started("a"))
      .at(23 * MINUTE, pod("a"))
      .until(30 * MINUTE);
    expect(story.messages.map(({ at, sink, kind }) => [at, sink, kind])).toEqual([
      [30, "ops", "firing"],
      [1200, "shop", "firing"],
      [1350, "ops", "resolved"],
      [1410, "ops", "firing"],
    ]);
  });
});

describe("forwarding", () => {
  it("counts for a new forward nothing that came before it", () => {
    const story = bed().at(0, pod("a")).until(60);
    story.reload({ rules: RULES, forward: "[{ name: all, sinks: [ops] }]" });
    story.at(61, pod("b", { name: "x", count: 50, firstSeen: 0 }), pod("c", { name: "y", count: 3 }));
    const deltas = story.changes.flatMap(({ records }) =>
      records.map(({ body }) => (JSON.parse(body) as { delta: number }).delta),
    );
    expect(deltas).toEqual([1, 3]);
  });

  it("makes a record of every occurrence and sink, with an id that stays the same", () => {
    const make = (): EngineBed =>
      bed({ forward: "[{ name: all, sinks: [ops] }]" }).at(0, pod("a", { name: "x", count: 3 }));
    const records = make().changes.flatMap((change) => change.records);
    expect(records.map(({ id }) => id)).toEqual(
      make().changes.flatMap((change) => change.records.map(({ id }) => id)),
    );
    expect(JSON.parse(records[0]?.body ?? "")).toMatchObject({
      kind: "event",
      forward: "all",
      delta: 3,
      event: { reason: "BackOff" },
    });
  });
});
