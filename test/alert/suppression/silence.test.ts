import { describe, expect, it } from "vitest";

import type { Silence } from "../../../src/alert/silence.ts";
import {
  compileSilences,
  faultsOfSilence,
  RequestedSilence,
  toSilence,
} from "../../../src/alert/suppression/silence-spec.ts";
import { check } from "../../../src/lib/schema.ts";
import { parseYaml } from "../../../src/lib/yaml-file.ts";
import { EngineBed, START } from "../../support/engine-bed.ts";
import { DAY, HOUR, MINUTE, type Options, pod, RULES, started, told } from "./crash-loops.ts";

const LABELS = new Set(["namespace", "name", "rule", "severity"]);

function bed(options: Options = {}): EngineBed {
  return new EngineBed({ rules: RULES, ...options });
}

/** A requested silence, as YAML; times in it are seconds from the start. */
function silence(id: string, text: string): Silence {
  const { value, faults } = check(
    RequestedSilence,
    parseYaml(
      "silence.yaml",
      text.replaceAll(/@(\d+)/gu, (_, second) => at(Number(second))),
    ).value,
  );
  if (value === undefined) throw new Error(JSON.stringify(faults));
  return toSilence(value, id, START);
}

const at = (second: number): string => new Date(START + second * 1000).toISOString();

