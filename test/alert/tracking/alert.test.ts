import { describe, expect, it } from "vitest";

import type { AlertState } from "../../../src/alert/state.ts";
import { merge, withoutObject, withOccurrence, withThreshold } from "../../../src/alert/tracking/alert.ts";
import { natureOf } from "../../../src/alert/tracking/nature.ts";
import { dueOf } from "../../../src/alert/tracking/timing.ts";
import type { Occurrence, RawEvent } from "../../../src/event/index.ts";
import type { CompiledRule, ReasonRow } from "../../../src/rule/index.ts";
import { makePolicy, START } from "../../support/engine-bed.ts";
import { makeAlert, makeEvent, makeMember, makeSubject } from "../make.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

function rule(text = ""): CompiledRule {
  const { rules } = makePolicy({ rules: `rules: [{ name: it, match: { reason: BackOff }${text} }]` }).rules;
  const [first] = rules;
  if (first === undefined) throw new Error("a rule is needed");
  return first;
}

const row: ReasonRow = {
  component: "",
  reason: "BackOff",
  kinds: [],
  type: "",
  contains: "",
  lifecycle: "recurring",
  severity: "critical",
  counterEvents: [],
  when: undefined,
  quietMs: 20 * MINUTE,
  series: false,
  meaning: "x",
};

describe("the nature of an alert", () => {
  const nature = (
    text: string,
    table: Partial<ReasonRow> | undefined,
    raw: RawEvent = {},
    trust: readonly string[] = [],
  ): unknown =>
    natureOf(
      rule(text),
      makeSubject(raw),
      table && { ...row, ...table },
      makePolicy({ rules: "rules: [{ name: x, match: { reason: X } }]", trustSeverityFrom: trust }),
    );
  const annotated = (severity: string): RawEvent => ({
    metadata: { ...META, annotations: { "tocsin.dev/severity": severity } },
  });
  const META = { name: "a", namespace: "shop", uid: "u", resourceVersion: "1" };
  it.each([
    ["the rule over everything", ", severity: info", {}, annotated("warning"), [], "info"],
    ["the annotation over the table", "", {}, annotated("info"), [], "info"],
    ["no critical from those that are not trusted", "", {}, annotated("critical"), [], "warning"],
    [
      "critical from those that are",
      "",
      { severity: "info" },
      annotated("critical"),
      ["kubelet"],
      "critical",
    ],
    ["the table for a nonsense annotation", "", {}, annotated("very bad"), [], "critical"],
    ["the table over the type", "", {}, {}, [], "critical"],
    ["the type: warning", "", undefined, {}, [], "warning"],
    ["the type: info", "", undefined, { type: "Normal" }, [], "info"],
    ["the type: warning for a type nobody knows", "", undefined, { type: "Odd" }, [], "warning"],
  ] as const)("takes its severity from %s", (_, text, table, raw, trust, severity) => {
    expect(nature(text, table, raw, trust)).toMatchObject({ severity });
  });

  it.each([
    ["", undefined, { lifecycle: "recurring", quietMs: 15 * MINUTE, maxAgeMs: 24 * HOUR }],
    ["", {}, { lifecycle: "recurring", quietMs: 20 * MINUTE, maxAgeMs: 24 * HOUR }],
    ["", { lifecycle: "transition" }, { lifecycle: "transition", quietMs: undefined, maxAgeMs: 24 * HOUR }],
    ["", { lifecycle: "point" }, { lifecycle: "point", quietMs: undefined, maxAgeMs: HOUR }],
    [", lifecycle: point", {}, { lifecycle: "point", quietMs: undefined, maxAgeMs: HOUR }],
    [
      ", resolve: { quiet: 1m, maxAge: 2h }",
      {},
      { lifecycle: "recurring", quietMs: MINUTE, maxAgeMs: 2 * HOUR },
    ],
  ] as const)("with %j and %o is %o", (text, table, expected) => {
    expect(nature(text, table)).toMatchObject(expected);
  });
});

