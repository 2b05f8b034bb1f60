import { describe, expect, it } from "vitest";

import { EngineBed } from "../../support/engine-bed.ts";
import { HOUR, MINUTE, type Options, pod, RULES, started, told } from "./crash-loops.ts";

/** All stories begin at 10:00 UTC, a Monday. */
const INTERVALS = `
lunch: { zone: UTC, times: ["10:00-12:00"] }
office: { zone: UTC, times: ["12:00-18:00"] }
mondays: { zone: UTC, weekdays: [monday] }
`;

function bed(route: string, more: Options = {}): EngineBed {
  return new EngineBed({ rules: RULES, timeIntervals: INTERVALS, route, ...more });
}

describe("a muted route", () => {
  it("tells nobody until the interval ends, and then what still fires", () => {
    const story = bed("{ sinks: [ops], mute: [lunch] }")
      .at(0, pod("a"))
      .at(HOUR, pod("b"))
      .until(3 * HOUR);
    expect(told(story)).toEqual([`${2 * HOUR} firing/unmuted 2`]);
    expect(Object.fromEntries(story.heldBack)).toEqual({ mute: 2 });
  });

  it("tells nobody outside of its active hours", () => {
    const story = bed("{ sinks: [ops], active: [office] }")
      .at(0, pod("a"))
      .until(3 * HOUR);
    expect(told(story)).toEqual([`${2 * HOUR} firing/unmuted 1`]);
  });

  it("needs one of several active intervals, and none of those that mute", () => {
    const either = bed("{ sinks: [ops], active: [office, mondays] }").at(0, pod("a")).until(HOUR);
    expect(told(either)).toEqual(["30 firing/first 1"]);
    const both = bed("{ sinks: [ops], active: [office, mondays], mute: [lunch] }").at(0, pod("a"));
    expect(told(both.until(3 * HOUR))).toEqual([`${2 * HOUR} firing/unmuted 1`]);
  });

  it("says at its end how much came and went meanwhile", () => {
    const story = bed("{ sinks: [ops], mute: [lunch] }")
      .at(0, pod("a"))
      .at(HOUR, started("a"))
      .until(5 * HOUR);
    expect(told(story)).toEqual([`${2 * HOUR} digest/unmuted 1`]);
    expect(Object.fromEntries(story.heldBack)).toEqual({ mute: 1 });
  });

  it("is told of the end of what it was told of", () => {
    const story = bed("{ sinks: [ops], active: [office] }")
      .at(2 * HOUR, pod("a"))
      .at(4 * HOUR, started("a"))
      .at(9 * HOUR, pod("b"))
      .until(10 * HOUR);
    expect(told(story)).toEqual([
      `${2 * HOUR + 30} firing/first 1`,
      `${4 * HOUR + 30} resolved/all-resolved 1`,
    ]);
    const late = bed("{ sinks: [ops], mute: [lunch] }", {
      timeIntervals: INTERVALS.replace("10:00-12", "11:00-12"),
    })
      .at(0, pod("a"))
      .at(HOUR + MINUTE, started("a"))
      .until(90 * MINUTE);
    expect(told(late)).toEqual(["30 firing/first 1", `${HOUR + MINUTE + 30} resolved/all-resolved 1`]);
  });

  it("hears of a newcomer and of a repeat only afterwards", () => {
    const story = bed("{ sinks: [ops], active: [office], repeatInterval: 2h }")
      .at(7 * HOUR, pod("a"))
      .at(8 * HOUR + MINUTE, pod("b"))
      .until(26 * HOUR + MINUTE);
    expect(told(story)).toEqual([`${7 * HOUR + 30} firing/first 1`, `${26 * HOUR} update/new-alert 2`]);
  });

  it("repeats at the end of the interval what was due in it", () => {
    const story = bed("{ sinks: [ops], active: [office], repeatInterval: 2h }")
      .at(7 * HOUR, pod("a"))
      .until(26 * HOUR + MINUTE);
    expect(told(story)).toEqual([`${7 * HOUR + 30} firing/first 1`, `${26 * HOUR} repeat/repeat 1`]);
  });

  it("tells of a point afterwards, as long as it is remembered", () => {
    const story = bed("{ sinks: [ops], mute: [lunch] }")
      .at(0, pod("n", { reason: "SystemOOM" }))
      .until(5 * HOUR);
    expect(told(story)).toEqual([`${2 * HOUR} firing/unmuted 1`]);
  });

  it("leaves other routes alone; children inherit and may clear", () => {
    const route = `
sinks: [ops]
mute: [lunch]
routes:
  - { name: loud, match: { name: loud }, sinks: [pager], mute: [] }
  - { name: quiet, match: { name: quiet }, sinks: [pager] }
`;
    const story = bed(route, { sinks: [{ name: "ops" }, { name: "pager" }] })
      .at(0, pod("loud"), pod("quiet"), pod("other"))
      .until(3 * HOUR);
    expect(story.messages.map(({ at, delivery }) => `${at} ${delivery.notification.route}`)).toEqual([
      "30 loud",
      `${2 * HOUR} default`,
      `${2 * HOUR} quiet`,
    ]);
  });

  it("goes on over a restart", () => {
    const story = bed("{ sinks: [ops], mute: [lunch] }")
      .at(0, pod("a"))
      .until(HOUR)
      .restart()
      .until(3 * HOUR);
    expect(told(story)).toEqual([`${2 * HOUR} firing/unmuted 1`]);
  });

  it("follows a reload at once", () => {
    const options = { rules: RULES, timeIntervals: INTERVALS };
    const story = bed("{ sinks: [ops], mute: [lunch] }").at(0, pod("a")).until(HOUR);
    story.reload({ ...options, route: "{ sinks: [ops] }" }).until(HOUR + 1);
    expect(told(story)).toEqual([`${HOUR} firing/unmuted 1`]);
  });

  it("accounts for every occurrence, told of or not", () => {
    const story = bed("{ sinks: [ops], mute: [lunch] }")
      .at(0, pod("a"), pod("b"))
      .at(HOUR, started("a"), pod("b"))
      .until(5 * HOUR);
    const decisions = story.changes.flatMap((changes) => changes.decisions);
    const sum = decisions.reduce((total, { occurrences }) => total + occurrences, 0);
    expect(sum).toBe(3);
  });
});

