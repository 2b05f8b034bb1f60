import { describe, expect, it } from "vitest";

import { EngineBed, type EventSketch } from "../../support/engine-bed.ts";

const MINUTE = 60;

/** 60 rules of one kind of problem each, the last ten critical. */
const RULES = `
rules:
${Array.from(
  { length: 60 },
  (_rule, index) =>
    `  - { name: r${index}, description: Problem ${index}., match: { reason: R${index} }, severity: ${index < 50 ? "warning" : "critical"}, resolve: { by: [{ reason: Fine, same: [object] }], quiet: 6h } }`,
).join("\n")}
`;

function problem(index: number): EventSketch {
  return { reason: `R${index}`, object: `shop/Pod/p${index}` };
}

function fine(index: number): EventSketch {
  return { reason: "Fine", type: "Normal", object: `shop/Pod/p${index}` };
}

/** Rule after rule fires, one every `step` seconds. */
function storm(count: number, step = 1): EngineBed {
  const bed = new EngineBed({ rules: RULES });
  for (let index = 0; index < count; index++) bed.at(index * step, problem(index));
  return bed;
}

function told(story: EngineBed): readonly string[] {
  return story.messages.map(({ at, kind, trigger, alerts }) => `${at} ${kind}/${trigger} ${alerts}`);
}

describe("a storm", () => {
  it("is ten messages and a digest", () => {
    const story = storm(50).until(20 * MINUTE);
    const singles = Array.from({ length: 10 }, (_single, index) => `${30 + index} firing/first 1`);
    expect(told(story)).toEqual([...singles, `${40 + 5 * MINUTE} digest/storm 40`]);
    const digest = story.messages.at(-1)?.delivery.notification;
    expect(digest?.title).toBe("40 alerts in the last 5 min: R 10: Pod p10 in shop and 39 more");
    expect(digest?.text.builtIn).toBe("Each is another problem.");
    expect(digest?.alerts).toHaveLength(40);
  });

  it("delays nothing critical", () => {
    const story = storm(60).until(20 * MINUTE);
    const critical = story.messages.filter(({ delivery }) => delivery.notification.severity === "critical");
    expect(critical.map(({ at, kind }) => `${at} ${kind}`)).toEqual(
      Array.from({ length: 10 }, (_single, index) => `${60 + index} firing`),
    );
  });

  it("tells at once of a group that waits when it becomes critical", () => {
    const story = new EngineBed({ rules: RULES, route: "{ sinks: [ops], groupBy: [name] }" });
    for (let index = 0; index < 20; index++) story.at(index, problem(index));
    story.at(2 * MINUTE, { ...problem(55), object: "shop/Pod/p15" }).until(3 * MINUTE);
    // With the milder problem of the same Pod, which began long before it.
    expect(told(story).at(-1)).toBe("130 firing/first 2");
    expect(told(story)).toHaveLength(11);
    expect(story.until(20 * MINUTE).messages.at(-1)).toMatchObject({ kind: "digest", alerts: 9 });
  });

  it("goes on in a digest every five minutes, until it calms down", () => {
    const story = storm(49, 20).until(40 * MINUTE);
    const digests = story.messages.filter(({ kind }) => kind === "digest");
    expect(digests.map(({ at, alerts }) => [at, alerts])).toEqual([
      [530, 16],
      [830, 15],
      [1130, 8],
    ]);
    // Nothing came in the last five minutes, so that one was the last.
    expect(told(story.at(2400, problem(49)).until(3600)).at(-1)).toBe("2430 firing/first 1");
    expect(story.messages.reduce((sum, { alerts }) => sum + alerts, 0)).toBe(50);
  });

  it("ends without a word for what was told in a digest only, and with one for the others", () => {
    const story = storm(20).until(10 * MINUTE);
    for (let index = 0; index < 20; index++) story.at(10 * MINUTE + index, fine(index));
    story.until(30 * MINUTE);
    const ends = story.messages.filter(({ kind }) => kind === "resolved");
    expect(ends.map(({ delivery }) => delivery.notification.alerts[0]?.rule)).toEqual(
      Array.from({ length: 10 }, (_end, index) => `r${index}`),
    );
    expect(story.heldBack.get("digest")).toBe(0);
    expect([...story.engine.alerts()]).toEqual([]);
    expect([...story.engine.groups()]).toEqual([]);
  });

  it("says of what came and went while it waited that it did", () => {
    const story = storm(12)
      .at(MINUTE, fine(11))
      .until(20 * MINUTE);
    const digest = story.messages.at(-1)?.delivery.notification;
    expect(digest?.title).toBe("2 alerts in the last 5 min: R 10: Pod p10 in shop and 1 more");
    expect(digest?.alerts.map(({ rule, status }) => `${rule} ${status}`)).toEqual([
      "r10 firing",
      "r11 resolved",
    ]);
  });

  it("tells the news of a group by itself where it is the only one that waits", () => {
    const story = storm(11).until(20 * MINUTE);
    expect(told(story).at(-1)).toBe(`${40 + 5 * MINUTE} firing/first 1`);
    const end = story
      .at(20 * MINUTE, fine(10))
      .until(30 * MINUTE)
      .messages.at(-1);
    expect(end?.delivery.notification).toMatchObject({ kind: "resolved", alerts: [{ rule: "r10" }] });
  });

  it("is remembered over a restart and a reload, with what waits", () => {
    const story = storm(50)
      .until(2 * MINUTE)
      .restart()
      .until(3 * MINUTE)
      .reload({ rules: RULES });
    story.until(20 * MINUTE);
    expect(told(story).at(-1)).toBe(`${40 + 5 * MINUTE} digest/storm 40`);
    expect(story.messages).toHaveLength(11);
  });

  it("is one of a sink: another that hears of little goes on as ever", () => {
    const route = `
sinks: [ops]
routes: [{ name: few, match: { rule: { regex: "[05]$" } }, sinks: [few], continue: true }, { name: all, sinks: [ops] }]`;
    const story = new EngineBed({ rules: RULES, route, sinks: [{ name: "ops" }, { name: "few" }] });
    for (let index = 0; index < 45; index++) story.at(index, problem(index));
    story.until(20 * MINUTE);
    const kinds = (sink: string): readonly string[] =>
      story.messages.filter((message) => message.sink === sink).map(({ kind }) => kind);
    expect(kinds("few")).toEqual(Array.from({ length: 9 }, () => "firing"));
    expect(kinds("ops").filter((kind) => kind === "digest")).toHaveLength(1);
  });

  it("accounts for every occurrence at every sink", () => {
    const story = storm(50).at(50, fine(3), fine(40)).until(3600);
    const rows = story.changes.flatMap(({ decisions }) => decisions);
    expect(rows.reduce((sum, { occurrences }) => sum + occurrences, 0)).toBe(50);
    expect(rows.filter(({ reason }) => reason === "storm")).toHaveLength(39);
  });
});