describe("a silence", () => {
  it("set while a group waits for company keeps its message back, and tells of what still fires when it ends", () => {
    const story = bed().at(0, pod("a"), pod("b")).until(20);
    story.step({
      kind: "silence",
      silence: silence("s1", "{ match: { namespace: shop }, until: @7200, author: me, comment: upgrade }"),
    });
    story.at(HOUR, started("a")).until(3 * HOUR);
    expect(told(story)).toEqual([`${2 * HOUR} firing/silence-ended 1`]);
    expect(Object.fromEntries(story.heldBack)).toEqual({ silence: 2 });
  });

  it("begins when it says", () => {
    const story = bed();
    story.step({
      kind: "silence",
      silence: silence(
        "s1",
        "{ match: { namespace: shop }, from: @3600, until: @7200, author: me, comment: x }",
      ),
    });
    story
      .at(0, pod("a"))
      .at(HOUR, pod("b"))
      .until(3 * HOUR);
    expect(told(story)).toEqual(["30 firing/first 1", `${2 * HOUR} update/new-alert 2`]);
  });

  it("is no reason to keep the end back", () => {
    const story = bed().at(0, pod("a")).until(MINUTE);
    story.step({
      kind: "silence",
      silence: silence("s1", "{ match: { name: a }, until: @7200, author: me, comment: x }"),
    });
    story.at(HOUR, started("a")).until(3 * HOUR);
    expect(told(story)).toEqual(["30 firing/first 1", `${HOUR + 30} resolved/all-resolved 1`]);
  });

  it("repeats at its end what was due in it", () => {
    const story = bed().at(0, pod("a")).until(MINUTE);
    story.step({
      kind: "silence",
      silence: silence("s1", "{ match: { name: a }, until: @18000, author: me, comment: x }"),
    });
    story.until(6 * HOUR);
    expect(told(story)).toEqual(["30 firing/first 1", `${5 * HOUR} repeat/repeat 1`]);
  });

  it("leaves alone what it does not match, and says how many it holds back", () => {
    const story = bed();
    story.step({
      kind: "silence",
      silence: silence("s1", "{ match: { name: { like: 'a*' } }, until: @7200, author: me, comment: x }"),
    });
    story.at(0, pod("a1"), pod("a2"), pod("b")).until(MINUTE);
    expect(told(story)).toEqual(["30 firing/first 1"]);
    expect(story.messages[0]?.delivery.notification.suppressed).toEqual({ silence: 2 });
  });

  it("can be ended early, and edited under its id", () => {
    const story = bed().at(0, pod("a"), pod("b"));
    const first = silence("s1", "{ match: { namespace: shop }, until: @7200, author: me, comment: x }");
    story.step({ kind: "silence", silence: first });
    story.until(MINUTE);
    story.step({ kind: "silence", silence: { ...first, match: { name: "a" } } });
    story.until(2 * MINUTE);
    expect(told(story)).toEqual([`${MINUTE} firing/silence-ended 1`]);
    story.step({ kind: "unsilence", id: "s1" });
    story.until(20 * MINUTE);
    expect(told(story).slice(1)).toEqual([`${2 * MINUTE} update/new-alert 2`]);
    expect(story.engine.silences.all()).toMatchObject([{ id: "s1", until: START + 2 * MINUTE * 1000 }]);
  });

  it("until resolved is over with the last alert that it matches", () => {
    const story = bed();
    story.step({
      kind: "silence",
      silence: silence("s1", "{ match: { namespace: shop }, untilResolved: true, author: me, comment: x }"),
    });
    story
      .at(0, pod("a"), pod("b"))
      .at(HOUR, started("a"))
      .at(2 * HOUR, pod("c"))
      .at(3 * HOUR, started("b"));
    expect(story.engine.silences.get("s1")?.until).toBeUndefined();
    story
      .at(4 * HOUR, started("c"))
      .at(5 * HOUR, pod("d"))
      .until(6 * HOUR);
    expect(story.engine.silences.get("s1")?.until).toBe(START + 4 * HOUR * 1000);
    expect(told(story)).toEqual([`${5 * HOUR + 30} firing/first 1`]);
  });

  it("on a schedule holds in its hours, again and again", () => {
    const story = bed({ route: "{ sinks: [ops], repeatInterval: 30m }" });
    const hours = '{ zone: UTC, times: ["11:00-12:00"] }';
    story.step({
      kind: "silence",
      silence: silence("s1", `{ match: { namespace: shop }, schedule: ${hours}, author: me, comment: x }`),
    });
    story
      .at(0, pod("a"))
      .at(HOUR, started("a"), pod("b"))
      .at(25 * HOUR, started("b"), pod("c"))
      .until(27 * HOUR);
    expect(told(story).filter((line) => !line.includes("repeat"))).toEqual([
      "30 firing/first 1",
      `${HOUR + 30} resolved/all-resolved 1`,
      `${2 * HOUR} firing/silence-ended 1`,
      `${25 * HOUR + 30} resolved/all-resolved 1`,
      `${26 * HOUR} firing/silence-ended 1`,
    ]);
  });

  it("outlives a restart", () => {
    const story = bed();
    story.step({
      kind: "silence",
      silence: silence("s1", "{ match: { namespace: shop }, until: @7200, author: me, comment: x }"),
    });
    story
      .restart()
      .at(0, pod("a"))
      .until(HOUR)
      .restart()
      .until(3 * HOUR);
    expect(told(story)).toEqual([`${2 * HOUR} firing/silence-ended 1`]);
  });

  it("of the configuration comes and goes with a reload", () => {
    const silences = `[{ name: upgrade, match: { namespace: shop }, until: "${at(DAY)}", comment: upgrade }]`;
    const story = bed({ silences }).at(0, pod("a")).until(HOUR);
    expect(told(story)).toEqual([]);
    story.reload({ rules: RULES }).until(2 * HOUR);
    expect(told(story)).toEqual([`${HOUR} firing/silence-ended 1`]);
    expect(story.engine.silences.all()).toEqual([]);
  });

  it("of the configuration that is over stays over, until it says something else", () => {
    const silences = "[{ name: a, match: { namespace: shop }, untilResolved: true, comment: first }]";
    const story = bed({ silences })
      .at(0, pod("a"))
      .at(HOUR, started("a"))
      .until(2 * HOUR)
      .restart();
    expect(story.engine.silences.get("config/a")?.until).toBe(START + HOUR * 1000);
    story.reload({ rules: RULES, silences: silences.replace("first", "again") });
    expect(story.engine.silences.get("config/a")?.until).toBeUndefined();
  });

  it("is forgotten five days after its end", () => {
    const story = bed();
    const made = silence("s1", "{ match: { namespace: shop }, until: @60, author: me, comment: x }");
    story.step({ kind: "silence", silence: made });
    story.until(5 * DAY).step({ kind: "silence", silence: { ...made, id: "s2" } });
    expect(story.engine.silences.all().map(({ id }) => id)).toEqual(["s2", "s1"]);
    story.until(5 * DAY + MINUTE).step({ kind: "silence", silence: { ...made, id: "s3" } });
    expect(
      story
        .restart()
        .engine.silences.all()
        .map(({ id }) => id),
    ).toEqual(["s3"]);
  });
});

