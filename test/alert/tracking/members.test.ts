import { describe, expect, it } from "vitest";

import {
  addOccurrence,
  hasOpenMember,
  type Members,
  meetsThreshold,
  memberKey,
  mergeMembers,
  MOST_MEMBERS,
  withoutWindows,
} from "../../../src/alert/tracking/members.ts";
import type { RawEvent } from "../../../src/event/index.ts";
import { START } from "../../support/engine-bed.ts";
import { makeMember, makeSubject } from "../make.ts";

const MINUTE = 60_000;
const WITHIN = 10 * MINUTE;
const NONE: Members = { members: [], membersOmitted: [], windowOmitted: [] };

function add(
  before: Members,
  name: string,
  more: RawEvent = {},
  amount = { delta: 1, withinMs: WITHIN },
): Members {
  const subject = makeSubject({
    involvedObject: { kind: "Pod", namespace: "shop", name, fieldPath: "spec.containers{app}" },
    ...more,
  });
  return addOccurrence(before, subject, { since: subject.event.lastSeenAt }, amount);
}

const at = (ms: number): RawEvent => ({
  firstTimestamp: new Date(START + ms).toISOString(),
  lastTimestamp: new Date(START + ms).toISOString(),
});

describe("a member", () => {
  it("is an object with its container", () => {
    expect(memberKey(makeSubject())).toBe("test/Pod/shop/web-1/app");
  });

  it("adds up, from the earliest to the latest, with the newest text", () => {
    const [member] = add(
      add(add(NONE, "a", at(5)), "a", { ...at(1), message: "m2" }, { delta: 3, withinMs: 0 }),
      "a",
      at(9),
    ).members;
    expect(member).toMatchObject({
      occurrences: 5,
      firstSeenAt: START + 1,
      lastSeenAt: START + 9,
      workload: "Pod/a",
      node: "node-1",
    });
  });

  it("has a window only while a threshold is counted", () => {
    expect(add(NONE, "a", {}, { delta: 1, withinMs: 0 }).members[0]?.window).toEqual([]);
    expect(add(NONE, "a").members[0]?.window).toHaveLength(1);
  });

  it("counts from the start again after it was cleared", () => {
    const cleared = { ...NONE, members: [makeMember("a", { clearedAt: START, window: [[START, 7]] })] };
    const [member] = add(cleared, "a").members;
    expect(member?.clearedAt).toBeUndefined();
    expect(member?.window.reduce((sum, [, count]) => sum + count, 0)).toBe(1);
  });

  it("keeps a message of 1024 units", () => {
    expect(add(NONE, "a", { message: "x".repeat(2000) }).members[0]?.message).toHaveLength(1024);
  });

  it("stays in its place", () => {
    const names = add(add(add(NONE, "a"), "b"), "a").members.map(({ name }) => name);
    expect(names).toEqual(["a", "b"]);
  });
});

describe("more members than are kept", () => {
  const full: Members = {
    ...NONE,
    members: Array.from({ length: MOST_MEMBERS }, (_, index) => makeMember(`m${index}`)),
  };

  it("are a number, each counted once", () => {
    const more = ["x", "y", "x"].reduce((before, name) => add(before, name), full);
    expect([more.members.length, more.membersOmitted.length]).toEqual([MOST_MEMBERS, 2]);
    expect(more.windowOmitted.reduce((sum, [, count]) => sum + count, 0)).toBe(3);
  });

  it("are counted up to 2000", () => {
    const omitted = { ...full, membersOmitted: Array.from({ length: 2000 }, (_, index) => `h${index}`) };
    expect(add(omitted, "x").membersOmitted).toHaveLength(2000);
    const almost = { ...full, membersOmitted: omitted.membersOmitted.slice(1) };
    expect(add(almost, "x").membersOmitted).toHaveLength(2000);
  });

  it("do not keep the known ones from adding up", () => {
    expect(add(full, "m5").members[5]?.occurrences).toBe(2);
    const before = { ...full, members: full.members.slice(1) };
    expect(add(before, "x").members).toHaveLength(MOST_MEMBERS);
  });

  it("keep the alert open, since nobody knows whether they are cleared", () => {
    const cleared = [makeMember("a", { clearedAt: 1 })];
    expect(hasOpenMember({ ...NONE, members: cleared })).toBe(false);
    expect(hasOpenMember({ ...NONE, members: cleared, membersOmitted: ["x"] })).toBe(true);
    expect(hasOpenMember({ ...NONE, members: [...cleared, makeMember("b")] })).toBe(true);
  });
});