describe("the end of muted hours", () => {
  const RULES_OF_MANY = `
rules:
  - { name: a, match: { reason: A }, severity: warning, resolve: { by: [{ reason: Fine, same: [object] }], quiet: 6h } }
  - { name: b, match: { reason: B }, severity: warning, resolve: { by: [{ reason: Fine, same: [object] }], quiet: 6h } }
  - { name: c, match: { reason: C }, severity: critical, resolve: { by: [{ reason: Fine, same: [object] }], quiet: 6h } }
  - { name: p, match: { reason: P }, severity: warning, lifecycle: point }
`;
  const at = (reason: string, object: string): { readonly reason: string; readonly object: string } => ({
    reason,
    object: `shop/Pod/${object}`,
  });

  function lunch(): EngineBed {
    return bed("{ sinks: [ops], mute: [lunch] }", { rules: RULES_OF_MANY });
  }

  it("is one summary for each sink: what still fires, and what came and went; critical goes by itself", () => {
    const story = lunch()
      .at(0, at("A", "x"), at("B", "y"), at("C", "z"), at("P", "q"))
      .at(MINUTE, at("A", "w"))
      .at(HOUR, { ...at("Fine", "w"), type: "Normal" })
      .until(3 * HOUR);
    expect(told(story)).toEqual([`${2 * HOUR} firing/unmuted 1`, `${2 * HOUR} digest/unmuted 4`]);
    const summary = story.messages[1]?.delivery.notification;
    expect(summary?.title).toBe("While muted: 2 still firing, 2 came and went: A: Pod x in shop and 3 more");
    expect(summary?.alerts.map(({ rule, status }) => `${rule} ${status}`).toSorted()).toEqual([
      "a firing",
      "a resolved",
      "b firing",
      "p resolved",
    ]);
  });

  it("names ten of what came and went, and counts the others", () => {
    const story = lunch();
    for (let index = 0; index < 14; index++) story.at(index * MINUTE, at("A", `x${index}`));
    for (let index = 0; index < 14; index++)
      story.at(HOUR + index, { ...at("Fine", `x${index}`), type: "Normal" });
    const summary = story.until(3 * HOUR).messages[0]?.delivery.notification;
    expect(summary).toMatchObject({
      title: "While muted: 14 came and went: A: Pod x0 in shop and 13 more",
      status: "resolved",
      alertsOmitted: 4,
    });
    expect(summary?.alerts).toHaveLength(10);
    expect(summary?.text.builtIn).toBe("- 10 × a\n- 4 more that came and went");
  });

  it("goes on over a restart, and comes late when nobody was there", () => {
    const story = lunch()
      .at(0, at("A", "x"), at("B", "y"), at("A", "w"))
      .at(HOUR, { ...at("Fine", "w"), type: "Normal" });
    const late = story.restart(false);
    late.gap();
    late.restart().until(3 * HOUR);
    expect(told(late)).toEqual([`${2 * HOUR} digest/unmuted 3`]);
  });

  it("leaves out what is too mild for the sink", () => {
    const story = bed("{ sinks: [pager], mute: [lunch] }", {
      rules: RULES_OF_MANY,
      sinks: [{ name: "pager", minSeverity: "critical" }],
    })
      .at(0, at("A", "x"))
      .at(HOUR, { ...at("Fine", "x"), type: "Normal" });
    expect(told(story.until(3 * HOUR))).toEqual([]);
  });
});
