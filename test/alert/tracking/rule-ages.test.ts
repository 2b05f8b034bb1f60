import { describe, expect, it } from "vitest";

import type { RuleRow } from "../../../src/alert/state.ts";
import { RuleAges } from "../../../src/alert/tracking/rule-ages.ts";
import type { Occurrence } from "../../../src/event/index.ts";
import { makePolicy } from "../../support/engine-bed.ts";
import { changesOf } from "../../support/entity-changes.ts";
import { makeEvent } from "../make.ts";

const policyOf = (...names: readonly string[]): ReturnType<typeof makePolicy> =>
  makePolicy({
    rules: `rules: [${names.map((name) => `{ name: ${name.replace("!", "")}, match: { reason: ${name.endsWith("!") ? "Y" : "X"} } }`).join(", ")}]`,
    forward: "[{ name: all, sinks: [ops] }]",
  });

function occurrence(
  more: Partial<Occurrence> & { readonly first?: number; readonly last?: number; readonly created?: number },
): Occurrence {
  const { first = 0, last = first, created = first, ...rest } = more;
  return {
    event: { ...makeEvent(), firstSeenAt: first, lastSeenAt: last, createdAt: created },
    delta: 5,
    since: first,
    estimated: false,
    epoch: 0,
    via: "list",
    history: false,
    unseen: true,
    owners: [],
    node: "",
    receivedAt: 0,
    ...rest,
  };
}

function drained(ages: RuleAges): readonly RuleRow[] {
  return changesOf("rule", ages.drain()).put;
}

describe("the age of a rule", () => {
  it("is that of the world at the very first start, forwards included", () => {
    const ages = new RuleAges();
    ages.update(policyOf("a"), 1000);
    expect(drained(ages).map(({ name, since }) => [name, since])).toEqual([
      ["a", 0],
      ["forward:all", 0],
    ]);
    expect(drained(ages)).toEqual([]);
  });

  it("starts when it is added or changed, or comes back", () => {
    const ages = new RuleAges();
    ages.update(policyOf("a", "b"), 1000);
    const [row] = drained(ages);
    ages.update(policyOf("a", "b!", "c"), 2000);
    expect(drained(ages).map(({ name, since }) => [name, since])).toEqual([
      ["b", 2000],
      ["c", 2000],
    ]);
    ages.update(policyOf("b!", "c"), 3000);
    expect(drained(ages)).toEqual([{ name: "a", version: "", since: 3000 }]);
    ages.update(policyOf("b!", "c"), 3500);
    expect(drained(ages)).toEqual([]);
    ages.update(policyOf("a", "b!", "c"), 4000);
    expect(drained(ages)).toEqual([{ ...row, since: 4000 }]);
  });

  it("is not that of its texts", () => {
    const rule = (text: string): ReturnType<typeof makePolicy> =>
      makePolicy({ rules: `rules: [{ name: a, match: { reason: X }, ${text} }]` });
    const ages = new RuleAges();
    ages.update(rule("title: one"), 1000);
    ages.drain();
    ages.update(rule("title: two, severity: critical"), 2000);
    expect(drained(ages)).toEqual([]);
    ages.update(rule("title: two, except: { kind: Job }"), 3000);
    expect(drained(ages)).toMatchObject([{ name: "a", since: 3000 }]);
  });

  it("goes on after a restart", () => {
    const before = new RuleAges();
    before.update(policyOf("a"), 1000);
    const after = new RuleAges();
    after.load(drained(before));
    after.update(policyOf("a"), 2000);
    expect(drained(after)).toEqual([]);
  });

  const ages = new RuleAges();
  ages.load([{ name: "young", version: "v", since: 100 }]);
  it.each([
    ["young", "what a list shows of before", occurrence({ last: 99 }), false],
    ["young", "what a list shows of then", occurrence({ last: 100 }), true],
    ["young", "what was created then by a slow clock", occurrence({ last: 99, created: 100 }), true],
    ["young", "what is watched", occurrence({ last: 99, via: "watch" }), true],
    ["other", "anything, when its age is not known", occurrence({ last: 0 }), true],
  ])("lets %s see %s: %#", (name, _, seen, expected) => {
    expect(ages.concerns(name, seen)).toBe(expected);
  });

  it.each([
    ["one of what a counter had reached before", occurrence({ first: 99, via: "watch" }), 1],
    ["all of what is from its time", occurrence({ first: 100 }), 5],
    ["all of what was counted from a known state on", occurrence({ first: 99, unseen: false }), 5],
    ["none of none", occurrence({ first: 99, delta: 0 }), 0],
  ])("lets it count %s", (_, seen, expected) => {
    expect(ages.deltaFor("young", seen)).toBe(expected);
  });
});
