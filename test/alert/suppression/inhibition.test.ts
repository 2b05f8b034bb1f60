import { describe, expect, it } from "vitest";

import { compileInhibition } from "../../../src/alert/suppression/inhibit-spec.ts";
import { LABEL_NAMES } from "../../../src/rule/index.ts";
import { EngineBed, type EventSketch, START } from "../../support/engine-bed.ts";
import { ObjectStates } from "../../support/object-states.ts";
import { HOUR, MINUTE, type Options, told } from "./crash-loops.ts";

const RULES = `
rules:
  - name: node-down
    match: { reason: NodeNotReady, kind: Node }
    lifecycle: transition
    severity: critical
    for: 60s
    resolve: { by: [{ reason: NodeReady, same: [object] }] }
  - { name: crash, match: { reason: BackOff }, severity: warning, resolve: { quiet: 3h } }
  - { name: stuck, match: { reason: Stuck }, severity: warning, lifecycle: transition }
  - { name: echo, match: { reason: NodeNotReady, kind: Pod }, severity: info, lifecycle: point }
`;

function bed(more: Options = {}): EngineBed {
  return new EngineBed({ rules: RULES, route: "{ sinks: [ops], repeatInterval: 12h }", ...more });
}

const down: EventSketch = {
  reason: "NodeNotReady",
  type: "Normal",
  object: "/Node/n1",
  component: "node-controller",
};
const up: EventSketch = { ...down, reason: "NodeReady" };

function pod(name: string, more: Partial<EventSketch> = {}): EventSketch {
  return { reason: "BackOff", object: `shop/Pod/${name}`, host: "n1", name: `${name}.backoff`, ...more };
}

/** A controller says it of each Pod of the node, and does not name the node. */
function echo(name: string): EventSketch {
  return {
    reason: "NodeNotReady",
    object: `shop/Pod/${name}`,
    component: "node-controller",
    host: "",
    node: "n1",
  };
}