describe("a threshold", () => {
  const THREE = { count: 3, withinMs: WITHIN, distinct: 1 };
  const member = (name: string, ...window: [number, number][]): ReturnType<typeof makeMember> =>
    makeMember(name, { window });
  it.each([
    ["is met by one when it asks for one", [], { ...THREE, count: 1 }, true],
    ["adds the members", [member("a", [MINUTE, 1]), member("b", [2 * MINUTE, 2])], THREE, true],
    ["is not met by too few", [member("a", [MINUTE, 1]), member("b", [2 * MINUTE, 1])], THREE, false],
    [
      "leaves out what is too old for the newest",
      [member("a", [0, 2]), member("b", [WITHIN, 1])],
      THREE,
      false,
    ],
    ["takes in what is just young enough", [member("a", [1, 2]), member("b", [WITHIN, 1])], THREE, true],
    ["leaves out what was cleared", [makeMember("a", { window: [[MINUTE, 3]], clearedAt: 1 })], THREE, false],
    ["wants different objects", [member("a", [MINUTE, 9])], { ...THREE, count: 1, distinct: 2 }, false],
    [
      "is met by different objects",
      [member("a", [MINUTE, 1]), member("b", [MINUTE, 1])],
      { ...THREE, count: 1, distinct: 2 },
      true,
    ],
    [
      "does not take two containers for two objects",
      [member("a", [MINUTE, 1]), { ...member("a", [MINUTE, 1]), container: "b" }],
      { ...THREE, count: 1, distinct: 2 },
      false,
    ],
    [
      "does not take an object for different that is too old",
      [member("a", [0, 1]), member("b", [WITHIN, 1])],
      { ...THREE, count: 1, distinct: 2 },
      false,
    ],
    ["wants both", [member("a", [MINUTE, 1]), member("b", [MINUTE, 1])], { ...THREE, distinct: 2 }, false],
  ] as const)("%s", (_, members, threshold, expected) => {
    expect(meetsThreshold({ ...NONE, members }, threshold)).toBe(expected);
  });

  it("counts what is not kept by name", () => {
    expect(meetsThreshold({ ...NONE, windowOmitted: [[MINUTE, 3]] }, THREE)).toBe(true);
    expect(
      meetsThreshold({ ...NONE, members: [member("a", [0, 2])], windowOmitted: [[WITHIN, 2]] }, THREE),
    ).toBe(false);
  });

  it("needs no windows once it is met", () => {
    const before = {
      ...NONE,
      members: [member("a", [1, 2]), makeMember("b")],
      windowOmitted: [[1, 1]] as const,
    };
    const after = withoutWindows(before);
    expect([after.members.map(({ window }) => window), after.windowOmitted]).toEqual([[[], []], []]);
    expect(after.members[1]).toBe(before.members[1]);
    expect(withoutWindows(after)).toBe(after);
  });
});

describe("two alerts that are one", () => {
  it("add up their members", () => {
    const a = {
      ...NONE,
      members: [
        makeMember("a", {
          occurrences: 2,
          firstSeenAt: 5,
          lastSeenAt: 9,
          message: "newer",
          window: [
            [1, 1],
            [3, 1],
          ],
        }),
      ],
    };
    const b = {
      ...NONE,
      members: [
        makeMember("a", {
          occurrences: 3,
          firstSeenAt: 1,
          lastSeenAt: 8,
          message: "older",
          window: [
            [2, 1],
            [3, 4],
          ],
        }),
        makeMember("b"),
      ],
    };
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const { members } = mergeMembers(one, other);
      expect(members.map(({ name }) => name)).toEqual(["a", "b"]);
      expect(members[0]).toMatchObject({
        occurrences: 5,
        firstSeenAt: 1,
        lastSeenAt: 9,
        message: "newer",
        window: [
          [1, 1],
          [2, 1],
          [3, 5],
        ],
      });
    }
  });

  it("have no more members than one", () => {
    const many = (prefix: string): Members => ({
      ...NONE,
      members: Array.from({ length: 60 }, (_, index) => makeMember(`${prefix}${index}`)),
      membersOmitted: ["same", prefix],
      windowOmitted: [[1, 1]],
    });
    const merged = mergeMembers(many("a"), many("b"));
    expect([merged.members.length, merged.membersOmitted.length, merged.windowOmitted]).toEqual([
      100,
      23,
      [[1, 2]],
    ]);
  });
});