describe("a sink that is told much", () => {
  it("gets no more than twenty messages a minute; the rest is in a digest, and nothing is lost", () => {
    // Groups that are open already are no storm: it is their news that is too much.
    const story = new EngineBed({ rules: RULES });
    for (let index = 0; index < 40; index++) story.at(index * 60, problem(index));
    const before = story.until(41 * MINUTE).messages.length;
    expect(story.messages.filter(({ kind }) => kind === "digest")).toEqual([]);
    story.at(
      60 * MINUTE,
      ...Array.from({ length: 40 }, (_more, index) => ({
        ...problem(index),
        object: `shop/Pod/more-${index}`,
      })),
    );
    story.until(70 * MINUTE);
    const after = story.messages.slice(before).filter(({ kind }) => kind !== "resolved");
    expect(after.filter(({ kind }) => kind === "update")).toHaveLength(20);
    const digest = after.find(({ kind }) => kind === "digest");
    expect(digest).toMatchObject({ at: 60 * MINUTE + 30 + 60, alerts: 20 });
    // They were sent one by one, and so are their ends.
    const ends = Array.from({ length: 40 }, (_end, index) => [
      fine(index),
      { ...fine(index), object: `shop/Pod/more-${index}` },
    ]);
    story.at(71 * MINUTE, ...ends.flat());
    story.until(4 * 3600);
    expect(story.messages.filter(({ kind }) => kind === "resolved")).toHaveLength(40);
  });
});
