import { describe, expect, it } from "vitest";

import { EngineBed, type EventSketch, type SentMessage, START } from "../support/engine-bed.ts";

const HOUR = 3600;

type Options = Partial<ConstructorParameters<typeof EngineBed>[0]>;

const RULES = `
rules:
  - name: back-off
    description: A container keeps crashing.
    match: { reason: BackOff }
    resolve: { by: [{ reason: Started, same: [object] }], quiet: 3d }
  - name: down
    description: It is down.
    match: { reason: Down }
    severity: critical
    resolve: { by: [{ reason: Up, same: [object] }], quiet: 3d }
`;

/** Every three hours from the start on. */
const THREE_HOURS_MS = 3 * HOUR * 1000;
const OFTEN = {
  next: (now: number) => START + (Math.floor((now - START) / THREE_HOURS_MS) + 1) * THREE_HOURS_MS,
};

const SET_UP: Options = {
  rules: RULES,
  sinks: [{ name: "ops", digest: OFTEN }, { name: "chat" }],
  route: "{ sinks: [ops], groupBy: [cluster], repeatInterval: 30d }",
};

function bed(options: Options = {}): EngineBed {
  return new EngineBed({ rules: RULES, ...SET_UP, ...options });
}

const event = (reason: string, pod: string): EventSketch => ({ reason, object: `shop/Pod/${pod}` });
const crash = (pod: string): EventSketch => event("BackOff", pod);
const started = (pod: string): EventSketch => ({ ...event("Started", pod), type: "Normal" });

/** `hour kind | pod status …` of every message. */
function told(messages: readonly SentMessage[]): readonly string[] {
  return messages.map(({ at, kind, notification }) => {
    const alerts = notification.alerts.map(({ labels, status }) => `${labels["name"]} ${status}`);
    return `${(at / HOUR).toFixed(1)} ${kind} | ${alerts.toSorted().join(", ")}`;
  });
}

describe("news that waits for a scheduled digest", () => {
  it("comes with the next one after its silence", () => {
    const silences = `[{ name: work, comment: work, match: { name: web }, until: "${new Date(START + 4 * HOUR * 1000).toISOString()}" }]`;
    const story = bed()
      .at(10, crash("web"))
      .until(HOUR)
      .reload({ rules: RULES, ...SET_UP, silences })
      .until(10 * HOUR);
    expect(told(story.messages)).toEqual(["6.0 digest | web firing"]);
  });

  it("comes with the next one after the muted hours in which its digest fell", () => {
    const at = (hour: number): string => new Date(START + hour * HOUR * 1000).toISOString().slice(11, 16);
    const story = bed({
      timeIntervals: `night: { zone: UTC, times: ["${at(2)}-${at(4)}"] }`,
      route: "{ sinks: [ops], repeatInterval: 30d, mute: [night] }",
    })
      .at(10, crash("web"))
      .until(10 * HOUR);
    expect(told(story.messages)).toEqual(["6.0 digest | web firing"]);
  });

  it("is not lost when a reload takes the sink away and another brings it back at once", () => {
    const story = bed().at(10, crash("web")).until(HOUR);
    story.reload({ rules: RULES, sinks: [{ name: "chat" }], route: "{ sinks: [chat], groupBy: [cluster] }" });
    story.until(HOUR).reload({ rules: RULES, ...SET_UP });
    const ofOps = story.until(10 * HOUR).messages.filter(({ sink }) => sink === "ops");
    expect(told(ofOps)).toEqual(["3.0 digest | web firing"]);
  });

  it("is in the digest that is due, and waits for no other groups of its rule first", () => {
    const story = bed({ route: "{ sinks: [ops], groupBy: [rule, name], repeatInterval: 30d }" })
      .at(3 * HOUR - 32, crash("web"), crash("api"))
      .at(3 * HOUR - 31, crash("db"), crash("job"))
      .at(3 * HOUR - 28, crash("late"))
      .until(5 * HOUR);
    expect(told(story.messages)).toEqual(["3.0 digest | api firing, db firing, job firing, web firing"]);
  });

  it("says for which digest it waits, and when that comes", () => {
    const story = bed().at(10, crash("web")).until(HOUR);
    const [alert] = story.engine.alerts();
    const toCome = alert === undefined ? [] : story.engine.messagesToCome(alert, START + HOUR * 1000);
    expect(toCome).toMatchObject([
      { sink: "ops", waitsFor: { digest: "scheduled" }, at: START + THREE_HOURS_MS },
    ]);
  });

  it("goes at once, by itself, when it gets critical right before its digest", () => {
    const story = bed()
      .at(10, crash("web"))
      .at(3 * HOUR - 1, event("Down", "web"))
      .until(4 * HOUR);
    expect(story.messages.map(({ kind }) => kind)).toEqual(["firing"]);
  });
});

describe("an alert that ends before a scheduled digest could tell it", () => {
  it("is in the digest, also when another sink has its message already", () => {
    const story = bed({ route: "{ sinks: [ops, chat], groupBy: [cluster] }" })
      .at(10, crash("web"))
      .at(HOUR, started("web"))
      .until(4 * HOUR);
    const ofOps = story.messages.filter(({ sink }) => sink === "ops");
    expect(told(ofOps)).toEqual(["3.0 digest | web resolved"]);
  });

  it("is in no digest when it was silenced while it waited", () => {
    const silences = `[{ name: work, comment: work, match: { name: web }, until: "${new Date(START + 6 * HOUR * 1000).toISOString()}" }]`;
    const story = bed()
      .at(10, crash("web"))
      .until(HOUR)
      .reload({ ...SET_UP, rules: RULES, silences })
      .at(2 * HOUR, started("web"))
      .until(10 * HOUR);
    expect(told(story.messages)).toEqual([]);
  });

  it("is in the digest that is due already, where digests come some time after the first news", () => {
    const hourly = { next: (now: number) => now + HOUR * 1000 };
    const story = bed({ sinks: [{ name: "ops", digest: hourly }] })
      .at(0, crash("web"), crash("api"))
      .at(HOUR / 2, started("web"))
      .until(3 * HOUR);
    expect(told(story.messages)).toEqual(["1.0 digest | api firing, web resolved"]);
  });
});

describe("an alert that a scheduled digest has told", () => {
  it("ends in the next one, also when it ended right before a digest with news of its group", () => {
    const story = bed()
      .at(10, crash("web"), crash("api"))
      .at(4 * HOUR, crash("db"))
      .at(6 * HOUR - 1, started("web"))
      .until(10 * HOUR);
    expect(told(story.messages)).toEqual([
      "3.0 digest | api firing, web firing",
      "6.0 digest | db firing",
      "9.0 digest | web resolved",
    ]);
  });

  it("counts once in a digest, however often it came and went", () => {
    const story = bed();
    for (let round = 0; round < 5; round++)
      story.at(round * 1800, crash("web")).at(round * 1800 + 600, started("web"));
    story.until(4 * HOUR);
    expect(told(story.messages)).toEqual(["3.0 digest | web resolved"]);
  });

  it("is not told as over by the digest that tells that it fires", () => {
    const story = bed()
      .at(0, crash("web"))
      .at(HOUR, started("web"))
      .at(2 * HOUR, crash("web"))
      .until(4 * HOUR);
    expect(told(story.messages)).toEqual(["3.0 digest | web firing"]);
  });
});