describe("what a node takes down with it", () => {
  it.each([
    ["before it", -20],
    ["with it", 0],
    ["20 s after it", 20],
  ])("is not told of when it comes %s", (_name, offset) => {
    const story = bed()
      .until(HOUR)
      .at(HOUR + Math.min(0, offset), ...(offset < 0 ? [pod("a"), echo("b")] : [down]))
      .at(HOUR + Math.max(0, offset), ...(offset < 0 ? [down] : [pod("a"), echo("b")]))
      .until(2 * HOUR);
    expect(told(story)).toEqual([`${HOUR + 70} firing/first 1`]);
    expect(story.messages[0]?.delivery.notification.suppressed).toEqual({ inhibition: 2 });
    expect(Object.fromEntries(story.heldBack)).toEqual({ inhibition: 2 });
  });

  it("is told of when the node says nothing, or another node does", () => {
    const silent = bed().at(0, pod("a")).until(HOUR);
    expect(told(silent)).toEqual(["30 firing/first 1"]);
    const other = bed()
      .at(0, { ...down, object: "/Node/n2" }, pod("a"))
      .until(HOUR);
    expect(told(other)).toEqual(["30 firing/first 1", "70 firing/first 1"]);
  });

  it("is told of when its node is not known", () => {
    const story = bed()
      .at(0, down, { ...echo("a"), node: "", reason: "Stuck" })
      .until(HOUR);
    expect(told(story)).toEqual(["30 firing/first 1", "70 firing/first 1"]);
  });

  it("is told of while one of its objects is elsewhere, and not when all nodes are down", () => {
    const owners = ["Deployment/web"];
    const both = [pod("a", { owners }), pod("b", { owners, host: "n2" })];
    const half = bed()
      .at(0, down, ...both)
      .until(HOUR);
    expect(told(half)).toEqual(["30 firing/first 1", "70 firing/first 1"]);
    const whole = bed()
      .at(0, down, { ...down, object: "/Node/n2" }, ...both)
      .until(HOUR);
    expect(told(whole)).toEqual(["70 firing/first 2"]);
    expect(whole.messages[0]?.delivery.notification.suppressed).toEqual({ inhibition: 1 });
  });

  it("is told of afterwards only when it is heard of again, two minutes after the end at the earliest", () => {
    const story = bed()
      .at(0, down, pod("gone"), pod("still"), echo("e"))
      .at(8 * MINUTE, up)
      // Pods are late, and one Event happened before the end.
      .at(9 * MINUTE, pod("still"), pod("late", { lastSeen: 7 * MINUTE }))
      .at(20 * MINUTE, pod("still"))
      .until(HOUR);
    expect(told(story)).toEqual([
      "70 firing/first 1",
      `${8 * MINUTE + 10} resolved/all-resolved 1`,
      `${20 * MINUTE + 30} firing/first 1`,
    ]);
    expect(story.messages.at(-1)?.title).toContain("still");
  });

  it("is told of afterwards when it lasts until something ends it, and never when it merely happened", () => {
    const story = bed()
      .at(0, down, { ...echo("a"), reason: "Stuck" }, echo("b"))
      .at(8 * MINUTE, up)
      .until(2 * HOUR);
    expect(told(story)).toEqual([
      "70 firing/first 1",
      `${8 * MINUTE + 10} resolved/all-resolved 1`,
      `${10 * MINUTE} firing/first 1`,
    ]);
    expect(Object.fromEntries(story.heldBack)).toMatchObject({ inhibition: 2 });
  });

  it("is told of when its node comes back before anybody is told of the node, be it that it merely happened", () => {
    const story = bed().at(0, down, pod("a"), echo("b")).at(50, up).until(HOUR);
    expect(story.messages.map(({ at, title }) => `${at} ${title}`)).toEqual([
      "80 Back off: Pod a in shop",
      "80 Node not ready: Pod b in shop",
    ]);
  });

  it("is news when it begins after the end, and held back when its Event is only late", () => {
    const story = bed()
      .at(0, down)
      .at(8 * MINUTE, up)
      .at(9 * MINUTE, pod("late", { lastSeen: 7 * MINUTE }), pod("new"));
    expect(told(story.until(HOUR))).toEqual([
      "70 firing/first 1",
      `${8 * MINUTE + 10} resolved/all-resolved 1`,
      `${9 * MINUTE + 30} firing/first 1`,
    ]);
    expect(story.messages.at(-1)?.title).toContain("new");
  });

  it("is news when it hits a pod that was not there at the end", () => {
    const owners = ["Deployment/web"];
    const story = bed()
      .at(0, down, pod("a", { owners }))
      .at(8 * MINUTE, up)
      .at(9 * MINUTE, pod("b", { owners }))
      .until(HOUR);
    expect(told(story).at(-1)).toBe(`${9 * MINUTE + 30} firing/first 1`);
  });

  it("is told of when it began longer than a minute before it", () => {
    const early = bed().at(0, pod("a")).at(20, pod("b")).at(70, down).until(HOUR);
    expect(told(early)[0]).toBe("30 firing/first 2");
    const slow = bed({ route: "{ sinks: [ops], groupWait: 3m }" }).at(0, pod("a")).at(70, down);
    expect(told(slow.until(HOUR))).toEqual(["140 firing/first 1", "180 firing/first 1"]);
    const soon = bed({ route: "{ sinks: [ops], groupWait: 3m }" }).at(0, pod("a")).at(50, down);
    expect(told(soon.until(HOUR))).toEqual(["120 firing/first 1"]);
  });

  it("has a decision that names the cause, and says whether it lasts, has just ended, or ended without it", () => {
    const cause = { fingerprint: expect.any(String), others: 0 };
    const name = { rule: "node-down", namespace: "", workload: "Node/n1" };
    const story = bed()
      .at(0, down, pod("a"), pod("b"))
      .at(8 * MINUTE, up)
      // Of the time before the end, and read after it.
      .at(8 * MINUTE + 30, pod("late", { lastSeen: 7 * MINUTE }))
      .at(9 * MINUTE + 10, pod("a", { lastSeen: 7 * MINUTE }))
      .until(HOUR);
    const causes = story.changes.flatMap(({ decisions }) =>
      decisions.flatMap(({ reason, cause: by }) => (reason === "inhibition" ? [by] : [])),
    );
    const endedAt = START + 8 * MINUTE * 1000;
    expect(causes).toEqual([
      { ...cause, name, standing: "lasts", endedAt: undefined },
      { ...cause, name, standing: "lasts", endedAt: undefined },
      { ...cause, name, standing: "late", endedAt },
      { ...cause, name, standing: "not-again", endedAt },
    ]);
  });

  it("changes nothing of what somebody was told before: it is repeated, and ends", () => {
    const story = bed({ route: "{ sinks: [ops], repeatInterval: 1h }" })
      .at(0, pod("a"))
      .at(30 * MINUTE, down)
      .at(2 * HOUR, up)
      .until(5 * HOUR);
    expect(told(story)).toEqual([
      "30 firing/first 1",
      `${30 * MINUTE + 70} firing/first 1`,
      `${HOUR + 30} repeat/repeat 1`,
      `${HOUR + 30 * MINUTE + 70} repeat/repeat 1`,
      `${2 * HOUR + 10} resolved/all-resolved 1`,
      `${3 * HOUR + 30} resolved/all-resolved 1`,
    ]);
  });

  it("stays held back over a restart at any time, and over a reload", () => {
    const story = bed().at(0, down, pod("a"), pod("b"));
    for (const at of [20, 40, 65, 80, 7 * MINUTE]) story.until(at).restart();
    story.at(8 * MINUTE, up).until(8 * MINUTE + 20);
    story
      .restart()
      .at(9 * MINUTE, pod("late", { lastSeen: 7 * MINUTE }))
      .restart();
    story.reload({ rules: RULES, route: "{ sinks: [ops], repeatInterval: 12h }" });
    story.at(12 * MINUTE, pod("b")).until(HOUR);
    expect(told(story)).toEqual([
      "70 firing/first 1",
      `${8 * MINUTE + 10} resolved/all-resolved 1`,
      `${12 * MINUTE + 30} firing/first 1`,
    ]);
  });

  it("is told of at once when the rule is switched off", () => {
    const story = bed()
      .at(0, down, pod("a"))
      .until(10 * MINUTE);
    story.reload({
      rules: RULES,
      route: "{ sinks: [ops], repeatInterval: 12h }",
      inhibit: "[{ name: node, enabled: false }]",
    });
    expect(told(story.until(20 * MINUTE))).toEqual(["70 firing/first 1", "600 firing/first 1"]);
  });

  it("leaves nothing behind", () => {
    const story = bed()
      .at(0, down, pod("a"), echo("b"))
      .at(8 * MINUTE, up)
      .until(26 * HOUR);
    expect([[...story.engine.alerts()], [...story.engine.groups()], story.engine.nextDueAt()]).toEqual([
      [],
      [],
      undefined,
    ]);
    expect(story.transitions.filter((line) => line.endsWith("forgotten")).toSorted()).toEqual([
      "crash forgotten",
      "echo forgotten",
      "node-down forgotten",
    ]);
  });

  it("is held back by a node that fails again within the two minutes", () => {
    const story = bed()
      .at(0, down)
      .at(8 * MINUTE, up)
      .at(9 * MINUTE, down, pod("a"))
      .until(HOUR);
    expect(told(story)).toEqual([
      "70 firing/first 1",
      `${8 * MINUTE + 10} resolved/all-resolved 1`,
      `${10 * MINUTE + 10} firing/first 1`,
    ]);
  });
});