describe("an alert with one more occurrence", () => {
  function add(
    alert: AlertState,
    raw: RawEvent,
    more: Partial<Occurrence> & { readonly own?: number } = {},
    text = "",
  ): AlertState {
    const { own, ...fields } = more;
    const subject = makeSubject(raw);
    const occurrence: Occurrence = {
      event: subject.event,
      delta: 1,
      since: START,
      estimated: false,
      epoch: 0,
      via: "watch",
      history: false,
      unseen: false,
      owners: [],
      node: "",
      receivedAt: START,
      ...fields,
    };
    return withOccurrence(alert, rule(text), subject, {
      occurrence,
      delta: own ?? occurrence.delta,
      now: START + HOUR,
    });
  }
  const at = (ms: number, series = false): RawEvent => {
    const time = new Date(START + ms).toISOString();
    return {
      firstTimestamp: time,
      lastTimestamp: time,
      message: `at ${ms}`,
      ...(series ? { series: { count: 2, lastObservedTime: time } } : {}),
    };
  };

  it("spans from the first to the last, and counts a jump from where it began", () => {
    const alert = makeAlert("a", { firstSeenAt: START + 5, lastSeenAt: START + 9 });
    expect(add(alert, at(7))).toMatchObject({
      firstSeenAt: START + 5,
      lastSeenAt: START + 9,
      occurrences: 2,
      occurredAt: START + HOUR,
      activeAt: START + HOUR,
    });
    expect(add(alert, at(20), { delta: 3, since: START + 1 })).toMatchObject({
      firstSeenAt: START + 1,
      lastSeenAt: START + 20,
      occurrences: 4,
    });
    expect(add(alert, at(20), { since: START + 1 })).toMatchObject({ firstSeenAt: START + 5 });
  });

  it("shows the newest event, and is a series while that is one", () => {
    const alert = add(makeAlert("a"), at(9, true));
    expect(alert).toMatchObject({ series: true, event: { message: "at 9" } });
    expect(add(alert, at(8))).toMatchObject({ series: true, event: { message: "at 9" } });
    expect(add(alert, at(9))).toMatchObject({ series: false, event: { message: "at 9" } });
  });

  it("is an estimate as soon as anything in it is", () => {
    const estimated = (more: Parameters<typeof add>[2], before = makeAlert("a")): boolean =>
      add(before, at(1), more).estimated;
    expect(estimated({})).toBe(false);
    expect(estimated({ estimated: true })).toBe(true);
    expect(estimated({ delta: 3, own: 1 })).toBe(true);
    expect(estimated({}, makeAlert("a", { estimated: true }))).toBe(true);
  });

  it("takes back an end", () => {
    const ended = makeAlert("a", {
      phase: "resolved",
      resolvedAt: START,
      resolvedBy: { how: "quiet", reason: "" },
    });
    expect(add(ended, at(1))).toMatchObject({
      phase: "firing",
      resolvedAt: undefined,
      resolvedBy: undefined,
    });
    expect(add(makeAlert("a", { phase: "pending" }), at(1)).phase).toBe("pending");
  });

  it("knows each writer and object that keep it awake once, and a hundred of them", () => {
    const alert = add(add(makeAlert("a"), at(1)), at(2));
    expect(alert.sources).toEqual(["test/Pod/shop/web-1/kubelet"]);
    const full = makeAlert("a", { sources: Array.from({ length: 100 }, (_, index) => `s${index}`) });
    expect(add(full, at(1)).sources).toHaveLength(100);
    expect(add({ ...full, sources: full.sources.slice(1) }, at(1)).sources).toHaveLength(100);
  });

  it("keeps a window only while its threshold counts", () => {
    const windows = (alert: AlertState, text: string): number =>
      add(alert, at(1), {}, text).members[0]?.window.length ?? -1;
    const pending = makeAlert("a", { phase: "pending" });
    expect(windows(pending, "")).toBe(0);
    expect(windows(pending, ", threshold: { count: 3, within: 10m }")).toBe(1);
    expect(windows(pending, ", threshold: { distinct: 3, within: 10m }")).toBe(1);
    expect(windows({ ...pending, metAt: START }, ", threshold: { count: 3, within: 10m }")).toBe(0);
  });
});

describe("a threshold that is met", () => {
  const pending = makeAlert("a", {
    phase: "pending",
    members: [makeMember("web-1", { window: [[START, 3]] })],
  });
  const three = rule(", threshold: { count: 3, within: 10m }");
  it("is met once, and then needs no windows", () => {
    const met = withThreshold(pending, three, START + 5);
    expect([met.metAt, met.members[0]?.window]).toEqual([START + 5, []]);
    expect(withThreshold({ ...met, members: pending.members }, three, START + 9).metAt).toBe(START + 5);
    const firing = { ...pending, phase: "firing" as const };
    expect(withThreshold(firing, three, START + 5)).toBe(firing);
    expect(withThreshold(pending, rule(", threshold: { count: 4, within: 10m }"), START + 5)).toBe(pending);
  });
});

