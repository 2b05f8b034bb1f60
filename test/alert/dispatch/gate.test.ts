import { describe, expect, it } from "vitest";

import { ObjectKey } from "../../../src/event/index.ts";
import { EngineBed, type EventSketch } from "../../support/engine-bed.ts";
import { nodeBody, podBody } from "../../support/object-bodies.ts";
import { ObjectStates } from "../../support/object-states.ts";

const RULES = `
rules:
  - { name: it, match: { reason: BackOff }, severity: warning }
  - { name: other, match: { reason: Other }, severity: warning }
  - { name: bad, match: { reason: Bad }, severity: critical }
`;
const ROUTE = "{ sinks: [ops], groupBy: [rule, cluster, namespace] }";
const SICK = podBody();

const backOff = (more: Partial<EventSketch> = {}): EventSketch => ({
  reason: "BackOff",
  container: "app",
  ...more,
});
const key = (name: string, namespace = "shop"): string =>
  ObjectKey.format({ cluster: "test", kind: "Pod", namespace, name });

function bed(states = new ObjectStates().set(0, "shop/Pod/web-1", SICK)): EngineBed {
  return new EngineBed({ rules: RULES, route: ROUTE, states });
}

/** A bed whose inquiries the test answers. */
function silent(): EngineBed {
  const made = bed();
  made.answers = false;
  return made;
}

const answer = (story: EngineBed, name: string): void => {
  story.step({
    kind: "facts",
    facts: [
      { object: key(name), at: Date.parse("2026-06-01T10:00:00Z") + story.now * 1000, found: "unknown" },
    ],
  });
};

/** The inquiries before messages. */
const asked = (story: EngineBed): EngineBed["inquiries"] =>
  story.inquiries.filter(({ purpose }) => purpose === "tell");

const askedBeside = (story: EngineBed, kind: string): EngineBed["inquiries"] =>
  asked(story).filter(({ object }) => ObjectKey.parse(object).kind !== kind);

const sent = (story: EngineBed): readonly string[] => story.messages.map(({ at, kind }) => `${at} ${kind}`);

