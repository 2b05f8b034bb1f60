import { describe, expect, it } from "vitest";

import { EngineBed, type EventSketch, type SentMessage, START } from "../support/engine-bed.ts";

const MINUTE = 60;
const HOUR = 3600;

type Options = Partial<ConstructorParameters<typeof EngineBed>[0]>;

const RULES = `
rules:
  - name: back-off
    description: A container keeps crashing.
    match: { reason: BackOff }
    labels: { team: "{{ event.namespace }}" }
    resolve: { by: [{ reason: Started, same: [object] }], quiet: 3d }
  - name: down
    description: It is down.
    match: { reason: Down }
    severity: critical
    resolve: { by: [{ reason: Up, same: [object] }], quiet: 3d }
`;

/** Every twelve hours from the start on. */
const TWICE_A_DAY = {
  next: (now: number) => START + (Math.floor((now - START) / (12 * HOUR * 1000)) + 1) * 12 * HOUR * 1000,
};

function bed(options: Options = {}): EngineBed {
  return new EngineBed({ rules: RULES, sinks: [{ name: "ops", digest: TWICE_A_DAY }], ...options });
}

const crash = (namespace: string): EventSketch => ({ reason: "BackOff", object: `${namespace}/Pod/web` });
const event = (reason: string, namespace: string): EventSketch => ({
  reason,
  object: `${namespace}/Pod/web`,
});
const started = (namespace: string): EventSketch => ({ ...event("Started", namespace), type: "Normal" });

/** `hour kind/trigger title | namespace status …` of every message. */
function told(messages: readonly SentMessage[]): readonly string[] {
  return messages.map(({ at, kind, trigger, title, notification }) => {
    const alerts = notification.alerts.map(({ labels, status }) => `${labels["namespace"]} ${status}`);
    return `${at / HOUR} ${kind}/${trigger} ${title} | ${alerts.toSorted().join(", ")}`;
  });
}

describe("a sink with scheduled digests", () => {
  it("gets all that is not critical in one message, at its time, with what has ended meanwhile", () => {
    const story = bed()
      .at(10, crash("a"))
      .at(HOUR, crash("b"))
      .at(2 * HOUR, crash("c"))
      .at(3 * HOUR, started("c"))
      .until(13 * HOUR);
    expect(told(story.messages)).toEqual([
      "12 digest/scheduled 2 alerts fire, 1 is over: Back off: Pod web in a and 2 more | a firing, b firing, c resolved",
    ]);
  });

  it("gets a digest of a single alert too", () => {
    expect(
      told(
        bed()
          .at(10, crash("a"))
          .until(13 * HOUR).messages,
      ),
    ).toEqual(["12 digest/scheduled 1 alert fires: Back off: Pod web in a | a firing"]);
  });

  it("gets no message when there is nothing to tell", () => {
    const story = bed({ route: "{ sinks: [ops], repeatInterval: 30d }" })
      .at(10, crash("a"))
      .until(30 * HOUR);
    expect(story.messages.map(({ at }) => at / HOUR)).toEqual([12]);
  });

  it("gets the ends of what a digest told in the next digest, and each once", () => {
    const story = bed({ route: "{ sinks: [ops], repeatInterval: 30d }" })
      .at(10, crash("a"), crash("b"))
      .at(14 * HOUR, started("a"))
      .until(30 * HOUR);
    expect(told(story.messages).slice(1)).toEqual([
      "24 digest/scheduled 1 alert is over: Back off: Pod web in a | a resolved",
    ]);
    expect([...story.heldBack.keys()]).toContain("next_digest");
  });

  it("is told that what nobody sees any more is no longer seen, and not that it is over", () => {
    const rules = RULES.replace("quiet: 3d", "quiet: 1h");
    const story = bed({ rules })
      .at(10, crash("a"), crash("b"), crash("c"))
      .at(HOUR / 2, started("c"));
    expect(story.until(13 * HOUR).messages[0]?.title).toBe(
      "3 alerts are over or no longer seen: Back off: Pod web in c and 2 more",
    );
    const unseen = bed({ rules })
      .at(10, crash("a"), crash("b"))
      .until(13 * HOUR);
    expect(unseen.messages[0]?.title).toBe("2 alerts are no longer seen: Back off: Pod web in a and 1 more");
  });

  it("gets no end that it does not want", () => {
    const story = bed({ sinks: [{ name: "ops", digest: TWICE_A_DAY, sendResolved: false }] })
      .at(10, crash("a"))
      .at(14 * HOUR, started("a"))
      .until(50 * HOUR);
    expect(story.messages.map(({ at }) => at / HOUR)).toEqual([12]);
  });

  it("gets what goes on again when its repeat is due, with the next digest", () => {
    const story = bed({ route: "{ sinks: [ops], repeatInterval: 4h }" })
      .at(10, crash("a"))
      .until(37 * HOUR);
    expect(story.messages.map(({ at }) => at / HOUR)).toEqual([12, 24, 36]);
  });

  it("gets critical alerts and their ends at once, and no digest for them", () => {
    const story = bed()
      .at(10, event("Down", "a"))
      .at(HOUR, { ...event("Up", "a"), type: "Normal" })
      .until(13 * HOUR);
    expect(story.messages.map(({ kind, trigger }) => `${kind}/${trigger}`)).toEqual([
      "firing/first",
      "resolved/all-resolved",
    ]);
  });

  it("gets no digest early because critical alerts come in a storm", () => {
    const names = Array.from({ length: 15 }, (_, index) => `n${index}`);
    const story = bed({ route: '{ sinks: [ops], groupBy: ["..."] }' })
      .at(10, crash("a"), ...names.map((name) => event("Down", name)))
      .until(13 * HOUR);
    const digests = story.messages.filter(({ kind }) => kind === "digest");
    expect(digests.map(({ at, alerts }) => [at / HOUR, alerts])).toEqual([[12, 1]]);
    expect(story.messages.filter(({ kind }) => kind === "firing")).toHaveLength(15);
  });

  it("gets its digest after a restart, also when its time has passed meanwhile", () => {
    const story = bed().at(10, crash("a")).until(HOUR).restart();
    expect(told(story.until(13 * HOUR).messages)).toHaveLength(1);
  });

  it("names fifty of what came and went, and counts the rest", () => {
    const story = bed();
    for (let index = 0; index < 70; index++) story.at(10 + index, crash(`n${index}`));
    story.until(HOUR);
    for (let index = 0; index < 70; index++) story.at(HOUR + index, started(`n${index}`));
    const [digest] = story.until(13 * HOUR).messages;
    expect(digest?.title).toMatch(/^70 alerts are over/u);
    expect(digest?.notification.alerts).toHaveLength(50);
    expect(digest?.notification.alertsOmitted).toBe(20);
    expect(digest?.notification.text.builtIn).toContain("20 more that are over");
  });

  it("is nothing to other sinks", () => {
    const sinks = [{ name: "ops", digest: TWICE_A_DAY }, { name: "chat" }];
    const story = bed({ sinks, route: "{ sinks: [ops, chat] }" })
      .at(10, crash("a"))
      .until(13 * HOUR);
    const ofChat = story.messages.filter(({ sink }) => sink === "chat");
    expect(ofChat.map(({ kind }) => kind)[0]).toBe("firing");
    expect(story.messages.filter(({ sink }) => sink === "ops").map(({ at }) => at / HOUR)).toEqual([12]);
  });
});

