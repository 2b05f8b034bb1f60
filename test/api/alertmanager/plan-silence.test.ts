import { describe, expect, it } from "vitest";

import type { Silence } from "../../../src/alert/index.ts";
import { toGettableSilence } from "../../../src/api/alertmanager/gettable-silence.ts";
import { planSilence, type SilenceFacts } from "../../../src/api/alertmanager/plan-silence.ts";
import { PostableSilence } from "../../../src/api/alertmanager/postable-silence.ts";
import { check } from "../../../src/lib/schema.ts";
import { LABEL_NAMES } from "../../../src/rule/index.ts";

const NOW = Date.UTC(2026, 5, 1, 10);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const ACTIVE: Silence = {
  id: "known",
  origin: "api",
  match: { rule: "it" },
  from: NOW - HOUR,
  until: NOW + HOUR,
  untilResolved: false,
  schedule: undefined,
  author: "anna",
  comment: "upgrade",
  createdAt: NOW - HOUR,
  usedAt: NOW - 1000,
};

function facts(over: Partial<SilenceFacts> = {}): SilenceFacts {
  return { all: [ACTIVE], freeId: "fresh", labels: { names: new Set(LABEL_NAMES) }, now: NOW, ...over };
}

/** As a program posts it. */
function posted(over: object = {}): PostableSilence {
  const document = {
    matchers: [{ name: "alertname", value: "it", isRegex: false }],
    startsAt: new Date(NOW).toISOString(),
    endsAt: new Date(NOW + 2 * HOUR).toISOString(),
    createdBy: "bob",
    comment: "again",
    ...over,
  };
  const { value, faults } = check(PostableSilence, document);
  if (value === undefined)
    throw new Error(faults.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  return value;
}

/** The known silence as a program reads it, and posts it again. */
function edited(known: Silence, over: object = {}): PostableSilence {
  return posted({ ...toGettableSilence(known, NOW), ...over });
}

describe("a silence without an id", () => {
  it("is new, and keeps who, why and its times", () => {
    const startsAt = new Date(NOW + HOUR).toISOString();
    expect(planSilence(posted({ startsAt, createdBy: " bob ", comment: "a\nb " }), facts())).toEqual({
      replaces: undefined,
      silence: {
        ...ACTIVE,
        id: "fresh",
        from: NOW + HOUR,
        until: NOW + 2 * HOUR,
        author: " bob ",
        comment: "a\nb ",
        createdAt: NOW,
        usedAt: undefined,
      },
    });
  });

  it("begins now at the soonest", () => {
    const plan = planSilence(posted({ startsAt: "0001-01-01T00:00:00.000Z" }), facts());
    expect(plan).toMatchObject({ silence: { from: NOW } });
  });

  it.each([
    ["ends before it begins", { endsAt: new Date(NOW).toISOString() }, "start time must be before end time"],
    ["is over", { startsAt: "2020-01-01T00:00:00Z", endsAt: "2020-01-02T00:00:00Z" }, "can't be in the past"],
    ["lasts too long", { endsAt: new Date(NOW + 31 * DAY).toISOString() }, "endsAt: is more than 30 days"],
    [
      "has a label that no alert has",
      { matchers: [{ name: "pod", value: "x", isRegex: false }] },
      'pod: unknown label "pod"',
    ],
    [
      "silences everything",
      { matchers: [{ name: "name", value: ".*", isRegex: true }] },
      "silences everything",
    ],
    [
      "names the rule by another label",
      { matchers: [{ name: "rule", value: "it", isRegex: false }] },
      'write "alertname"',
    ],
    ["names no severity", { matchers: [{ name: "severity", value: "page", isRegex: false }] }, "severity: "],
    [
      "has a pattern where a value stands",
      { matchers: [{ name: "alertname", value: "it|that", isRegex: false }] },
      "alertname: ",
    ],
    ["has an id that is not known", { id: "other" }, "silence other not found"],
  ])("is refused in words where it %s", (_, over, words) => {
    expect(planSilence(posted(over), facts())).toEqual({
      status: words.includes("not found") ? 404 : 400,
      refusal: expect.stringContaining(words),
    });
  });

  it("is refused where there are too many", () => {
    const all = Array.from({ length: 1000 }, (_, index) => ({ ...ACTIVE, id: `s${index}` }));
    expect(planSilence(posted(), facts({ all }))).toMatchObject({
      refusal: expect.stringContaining("too many"),
    });
  });
});

describe("a silence with the id of a known one", () => {
  it("changes it where it says the same and keeps its begin", () => {
    const endsAt = new Date(NOW + 5 * HOUR).toISOString();
    expect(planSilence(edited(ACTIVE, { endsAt, comment: "longer" }), facts())).toEqual({
      replaces: undefined,
      silence: { ...ACTIVE, until: NOW + 5 * HOUR, comment: "longer", createdAt: NOW },
    });
  });

  it("leaves patterns alone that were made elsewhere", () => {
    const known = { ...ACTIVE, match: { name: { like: "web-*" }, namespace: ["a", "b"] } };
    const plan = planSilence(edited(known, { comment: "longer" }), facts({ all: [known] }));
    expect(plan).toMatchObject({ replaces: undefined, silence: { id: "known", match: known.match } });
  });

  it.each([
    ["other matchers", ACTIVE, { matchers: [{ name: "name", value: "x", isRegex: false }] }],
    ["another begin", ACTIVE, { startsAt: new Date(NOW - 2 * HOUR).toISOString() }],
  ])("takes its place where it has %s", (_, known, over) => {
    const plan = planSilence(edited(known, over), facts());
    expect(plan).toMatchObject({ replaces: "known", silence: { id: "fresh", from: NOW, usedAt: undefined } });
  });

  it("is a new one where the known one is over", () => {
    const over = { ...ACTIVE, until: NOW - 1 };
    const again = edited(over, { endsAt: new Date(NOW + HOUR).toISOString() });
    expect(planSilence(again, facts({ all: [over] }))).toMatchObject({
      replaces: undefined,
      silence: { id: "fresh" },
    });
  });

  it("moves the begin of one that has not begun", () => {
    const pending = { ...ACTIVE, from: NOW + HOUR, until: NOW + 2 * HOUR };
    const startsAt = new Date(NOW + 1000).toISOString();
    expect(planSilence(edited(pending, { startsAt }), facts({ all: [pending] }))).toMatchObject({
      silence: { id: "known", from: NOW + 1000 },
    });
  });

  it.each([
    ["of the configuration", { origin: "config" }, "stands in the configuration"],
    ["of an object", { origin: "annotation" }, "stands on an object"],
    [
      "that ends with its alerts",
      { untilResolved: true, until: undefined },
      "no alert that it matches fires",
    ],
    ["with hours", { schedule: { zone: "UTC", times: ["18:00-08:00"] } }, "some hours"],
  ] as const)("is refused for one %s", (_, over, words) => {
    const known: Silence = { ...ACTIVE, ...over };
    const asked = edited(known, { endsAt: new Date(NOW + HOUR).toISOString() });
    expect(planSilence(asked, facts({ all: [known] }))).toEqual({
      status: 400,
      refusal: expect.stringContaining(words),
    });
  });
});

describe("the form of a posted silence", () => {
  it.each([
    ["no matchers", { matchers: [] }, "matchers: empty"],
    ["no author", { createdBy: " " }, "createdBy: empty: say who"],
    ["no comment", { comment: "" }, "comment: empty: say why"],
    ["a comment that is too long", { comment: "x".repeat(1001) }, "comment: "],
    ["annotations", { annotations: { ticket: "1" } }, "annotations: silences of Tocsin have none"],
    ["a wrong time", { endsAt: "tomorrow" }, "endsAt: not a time"],
    ["a wrong expression", { matchers: [{ name: "name", value: "(", isRegex: true }] }, "name: not an RE2"],
    [
      "an expression that is none by itself",
      { matchers: [{ name: "name", value: "a)|(?:b", isRegex: true }] },
      "name: not an RE2",
    ],
  ])("is refused with %s", (_, over, words) => {
    expect(() => posted(over)).toThrow(words);
  });

  it("may have keys that nobody names, as Grafana sends them", () => {
    expect(posted({ accessControl: { write: true }, metadata: {}, annotations: {}, id: null })).toMatchObject(
      {
        id: "",
        matchers: [{ isEqual: true }],
      },
    );
  });
});