describe("a cause about a node", () => {
  const node = (ready: "True" | "Unknown") => ({
    metadata: { name: "n1", uid: "u" },
    status: { conditions: [{ type: "Ready", status: ready, lastTransitionTime: "2026-06-01T09:00:00Z" }] },
  });

  it("holds nothing back when the state of the node says otherwise", () => {
    const states = new ObjectStates().set(0, "/Node/n1", node("True"));
    const story = bed({ states }).at(0, down, pod("a")).until(45);
    expect(told(story)).toEqual(["30 firing/first 1"]);
    expect(story.inquiries.some(({ object }) => object === "test/Node//n1")).toBe(true);
  });

  it("holds back while the state of the node says the same, or nothing is known of it", () => {
    for (const states of [new ObjectStates().set(0, "/Node/n1", node("Unknown")), new ObjectStates()])
      expect(
        told(
          bed({ states })
            .at(0, down, pod("a"))
            .until(5 * MINUTE),
        ),
      ).toEqual(["70 firing/first 1"]);
  });

  it("is no Node of somebody's namespace", () => {
    const forged = { ...down, object: "evil/Node/n1" };
    expect(told(bed().at(0, forged, pod("a")).until(45))).toEqual(["30 firing/first 1"]);
  });
});

describe("the pairs that ship", () => {
  const rules = `
rules:
  - { name: node-disk-pressure, match: { reason: NodeHasDiskPressure }, lifecycle: transition, severity: warning }
  - { name: pod-evicted, match: { reason: Evicted }, lifecycle: point, severity: warning, identity: [namespace, node] }
  - { name: liveness-probe-restarts, match: { reason: Killing }, severity: warning, resolve: { quiet: 30m } }
  - { name: crash-loop, match: { reason: BackOff }, severity: warning, resolve: { quiet: 30m } }
`;
  const titles = (story: EngineBed): readonly string[] => story.messages.map(({ title }) => title);

  it("are a node short of disk and its evictions, which its message counts", () => {
    const pressure = { ...down, reason: "NodeHasDiskPressure" };
    const story = bed({ rules })
      .at(0, pressure)
      .at(10, pod("a", { reason: "Evicted" }), pod("b", { reason: "Evicted", object: "pay/Pod/b" }))
      .at(12, pod("c", { reason: "Evicted", host: "n2" }))
      .until(5 * MINUTE);
    expect(titles(story).toSorted()).toEqual(["Evicted: Pod c in shop", "Node has disk pressure: Node n1"]);
    expect(story.messages[0]?.notification.suppressed).toEqual({ inhibition: 2 });
  });

  it("are a probe that keeps restarting a container and the crash loop of that container", () => {
    const owners = ["Deployment/web"];
    const story = bed({ rules })
      .at(0, pod("a", { reason: "Killing", owners, container: "app" }))
      .at(
        4,
        pod("b", { owners, container: "app" }),
        pod("a", { owners: ["Deployment/db"], container: "app" }),
      )
      .until(5 * MINUTE);
    expect(titles(story).toSorted()).toEqual([
      "Back off: Deployment db in shop",
      "Killing: Deployment web in shop",
    ]);
  });
});