describe("a message about an object whose state can be asked for", () => {
  it("is made at once when the answer is there", () => {
    const story = bed().at(0, backOff()).until(60);
    expect(sent(story)).toEqual(["30 firing"]);
    expect(asked(story)).toMatchObject([{ object: key("web-1"), purpose: "tell", at: 30 }]);
  });

  it("waits for an answer a second at the most", () => {
    expect(sent(silent().at(0, backOff()).until(60))).toEqual(["31 firing"]);
  });

  it("goes out as soon as the answer is there", () => {
    const story = silent().at(0, backOff()).until(30.25);
    answer(story, "web-1");
    expect(sent(story)).toEqual(["30.25 firing"]);
  });

  it("says in its decision how long it waited, and whether the state was known", () => {
    const notes = (story: EngineBed) =>
      story.changes.flatMap(({ decisions }) => decisions.map(({ waits, checked }) => ({ waits, checked })));
    expect(notes(bed().at(0, backOff()).until(60))).toEqual([{ waits: undefined, checked: "verified" }]);
    const late = silent().at(0, backOff()).until(60);
    expect(notes(late)).toEqual([{ waits: [{ for: "state", ms: 1000 }], checked: "late" }]);
    const answered = silent().at(0, backOff()).until(30.25);
    answer(answered, "web-1");
    expect(notes(answered)).toEqual([{ waits: [{ for: "state", ms: 250 }], checked: "unknown" }]);
  });

  it("waits for all answers", () => {
    const story = silent()
      .at(0, backOff(), backOff({ object: "shop/Pod/web-2" }))
      .until(30.25);
    answer(story, "web-1");
    expect(sent(story)).toEqual([]);
    answer(story, "web-2");
    expect(sent(story)).toEqual(["30.25 firing"]);
  });

  it("waits no longer because more alerts join meanwhile", () => {
    const story = silent().at(0, backOff());
    for (const step of [1, 2, 3, 4]) {
      story.at(30 + step * 0.2, backOff({ object: `shop/Pod/web-${step + 1}` }));
    }
    expect(story.until(60).messages[0]).toMatchObject({ at: 31, alerts: 5 });
  });

  it("waits a second too when it is critical", () => {
    expect(
      sent(
        silent()
          .at(0, backOff({ reason: "Bad" }))
          .until(60),
      ),
    ).toEqual(["11 firing"]);
  });

  it("waits no second time for an object that does not answer", () => {
    const story = silent()
      .at(0, backOff())
      .at(5, backOff({ reason: "Other" }))
      .until(60);
    expect(sent(story)).toEqual(["31 firing", "35 firing"]);
  });

  it("says meanwhile that it is checking", () => {
    const story = silent().at(0, backOff()).until(30.5);
    const [alert] = story.engine.alerts();
    expect(alert && story.engine.conditionOf(alert, 0)).toBe("checking");
    story.until(31);
    const [told] = story.engine.alerts();
    expect(told && story.engine.conditionOf(told, 0)).toBe("firing");
  });

  it("waits anew after a restart, and is not lost", () => {
    const story = silent().at(0, backOff()).until(30.5).restart().until(60);
    expect(sent(story)).toEqual(["31.5 firing"]);
  });

  it("is not lost when its quiet time ends meanwhile", () => {
    const story = new EngineBed({
      rules: `rules: [{ name: it, match: { reason: BackOff }, resolve: { by: [], quiet: 30s } }]`,
      states: new ObjectStates(),
    });
    story.answers = false;
    expect(sent(story.at(0, backOff()).until(40))).toEqual(["31 firing"]);
  });

  it("asks about ten objects of an alert, and fifty of a message, the newest first", () => {
    const one = silent()
      .at(
        0,
        ...Array.from({ length: 30 }, (_, index) =>
          backOff({ object: `shop/Pod/web-${index}`, owners: ["Deployment/web"] }),
        ),
      )
      .until(60);
    expect(askedBeside(one, "Node")).toHaveLength(10);
    expect(asked(one)[0]?.object).toContain("Deployment");
    const many = silent()
      .at(0, ...Array.from({ length: 80 }, (_, index) => backOff({ object: `shop/Pod/web-${index}` })))
      .until(60);
    expect(askedBeside(many, "Node")).toHaveLength(50);
  });

  it("asks about the node of three pods, and says what is wrong with it", () => {
    const states = new ObjectStates().set(0, "/Node/n1", nodeBody(undefined));
    const pods = [1, 2, 3].map((index) => backOff({ object: `shop/Pod/web-${index}`, node: "n1" }));
    const story = bed(states)
      .at(0, ...pods)
      .until(60);
    const node = ObjectKey.format({ cluster: "test", kind: "Node", namespace: "", name: "n1" });
    expect(asked(story).filter(({ object }) => object === node)).toMatchObject([{ at: 30 }]);
    const told = story.messages[0]?.notification.alerts ?? [];
    expect(told.map(({ evidence }) => evidence?.summary)).toEqual(
      Array.from({ length: 3 }, () => "node n1, where Ready is Unknown"),
    );
    const two = bed(states)
      .at(0, ...pods.slice(1))
      .until(60);
    expect(asked(two).filter(({ object }) => object === node)).toEqual([]);
  });

  it("takes an answer of the last ten seconds, unless something happened after it", () => {
    const story = (): EngineBed =>
      bed()
        .at(0, backOff())
        .at(5, backOff({ reason: "Other", name: "one" }));
    const young = story().until(60);
    expect([sent(young), asked(young).map(({ at }) => at)]).toEqual([["30 firing", "35 firing"], [30]]);
    const newer = story()
      .at(32, backOff({ reason: "Other", name: "one" }))
      .until(60);
    expect([sent(newer), asked(newer).map(({ at }) => at)]).toEqual([
      ["30 firing", "35 firing"],
      [30, 35],
    ]);
  });
});

describe("what was known of the objects of a message", () => {
  const SICK_2 = new ObjectStates().set(0, "shop/Pod/web-1", SICK).set(0, "shop/Pod/web-2", SICK);
  const both = [backOff(), backOff({ object: "shop/Pod/web-2" })];

  it.each([
    ["verified", bed(SICK_2)],
    ["unknown", bed()],
    ["late", silent()],
    ["unasked", new EngineBed({ rules: RULES, route: ROUTE })],
  ])("is counted as %s", (result, story) => {
    story.at(0, ...both).until(60);
    expect(story.checks).toEqual([`ops ${result}`]);
  });

  it("counts what a message tells anew, not what the sink has", () => {
    const story = bed(SICK_2).at(0, backOff());
    story.at(60, backOff({ object: "shop/Pod/web-2" })).until(400);
    expect(story.checks).toEqual(["ops verified", "ops verified"]);
  });
});