describe("two alerts that turn out to be one", () => {
  const older = makeAlert("a", {
    openedAt: 1,
    firstSeenAt: 5,
    lastSeenAt: 6,
    occurredAt: 3,
    activeAt: 9,
    occurrences: 2,
    accounted: { ops: 1 },
    sources: ["x", "y"],
    estimated: true,
  });
  const newer = makeAlert("b", {
    openedAt: 2,
    firstSeenAt: 4,
    lastSeenAt: 8,
    occurredAt: 7,
    activeAt: 8,
    occurrences: 5,
    accounted: { ops: 3, shop: 5 },
    sources: ["y", "z"],
    series: true,
    event: { ...makeEvent(), message: "newest" },
  });

  it("add up, whichever is found first", () => {
    for (const merged of [merge(older, newer), merge(newer, older)]) {
      expect(merged).toMatchObject({
        openedAt: 1,
        firstSeenAt: 4,
        lastSeenAt: 8,
        occurredAt: 7,
        activeAt: 9,
        occurrences: 7,
        accounted: { ops: 4, shop: 5 },
        estimated: true,
        series: true,
      });
      expect([merged.event.message, merged.sources.toSorted()]).toEqual(["newest", ["x", "y", "z"]]);
    }
    expect(merge(older, newer).fingerprint).toBe("a");
  });

  it.each([
    ["pending", "pending", "pending"],
    ["pending", "firing", "firing"],
    ["firing", "pending", "firing"],
    ["firing", "firing", "firing"],
    ["resolved", "pending", "firing"],
    ["resolved", "firing", "firing"],
  ] as const)("%s and %s are %s", (into, other, phase) => {
    const merged = merge(
      makeAlert("a", { phase: into, resolvedAt: into === "resolved" ? 1 : undefined }),
      makeAlert("b", { phase: other, metAt: 7, firedAt: 8 }),
    );
    expect(merged).toMatchObject({ phase, metAt: 7, firedAt: 8, resolvedAt: undefined });
  });
});

describe("what is due for an alert", () => {
  const live = { liveSince: START };
  const timing = { forMs: 60 * SECOND, withinMs: 10 * MINUTE };
  const due = (more: Partial<AlertState>, coverage: Parameters<typeof dueOf>[2] = live): unknown => {
    const next = dueOf(
      makeAlert("a", {
        occurredAt: START,
        activeAt: START,
        quietMs: 15 * MINUTE,
        maxAgeMs: 24 * HOUR,
        ...more,
      }),
      timing,
      coverage,
    );
    return next && { ...next, at: (next.at - START) / MINUTE };
  };

  it.each([
    ["nothing once it has ended", { phase: "resolved" }, live, undefined],
    ["its quiet end", {}, live, { at: 15, what: "resolve", how: "quiet" }],
    [
      "its quiet end after other activity",
      { activeAt: START + MINUTE },
      live,
      { at: 16, what: "resolve", how: "quiet" },
    ],
    [
      "its quiet end only after a quarter of an hour without a gap",
      {},
      { liveSince: START + 5 * MINUTE },
      { at: 20, what: "resolve", how: "quiet" },
    ],
    [
      "its age while there is a gap",
      {},
      { liveSince: undefined },
      { at: 1440, what: "resolve", how: "max-age" },
    ],
    [
      "its age when quiet ends nothing",
      { quietMs: undefined },
      live,
      { at: 1440, what: "resolve", how: "max-age" },
    ],
    ["its age when that comes first", { maxAgeMs: MINUTE }, live, { at: 1, what: "resolve", how: "max-age" }],
    [
      "its age when both come at once",
      { maxAgeMs: 15 * MINUTE },
      live,
      { at: 15, what: "resolve", how: "max-age" },
    ],
    ["the late end of an open series", { series: true }, live, { at: 40, what: "resolve", how: "quiet" }],
    [
      "the later end that a series' rule asks for",
      { series: true, quietMs: 60 * MINUTE },
      live,
      { at: 60, what: "resolve", how: "quiet" },
    ],
    ["the end of its window", { phase: "pending" }, live, { at: 10, what: "forget" }],
    ["the end of its `for`", { phase: "pending", metAt: START + MINUTE }, live, { at: 2, what: "fire" }],
    [
      "its end before the `for` is over",
      { phase: "pending", metAt: START + MINUTE, quietMs: MINUTE },
      live,
      { at: 1, what: "forget" },
    ],
    [
      "the `for` when both are over at once",
      { phase: "pending", metAt: START + MINUTE, quietMs: 2 * MINUTE },
      live,
      { at: 2, what: "fire" },
    ],
  ] as const)("is %s", (_, alert, coverage, expected) => {
    expect(due(alert, coverage)).toEqual(expected);
  });
});

it("clears an object that is gone once, at the time at which that was known", () => {
  const alert = makeAlert("a", { members: [makeMember("one"), makeMember("two")] });
  const once = withoutObject(alert, "test/Pod/shop/one", START + MINUTE);
  expect(once.members.map(({ clearedAt }) => clearedAt)).toEqual([START + MINUTE, undefined]);
  expect(withoutObject(once, "test/Pod/shop/one", START + HOUR)).toBe(once);
});