describe("a claim and the pods that wait for it", () => {
  const rules = `
rules:
  - { name: volume-claim-not-binding, match: { reason: FailedBinding }, severity: warning, resolve: { quiet: 1h } }
  - { name: pod-unschedulable, match: { reason: FailedScheduling }, severity: warning, resolve: { quiet: 1h } }
`;
  const claim: EventSketch = { reason: "FailedBinding", object: "shop/PersistentVolumeClaim/data" };
  const unschedulable = (name: string): EventSketch => ({
    reason: "FailedScheduling",
    object: "shop/Pod/web",
    message: `0/3 nodes are available: persistentvolumeclaim "${name}" is being deleted`,
  });

  it("are one problem where the scheduler names the claim", () => {
    const waiting = bed({ rules })
      .at(0, claim, unschedulable("data"))
      .until(5 * MINUTE);
    expect(waiting.messages.map(({ title }) => title)).toEqual([
      "Failed binding: PersistentVolumeClaim data in shop",
    ]);
    const other = bed({ rules })
      .at(0, claim, unschedulable("data-2"))
      .until(5 * MINUTE);
    expect(other.messages).toHaveLength(2);
  });

  it.each([
    ["one", ["data"], 1],
    ["another one", ["logs"], 2],
  ])("are one problem where the pod has it, and %s is without a volume", (_which, claims, messages) => {
    const volumes = claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
    const states = new ObjectStates().set(0, "shop/Pod/web", {
      metadata: { uid: "uid-1" },
      spec: { volumes },
    });
    const message = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found";
    const story = new EngineBed({ rules, states })
      .at(0, claim, { ...unschedulable("data"), message })
      .until(5 * MINUTE);
    expect(story.messages).toHaveLength(messages);
    const full = "0/3 nodes are available: 3 Insufficient cpu.";
    const cpu = new EngineBed({ rules, states }).at(0, claim, { ...unschedulable("data"), message: full });
    expect(cpu.until(5 * MINUTE).messages).toHaveLength(2);
  });
});

describe("two alerts of one object", () => {
  const rules = `
rules:
  - { name: bad, match: { reason: Bad }, severity: critical, resolve: { quiet: 2h } }
  - { name: poor, match: { reason: Poor }, severity: warning, resolve: { quiet: 4h } }
  - { name: boom, match: { reason: Boom }, severity: critical, lifecycle: point }
`;

  it("are told as the worse one", () => {
    const story = bed({ rules })
      .at(0, { reason: "Bad" }, { reason: "Poor" }, { reason: "Poor", object: "shop/Pod/web-2" })
      .until(HOUR);
    expect(story.messages.map(({ at, title }) => `${at} ${title}`)).toEqual([
      "10 Bad: Pod web-1 in shop",
      "30 Poor: Pod web-2 in shop",
    ]);
  });

  it("are both told when the worse one merely happened: it lasts for no time", () => {
    const story = bed({ rules }).at(0, { reason: "Boom" }, { reason: "Poor" }).until(HOUR);
    expect(story.messages).toHaveLength(2);
  });
});