describe("where nobody answers", () => {
  it("nothing is asked, and no message waits", () => {
    const story = new EngineBed({ rules: RULES, route: ROUTE }).at(0, backOff()).until(60);
    expect(sent(story)).toEqual(["30 firing"]);
    expect(story.inquiries).toEqual([]);
  });
});

describe("a repeat", () => {
  const rules = `rules: [{ name: it, match: { reason: BackOff }, severity: warning, resolve: { when: started } }]`;
  const route = "{ sinks: [ops], repeatInterval: 10m }";
  const notes = (story: EngineBed): readonly string[] =>
    story.messages.map(({ at, kind, delivery }) => `${at} ${kind} ${delivery.notification.text.note}`);

  it("says that the state of its object confirms it", () => {
    const states = new ObjectStates().set(0, "shop/Pod/web-1", SICK);
    const story = new EngineBed({ rules, route, states }).at(0, backOff({ objectUid: "uid-1" })).until(700);
    expect(notes(story)).toEqual(["30 firing ", "630 repeat Still so according to its status."]);
  });

  it("does not pretend to know without an answer", () => {
    const story = new EngineBed({ rules, route, states: new ObjectStates() });
    story.at(0, backOff({ objectUid: "uid-1" })).until(700);
    expect(notes(story)).toEqual(["30 firing ", "630 repeat "]);
  });
});

describe("a message that state clears", () => {
  const rules = `rules: [{ name: it, match: { reason: BackOff }, severity: warning, resolve: { when: started } }]`;
  const decisionsOf = (story: EngineBed): readonly string[] =>
    story.changes.flatMap(({ decisions }) => decisions.map(({ outcome, reason }) => `${outcome} ${reason}`));

  it.each([
    ["healthy_before_notice", podBody({ running: 20, ready: 20 })],
    ["gone_before_notice", "gone"],
    ["replaced_before_notice", podBody({ uid: "uid-2", created: 20 })],
  ] as const)("is not sent: %s", (reason, found) => {
    const states = new ObjectStates().set(0, "shop/Pod/web-1", found);
    const story = new EngineBed({ rules, states }).at(0, backOff({ objectUid: "uid-1" })).until(600);
    expect([story.messages, decisionsOf(story)]).toEqual([[], [`suppressed ${reason}`]]);
  });

  it("is sent for a rule that no state can clear, and says that the object is gone", () => {
    const states = new ObjectStates().set(0, "shop/Pod/web-1", "gone");
    const own = rules.replace("resolve: { when: started }", "resolve: { quiet: 1h }");
    const story = new EngineBed({ rules: own, states }).at(0, backOff({ objectUid: "uid-1" })).until(60);
    expect(story.messages[0]?.delivery.notification.alerts[0]?.evidence?.summary).toBe(
      "Pod web-1 does not exist any more",
    );
  });

  it("tells those of a group that are left", () => {
    const states = new ObjectStates().set(0, "shop/Pod/web-1", "gone").set(0, "shop/Pod/web-2", SICK);
    const story = new EngineBed({ rules, states });
    story
      .at(0, backOff({ objectUid: "u1" }), backOff({ object: "shop/Pod/web-2", objectUid: "u2" }))
      .until(60);
    expect(story.messages.map(({ at, title }) => [at, title])).toEqual([[30, "Back off: Pod web-2 in shop"]]);
  });
});

describe("a storm of which nothing is known", () => {
  const pods = Array.from({ length: 40 }, (_, index) => backOff({ object: `ns-${index}/Pod/p-${index}` }));
  const told = (story: EngineBed): number =>
    new Set(
      story.changes
        .flatMap(({ decisions }) => decisions)
        .filter(({ outcome }) => outcome === "notified")
        .map(({ fingerprint }) => fingerprint),
    ).size;

  it.each([
    ["merged messages", true],
    ["digests", false],
  ])("is told as soon as one of which nothing is asked, but for a second: %s", (_what, merges) => {
    const times = [undefined, new ObjectStates()].map((states) => {
      const story = new EngineBed({
        rules: RULES,
        route: ROUTE,
        sinks: [{ name: "ops", merges }],
        ...(states === undefined ? {} : { states }),
      });
      story.answers = false;
      story.at(0, ...pods).until(700);
      expect(told(story)).toBe(40);
      return story.messages.map(({ at }) => at);
    });
    const [plain = [], asking = []] = times;
    expect(asking).toHaveLength(plain.length);
    // A digest follows a message that waited too.
    const late = plain.map((at, index) => (asking[index] ?? Infinity) - at);
    expect([late[0], Math.max(...late) <= 2]).toEqual([1, true]);
  });
});
