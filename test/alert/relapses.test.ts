import { describe, expect, it } from "vitest";

import type { AlertState } from "../../src/alert/index.ts";
import { EngineBed, type EventSketch, START } from "../support/engine-bed.ts";
import { deploymentBody, podBody } from "../support/object-bodies.ts";
import { type Found, ObjectStates } from "../support/object-states.ts";

type Body = Exclude<Found, string>;

const RULES = `
rules:
  - { name: image, match: { reason: Failed }, severity: warning, resolve: { when: available, quiet: 10m } }
  - { name: crash, match: { reason: BackOff }, severity: warning, resolve: { when: stable, quiet: 10m } }
  - { name: node, match: { reason: NodeNotReady }, severity: warning, lifecycle: transition, resolve: { when: nodeReady } }
`;

const WEB = "shop/Deployment/web";
const POD = "shop/Pod/web-1";
const FAILED: EventSketch = { reason: "Failed", object: WEB, objectUid: "uid-1" };
const BACK_OFF: EventSketch = { reason: "BackOff", object: POD, objectUid: "uid-1", container: "app" };

/** The Deployment, available since a second, and the pod, that runs since then; neither is when that is undefined. */
function bodiesOf(well?: number): readonly (readonly [string, Body])[] {
  return [
    [WEB, deploymentBody(well === undefined ? { ready: 0 } : { available: well })],
    [POD, podBody(well === undefined ? {} : { running: well, ready: well })],
  ];
}

function setAll(states: ObjectStates, second: number, well?: number): ObjectStates {
  for (const [object, body] of bodiesOf(well)) states.set(second, object, body);
  return states;
}

/** Messages go out at once: a group waits for nothing. */
const AT_ONCE = "{ sinks: [ops], groupWait: 0s, groupInterval: 1s }";
/** The first message waits, so that state can come before it. */
const LATER = "{ sinks: [ops], groupWait: 30s, groupInterval: 1s }";

function makeBed(route = AT_ONCE) {
  const states = new ObjectStates();
  return { states, bed: new EngineBed({ rules: RULES, route, states }) };
}

function alertOf(bed: EngineBed): AlertState | undefined {
  return [...bed.engine.alerts()][0];
}

describe("an alert that comes back", () => {
  /** Fails at each of these seconds and runs again ten seconds later. */
  function failing(seconds: readonly number[], event = FAILED) {
    const { bed, states } = makeBed();
    for (const second of seconds) {
      setAll(states, second);
      setAll(states, second + 10, second + 10);
    }
    return { bed, states, play: () => seconds.forEach((second) => bed.at(second, event)) };
  }

  it("has to be well for twice as long after each end in the half hour before", () => {
    const { bed, play } = failing([0, 200, 500]);
    play();
    bed.until(1200);
    expect(bed.ends.map((at, index) => at - ([0, 200, 500][index] ?? 0))).toEqual([70, 130, 250]);
  });

  it("has to be well for twice as long also after the alert was forgotten and the program started anew", () => {
    const { bed } = failing([0, 300]);
    bed.at(0, FAILED).until(200);
    expect(pastIn(bed)).toEqual(["pastEnds"]);
    bed.restart().at(300, FAILED).until(900);
    expect(bed.ends.map((at, index) => at - ([0, 300][index] ?? 0))).toEqual([70, 130]);
  });

  it("has the same hold again after half an hour", () => {
    const { bed, play } = failing([0, 2000]);
    play();
    bed.until(2500);
    expect(bed.ends).toEqual([70, 2070]);
  });

  it("begins anew by an occurrence after its end was told, with its ends", () => {
    const { bed, play } = failing([0, 200]);
    play();
    expect(alertOf(bed)).toMatchObject({
      againAt: START + 200_000,
      ends: [{ at: START + 70_000, endedAt: START + 10_000, proof: "available", ranMs: 190_000 }],
    });
  });

  it("is not known any more two hours later", () => {
    const { bed, play } = failing([0, 7300]);
    play();
    expect(alertOf(bed)).toMatchObject({ againAt: undefined, ends: undefined });
  });

  it("as a crash loop for the fourth time within two hours, has to run twice as long as it ever did", () => {
    const starts = [0, 1500, 3000, 4500];
    const { bed, play } = failing(starts, BACK_OFF);
    play();
    bed.until(4500 + 10 + 2 * 1490 - 1);
    expect(bed.ends).toHaveLength(3);
    bed.until(4500 + 10 + 2 * 1490 + 100);
    expect(bed.ends).toHaveLength(4);
  });

  it("keeps its past over a restart while it is open", () => {
    const { bed, play } = failing([0, 200]);
    play();
    bed.restart();
    bed.until(400);
    expect(bed.ends).toEqual([70, 330]);
  });
});