describe("silences that are too many", () => {
  it("are said to be, until some are forgotten", () => {
    const story = bed();
    for (let index = 0; index < 1000; index++) {
      expect(story.engine.silences.isFull).toBe(false);
      const made = silence(`s${index}`, "{ match: { name: a }, until: @60, author: me, comment: x }");
      story.step({ kind: "silence", silence: made });
    }
    expect(story.engine.silences.isFull).toBe(true);
    story.until(6 * DAY).step({ kind: "unsilence", id: "s0" });
    expect(story.engine.silences.isFull).toBe(false);
  });
});

describe("a silence that is wrong", () => {
  it.each([
    [
      "{ match: {}, until: @60 }",
      "match: silences everything: at least one pattern must not hold for an empty value",
    ],
    [
      "{ match: { name: { like: '*' } }, until: @60 }",
      "match: silences everything: at least one pattern must not hold for an empty value",
    ],
    ["{ match: { nam: a }, until: @60 }", 'match.nam: unknown label "nam"; did you mean "name"?'],
    [
      "{ match: { namespace: 'shop-*' }, until: @60 }",
      'match.namespace: "shop-*" is compared as it stands, not as a pattern',
    ],
    ["{ match: { name: a } }", ": no end: write until, untilResolved: true, or a schedule"],
    [
      "{ match: { name: a }, until: @60, untilResolved: true }",
      "untilResolved: stands instead of until: leave one of them out",
    ],
    [
      "{ match: { name: a }, from: @60, until: @60 }",
      "until: is not after it begins (2026-06-01T10:01:00.000Z)",
    ],
    [
      "{ match: { name: a }, from: @0, until: @2592001 }",
      "until: is more than 30 days after from: switch the rule off instead",
    ],
    ["{ match: { name: a }, until: tomorrow }", "until: not a time; write 2026-12-01T20:00:00Z"],
    [
      "{ match: { name: a }, schedule: { times: [8-9] } }",
      "schedule.zone: missing: whose clock is meant, such as Europe/Berlin or UTC",
    ],
    ["{ match: { name: a }, until: @60, comment: ' ' }", "comment: empty: say why"],
  ])("%s", (text, message) => {
    const written = {
      author: "me",
      comment: "x",
      ...(parseYaml(
        "s",
        text.replaceAll(/@(\d+)/gu, (_, s) => at(Number(s))),
      ).value as object),
    };
    const { value, faults } = check(RequestedSilence, written);
    const all = value === undefined ? faults : faultsOfSilence(value, { names: LABELS });
    expect(all.map((fault) => `${fault.path.join(".")}: ${fault.message}`)[0]).toContain(message);
  });

  it("is told with its place in the configuration, twice the same name too", () => {
    const one = { name: "a", match: { name: "x" }, untilResolved: true, comment: "c" };
    const { faults } = compileSilences([one, one, { ...one, name: "b", match: {} }], { names: LABELS }, [
      "silences",
    ]);
    expect(faults.map(({ path, message }) => `${path.join(".")}: ${message}`)).toEqual([
      'silences.1.name: another silence is called "a" already',
      "silences.2.match: silences everything: at least one pattern must not hold for an empty value",
    ]);
  });
});