describe("a sink that chooses its destination by a label", () => {
  const byTeam = {
    name: "ops",
    chooses: [{ label: "team", nameOf: (team: string) => team }],
  };
  const route = "{ sinks: [ops], groupBy: [rule] }";

  it("gets a group for each value of the label", () => {
    const story = bed({ sinks: [byTeam], route })
      .at(0, crash("a"), crash("b"), crash("a"))
      .until(5 * MINUTE);
    expect(
      story.messages
        .flatMap(({ deliveries }) => deliveries)
        .map(({ notification }) => notification.group.labels)
        .toSorted((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1)),
    ).toEqual([
      { rule: "back-off", team: "a" },
      { rule: "back-off", team: "b" },
    ]);
  });

  it("gets no message that tells two values of the label", () => {
    const story = bed({ sinks: [byTeam] })
      .at(0, crash("a"), crash("b"), { ...crash("a"), object: "a/Pod/api" })
      .until(5 * MINUTE);
    expect(
      told(story.messages)
        .map((line) => line.replace(/.*\| /u, ""))
        .toSorted(),
    ).toEqual(["a firing, a firing", "b firing"]);
  });

  it("leaves the groups of routes without it as they are", () => {
    const sinks = [byTeam, { name: "chat" }];
    const story = bed({ sinks, route: "{ sinks: [chat], groupBy: [rule] }" })
      .at(0, crash("a"), crash("b"))
      .until(5 * MINUTE);
    expect(story.messages.map(({ notification }) => notification.group.labels)).toEqual([
      { rule: "back-off" },
    ]);
  });

  it("gets a digest for each value of the label, with its alerts only", () => {
    const story = bed({ sinks: [{ ...byTeam, digest: TWICE_A_DAY }], route })
      .at(10, crash("a"), crash("b"))
      .at(HOUR, crash("c"))
      .at(2 * HOUR, started("c"))
      .until(13 * HOUR);
    expect(
      told(story.messages)
        .map((line) => line.replace(/.*\| /u, ""))
        .toSorted(),
    ).toEqual(["a firing", "b firing", "c resolved"]);
  });

  it("gets one digest, and one message, where values of the label lead to the same destination", () => {
    const same = [{ label: "team", nameOf: (team: string) => (team === "a" ? "a" : "else") }];
    const digests = bed({ sinks: [{ name: "ops", chooses: same, digest: TWICE_A_DAY }], route })
      .at(10, crash("a"), crash("b"), crash("c"))
      .at(HOUR, crash("d"))
      .at(2 * HOUR, started("d"))
      .until(13 * HOUR);
    const shown = (story: EngineBed) =>
      told(story.messages)
        .map((line) => line.replace(/.*\| /u, ""))
        .toSorted();
    expect(shown(digests)).toEqual(["a firing", "b firing, c firing, d resolved"]);
    const waves = bed({ sinks: [{ name: "ops", chooses: same }] })
      .at(0, crash("a"), crash("b"), crash("c"))
      .until(5 * MINUTE);
    expect(shown(waves)).toEqual(["a firing", "b firing, c firing"]);
  });

  it("counts what it does not name with those who would have got it", () => {
    const story = bed({
      sinks: [{ ...byTeam, digest: TWICE_A_DAY }],
      route: '{ sinks: [ops], groupBy: ["..."] }',
    });
    const pods = Array.from({ length: 60 }, (_, index) => ({ reason: "BackOff", object: `a/Pod/p${index}` }));
    story.at(10, ...pods, crash("b")).until(HOUR);
    story.at(
      HOUR,
      ...pods.map((pod) => ({ ...pod, reason: "Started", type: "Normal" as const })),
      started("b"),
    );
    const digests = story.until(13 * HOUR).messages;
    expect(
      digests.map(({ notification }) => [notification.alerts.length, notification.alertsOmitted]),
    ).toEqual([
      [50, 10],
      [1, 0],
    ]);
  });
});
