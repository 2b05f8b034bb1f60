import { describe, expect, it } from "vitest";

import type { SeenState } from "../../../src/alert/index.ts";
import { EngineBed, type EventSketch, START } from "../../support/engine-bed.ts";
import { podBody } from "../../support/object-bodies.ts";
import { ObjectStates } from "../../support/object-states.ts";

const RULES = `
rules:
  - { name: crash, match: { reason: BackOff }, severity: warning, resolve: { when: stable, quiet: 10m } }
`;
const WEB = "shop/Pod/web-1";
const CRASH: EventSketch = {
  reason: "BackOff",
  object: WEB,
  container: "app",
  uid: "e1",
  objectUid: "uid-1",
};

/** A crash at 0 s, told at 10 s, with these states of its pod. */
function story(states: ObjectStates, until: number): EngineBed {
  const route = "{ sinks: [ops], groupWait: 10s }";
  return new EngineBed({ rules: RULES, route, states }).at(0, CRASH).until(until);
}

function seen(bed: EngineBed): SeenState | undefined {
  const [alert] = bed.engine.alerts();
  return bed.engine.seenState(alert?.fingerprint ?? "", START + bed.now * 1000);
}

describe("the known state of the objects of an alert", () => {
  it("says which object has the problem, and when that was read", () => {
    const bed = story(new ObjectStates().set(0, WEB, podBody()), 20);
    expect(seen(bed)).toEqual({
      judgement: "sick",
      objects: [
        {
          kind: "Pod",
          namespace: "shop",
          name: "web-1",
          container: "app",
          verdict: "unhealthy",
          seenAt: START + 10_000,
          askedAt: START + 10_000,
        },
      ],
      checkingUntil: undefined,
    });
  });

  it("says of an object that it is gone", () => {
    const bed = story(new ObjectStates().set(0, WEB, podBody()).set(30, WEB, "gone"), 50);
    expect(seen(bed)).toMatchObject({ judgement: "over", objects: [{ verdict: "gone" }] });
  });

  it("says that the state was asked for, and that there was no answer", () => {
    const bed = story(new ObjectStates().set(0, WEB, "unknown"), 20);
    expect(seen(bed)).toMatchObject({
      judgement: "unknown",
      objects: [{ verdict: "unknown", seenAt: undefined, askedAt: START + 10_000 }],
    });
  });

  it("says until when a message waits for it", () => {
    const bed = new EngineBed({
      rules: RULES,
      route: "{ sinks: [ops], groupWait: 10s }",
      states: new ObjectStates(),
    });
    bed.answers = false;
    bed.at(0, CRASH).until(10.5);
    expect(bed.messages).toEqual([]);
    expect(seen(bed)?.checkingUntil).toBe(START + 11_000);
    bed.until(12);
    expect(bed.messages).toHaveLength(1);
    expect(seen(bed)?.checkingUntil).toBeUndefined();
  });

  it("is unknown of an alert that is not open", () => {
    const bed = story(new ObjectStates().set(0, WEB, podBody()), 20);
    expect(bed.engine.seenState("other", START)).toBeUndefined();
  });
});