describe("a rule of one's own", () => {
  const rules = `
rules:
  - { name: cause, match: { reason: Cause }, resolve: { quiet: 1h } }
  - { name: effect, match: { reason: Effect }, resolve: { quiet: 1h } }
`;
  const inhibit = `
- { name: mine, source: { rule: cause }, target: { rule: effect }, equal: [namespace] }
`;

  it("holds back where its labels are the same", () => {
    const story = bed({ rules, inhibit })
      .at(0, { reason: "Cause" }, { reason: "Effect" }, { reason: "Effect", object: "lab/Pod/x" })
      .until(HOUR);
    expect(story.messages.map(({ title }) => title)).toEqual([
      "Cause: Pod web-1 in shop",
      "Effect: Pod x in lab",
    ]);
  });

  it("holds nothing back by what is both cause and consequence", () => {
    const both = "[{ name: mine, source: { namespace: shop }, target: { namespace: shop } }]";
    const story = bed({ rules, inhibit: both }).at(0, { reason: "Cause" }, { reason: "Effect" }).until(HOUR);
    expect(story.messages).toHaveLength(2);
  });

  it("holds nothing back while the threshold of its cause is not met", () => {
    const more = rules.replace(
      "{ reason: Cause }",
      "{ reason: Cause }, threshold: { count: 3, within: 10m }",
    );
    const story = bed({ rules: more, inhibit }).at(0, { reason: "Cause" }, { reason: "Effect" }).until(HOUR);
    expect(story.messages.map(({ title }) => title)).toEqual(["Effect: Pod web-1 in shop"]);
  });

  it("comes before mute and silence, so that news has to be fresh afterwards", () => {
    const story = bed({
      rules,
      inhibit,
      silences: "[{ name: s, match: { rule: effect }, until: 2026-06-01T10:10:00Z, comment: x }]",
    })
      .at(0, { reason: "Cause" }, { reason: "Effect" })
      .until(50 * MINUTE);
    expect(story.messages.map(({ title }) => title)).toEqual(["Cause: Pod web-1 in shop"]);
    expect(Object.fromEntries(story.heldBack)).toEqual({ inhibition: 1 });
  });
});

describe("inhibition rules", () => {
  const compile = (
    ...specs: readonly unknown[]
  ): { readonly names: readonly string[]; readonly faults: unknown } => {
    const { rules, faults } = compileInhibition(specs, { names: new Set(LABEL_NAMES) }, ["inhibit"]);
    return {
      names: rules.map(({ name }) => name),
      faults: faults.map(({ path, message, level }) => [path.join("."), level, message]),
    };
  };
  const shipped = [
    "node",
    "node-leaving",
    "node-pressure",
    "probe",
    "claim",
    "critical",
    "warning",
    "workload",
  ];

  it("are those that are shipped, others beside them, or in their place", () => {
    expect(compile()).toEqual({ names: shipped, faults: [] });
    const sound = { source: { kind: "Node" }, target: { kind: "Pod" } };
    expect(compile({ name: "mine", ...sound }, { name: "node", ...sound })).toEqual({
      names: [...shipped, "mine"],
      faults: [],
    });
    expect(compile({ name: "workload", enabled: false })).toEqual({
      names: shipped.slice(0, -1),
      faults: [],
    });
  });

  it("have everything that is wrong told", () => {
    const { faults } = compile(
      { name: "a", source: { knd: "Node" }, target: {} },
      { name: "a", source: { kind: "Node" }, target: { kind: "Pod" }, equal: ["nod"] },
      { name: "worklod", enabled: false },
      { name: "b" },
      { name: "c", source: { kind: "Node" }, target: { kind: "Pod" }, equalNodes: true },
    );
    expect(faults).toEqual([
      ["inhibit.0.source.knd", "error", expect.stringContaining('did you mean "kind"') as string],
      ["inhibit.0.target", "error", "empty: name at least one label, as in target: { kind: Node }"],
      ["inhibit.1.name", "error", 'another one is called "a" already'],
      ["inhibit.1.equal.0", "error", expect.stringContaining('did you mean "node"') as string],
      ["inhibit.2.name", "warning", expect.stringContaining('did you mean "workload"') as string],
      ["inhibit.3", "error", "source is missing: name at least one label, as in source: { kind: Node }"],
      ["inhibit.3", "error", "target is missing: name at least one label, as in target: { kind: Node }"],
      ["inhibit.4.equalNodes", "error", expect.stringContaining("equalNode") as string],
    ]);
  });
});