describe("an occurrence while an alert is well", () => {
  function wellFrom100() {
    const { bed, states } = makeBed();
    setAll(setAll(states, 0), 100, 100);
    bed.at(0, FAILED).until(125);
    expect(alertOf(bed)?.well).toBeDefined();
    return { bed, states };
  }

  it("that tells of the time before leaves the end as it is", () => {
    const { bed } = wellFrom100();
    bed.at(126, { ...FAILED, lastSeen: 115 }).until(300);
    expect(bed.ends.length).toBe(1);
  });

  it("that is later takes the sign of an end away", () => {
    const { bed, states } = wellFrom100();
    setAll(states, 126);
    bed.at(126, { ...FAILED, lastSeen: 116 });
    expect(alertOf(bed)?.well).toBeUndefined();
    bed.until(500);
    expect(bed.ends).toEqual([]);
  });
});

describe("an occurrence after the end that was not told yet", () => {
  /** Two alerts in one group: the first is over at 160, and the group fires on. */
  function halfOver() {
    const { bed, states } = makeBed(`{ sinks: [ops], groupBy: [cluster], groupWait: 0s, groupInterval: 1h }`);
    setAll(setAll(states, 0), 100, 100);
    bed.at(0, FAILED, { reason: "NodeNotReady", object: "/Node/n1" }).until(200);
    expect(imageOf(bed)?.phase).toBe("resolved");
    return { bed, states };
  }

  const imageOf = (bed: EngineBed): AlertState | undefined =>
    [...bed.engine.alerts()].find(({ rule }) => rule === "image");

  it("begins it anew when it is later than the end", () => {
    const { bed, states } = halfOver();
    setAll(states, 200);
    bed.at(200, { ...FAILED, lastSeen: 200 });
    expect(imageOf(bed)).toMatchObject({
      phase: "firing",
      againAt: START + 200_000,
      ends: [{ proof: "available" }],
    });
  });

  it("changes nothing when it tells of the time before", () => {
    const { bed } = halfOver();
    bed.at(200, { ...FAILED, lastSeen: 115 });
    expect(imageOf(bed)).toMatchObject({ phase: "resolved", occurrences: 2 });
  });
});

describe("a problem that is over before anybody is told", () => {
  /** Fails at these seconds; facts come after 5 s, before the group is due. */
  function blinking(seconds: readonly number[], between: (bed: EngineBed) => void = () => undefined) {
    const { bed, states } = makeBed(LATER);
    for (const second of seconds) {
      setAll(setAll(states, second), second + 4, second + 4);
      bed.at(second, FAILED).until(second + 5);
      const found = states.at(second + 5, "test/Deployment/shop/web");
      bed.step({
        kind: "facts",
        facts: [{ object: "test/Deployment/shop/web", at: START + (second + 5) * 1000, found }],
      });
      between(bed);
    }
    return bed;
  }

  it("is not told", () => {
    const bed = blinking([0]);
    expect(alertOf(bed)).toBeUndefined();
    expect(bed.until(600).messages).toEqual([]);
    expect(bed.heldBack.get("healthy_before_notice")).toBe(1);
  });

  it("is told the third time within an hour, with how often it came", () => {
    const bed = blinking([0, 600, 1200]);
    expect(alertOf(bed)).toMatchObject({
      phase: "firing",
      comings: { times: 3, since: START, longestMs: 4000 },
    });
    expect(bed.until(1300).messages.map(({ kind }) => kind)).toContain("firing");
  });

  it("is told the third time also when the program was started anew in between", () => {
    const bed = blinking([0, 600, 1200], (each) => void each.restart());
    expect(alertOf(bed)).toMatchObject({ comings: { times: 3, since: START, longestMs: 4000 } });
  });

  it("leaves nothing in the store when it is forgotten", () => {
    const bed = blinking([0]);
    expect(pastIn(bed)).toEqual(["comings"]);
    const [event, object] = [{ ...BACK_OFF, uid: "e2" }, "test/Pod/shop/web-1"];
    bed.at(4000, event).until(4005);
    bed.step({ kind: "facts", facts: [{ object, at: START + 4_005_000, found: "gone" }] });
    expect(pastIn(bed)).toEqual(["comings"]);
  });

  it("is not told the third time in more than an hour", () => {
    expect(blinking([0, 2000, 3700]).until(4000).messages).toEqual([]);
  });

  it("is told although it is over when no state proves the end of its rule", () => {
    const states = new ObjectStates().set(0, WEB, "gone");
    const rules = "rules: [{ name: own, match: { reason: Failed }, severity: warning }]";
    const bed = new EngineBed({ rules, route: LATER, states }).at(0, FAILED);
    bed.step({ kind: "facts", facts: [{ object: "test/Pod/shop/web-1", at: START + 5000, found: "gone" }] });
    expect(bed.until(60).messages).toHaveLength(1);
  });
});

/** The kinds of what the store has of the past of problems. */
function pastIn(bed: EngineBed): readonly string[] {
  const rows = new Map<string, string>();
  for (const { entities } of bed.changes) {
    for (const { kind, key } of entities.put) rows.set(`${kind} ${key}`, kind);
    for (const { kind, key } of entities.forget) rows.delete(`${kind} ${key}`);
  }
  return [...rows.values()].filter((kind) => kind === "comings" || kind === "pastEnds");
}
