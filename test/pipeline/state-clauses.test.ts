import { describe, expect, it } from "vitest";

import type { Fact, Inquiry } from "../../src/alert/index.ts";
import { objectKey, type Occurrence } from "../../src/event/index.ts";
import { readObjectState } from "../../src/object/index.ts";
import { withStates } from "../../src/pipeline/state-clauses.ts";
import { createStateFinder } from "../../src/pipeline/state-finder.ts";
import { makeEvent, rulesOf } from "../rule/make.ts";
import { FakeClock } from "../support/fake-clock.ts";

const RULES = rulesOf(`
rules:
  - { name: killed, match: { reason: Started, count: { gte: 2 } }, state: { phase: Failed } }
  - { name: plain, match: { reason: Started } }
`);

function occurrence(pod: string, count: number, delta = 1): Occurrence {
  const event = makeEvent({ reason: "Started", count, involvedObject: { name: pod } });
  const place = { epoch: 0, via: "watch", history: false, unseen: true, receivedAt: 0 } as const;
  return { ...place, event, delta, owners: [], node: "", since: 0, estimated: false };
}

function state(phase: string): Fact["found"] {
  return readObjectState("Pod", { metadata: {}, status: { phase } }) ?? "unknown";
}

describe("conditions of rules on states", () => {
  async function decide(
    occurrences: readonly Occurrence[],
    states: Readonly<Record<string, Fact["found"]>> | undefined,
    rules = RULES,
  ): Promise<{
    readonly held: readonly (readonly string[] | undefined)[];
    readonly asked: string[];
    readonly unknown: string[];
  }> {
    const asked: string[] = [];
    const unknown: string[] = [];
    const decided = await withStates(occurrences, {
      policy: { rules },
      states: states && {
        find: (objects) => {
          asked.push(...objects.map(({ object }) => object));
          return Promise.resolve(
            new Map(objects.flatMap(({ object }) => (states[object] ? [[object, states[object]]] : []))),
          );
        },
      },
      onUnknown: (rule) => unknown.push(rule),
    });
    return { held: decided.map(({ stateRules }) => stateRules), asked, unknown };
  }

  const [first, second, third] = [occurrence("a", 1), occurrence("b", 2), occurrence("c", 3)];
  const [keyB, keyC] = [objectKey(second.event), objectKey(third.event)];

  it("are asked only of objects whose Event matches in everything else, and decided by the answer", async () => {
    const states = { [keyB]: state("Failed"), [keyC]: state("Running") };
    const { held, asked, unknown } = await decide([first, second, third], states);
    expect(asked).toEqual([keyB, keyC]);
    expect(held).toEqual([undefined, ["killed"], []]);
    expect(unknown).toEqual([]);
  });

  it("do not hold of an unknown state, which is counted, nor of a gone object", async () => {
    expect(await decide([second], {})).toMatchObject({ held: [[]], unknown: ["killed"] });
    expect(await decide([second], undefined)).toMatchObject({ held: [[]], unknown: ["killed"] });
    expect(await decide([second], { [keyB]: "gone" })).toMatchObject({ held: [[]], unknown: [] });
  });

  it("cost nothing where no rule has one, or nothing happened", async () => {
    const plain = rulesOf("rules: [{ name: plain, match: { reason: Started } }]");
    expect(await decide([second], {}, plain)).toEqual({ held: [undefined], asked: [], unknown: [] });
    expect(await decide([occurrence("b", 2, 0)], {})).toMatchObject({ asked: [] });
  });
});

describe("the finder of states", () => {
  const asked = ["a", "b"].map((object) => ({ object, apiVersion: "v1" }));

  it("answers as soon as all objects are known, and takes no answer from before", async () => {
    const inquiries: Inquiry[] = [];
    const finder = createStateFinder(
      {
        ask: (all, onFact) => {
          inquiries.push(...all);
          for (const { object } of all) onFact({ object, at: 0, found: "gone" });
        },
      },
      new FakeClock(),
    );
    expect(await finder.find(asked)).toEqual(
      new Map([
        ["a", "gone"],
        ["b", "gone"],
      ]),
    );
    expect(inquiries.map(({ purpose }) => purpose)).toEqual(["hint", "hint"]);
  });

  it("answers after a second with what it knows", async () => {
    const clock = new FakeClock();
    const finder = createStateFinder(
      { ask: (_, onFact) => onFact({ object: "a", at: 0, found: "gone" }) },
      clock,
    );
    const found = finder.find(asked);
    await clock.advance(1000);
    expect(await found).toEqual(new Map([["a", "gone"]]));
  });

  it("asks for fifty objects of a batch at most", async () => {
    let count = 0;
    const finder = createStateFinder(
      {
        ask: (all, onFact) => {
          count += all.length;
          for (const { object } of all) onFact({ object, at: 0, found: "gone" });
        },
      },
      new FakeClock(),
    );
    await finder.find(
      Array.from({ length: 80 }, (_, index) => ({ object: `pod-${index}`, apiVersion: "v1" })),
    );
    expect(count).toBe(50);
  });
});
