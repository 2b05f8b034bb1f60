import { describe, expect, it } from "vitest";

import { isSameEvent } from "../../src/alert/alert-rows.ts";
import { EngineBed, type EventSketch } from "../support/engine-bed.ts";
import { makeEvent } from "./make.ts";

const RULES = "rules: [{ name: crash, match: { reason: BackOff }, resolve: { quiet: 1h } }]";
const owners = ["Deployment/web"];

function crash(pod: string, count: number): EventSketch {
  return { reason: "BackOff", object: `shop/Pod/${pod}`, name: `${pod}.backoff`, owners, count };
}

/** The kinds of the entities that the last step put into the store. */
function written({ changes }: EngineBed): readonly string[] {
  return (changes.at(-1)?.entities.put ?? []).map(({ kind }) => kind).toSorted();
}

describe("what an occurrence writes", () => {
  it("is the alert's row and one member, when its Event is merely counted up", () => {
    const bed = new EngineBed({ rules: RULES }).at(0, crash("a", 1), crash("b", 1)).until(60);
    expect(written(bed.at(70, crash("b", 5)))).toEqual(["alert", "member"]);
  });

  it("is the event's row as well, when it is another Event", () => {
    const bed = new EngineBed({ rules: RULES }).at(0, crash("a", 1), crash("b", 1)).until(60);
    expect(written(bed.at(70, crash("a", 2)))).toEqual(["alert", "event", "member"]);
  });

  it("is small, however many members there are", () => {
    const pods = Array.from({ length: 100 }, (_pod, index) => crash(`p${index}`, 1));
    const bed = new EngineBed({ rules: RULES }).at(0, ...pods).until(60);
    bed.at(70, crash("p99", 2));
    const bytes = JSON.stringify(bed.changes.at(-1)?.entities.put).length;
    const alone = new EngineBed({ rules: RULES }).at(0, crash("p99", 1)).until(60).at(70, crash("p99", 2));
    expect(bytes).toBeLessThan(JSON.stringify(alone.changes.at(-1)?.entities.put).length + 100);
  });

  it("leaves nothing in the store once the alert is forgotten", () => {
    const bed = new EngineBed({ rules: RULES }).at(0, crash("a", 1), crash("b", 1)).until(4 * 3600);
    const kept = new Map<string, string>();
    for (const { entities } of bed.changes) {
      for (const { kind, key } of entities.put) kept.set(`${kind} ${key}`, kind);
      for (const { kind, key } of entities.forget) kept.delete(`${kind} ${key}`);
    }
    expect([...kept.values()].filter((kind) => ["alert", "event", "member"].includes(kind))).toEqual([]);
  });
});

it.each([
  ["a count", { count: 7 }, true],
  ["a message", { message: "another" }, false],
  [
    "labels",
    { metadata: { name: "web-1.x", namespace: "shop", uid: "u", resourceVersion: "7", labels: { a: "b" } } },
    false,
  ],
  ["a type", { type: "Normal" }, false],
] as const)("another %s makes the same Event: %s", (_what, change, expected) => {
  expect(isSameEvent(makeEvent(), makeEvent(change))).toBe(expected);
});
