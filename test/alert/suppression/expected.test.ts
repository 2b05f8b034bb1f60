import { describe, expect, it } from "vitest";

import { EngineBed, type EventSketch } from "../../support/engine-bed.ts";
import { MINUTE, told } from "./crash-loops.ts";

const RULES = `
rules:
  - name: node-leaving
    match: { reason: NodeNotSchedulable, kind: Node }
    lifecycle: transition
    severity: info
    for: 6h
    resolve: { by: [{ reason: NodeSchedulable, same: [object] }] }
  - { name: node-rebooted, match: { reason: Rebooted, kind: Node }, lifecycle: point, severity: warning }
`;

const cordoned: EventSketch = { reason: "NodeNotSchedulable", type: "Normal", object: "/Node/n1" };
const uncordoned: EventSketch = { ...cordoned, reason: "NodeSchedulable" };
const rebooted: EventSketch = { reason: "Rebooted", object: "/Node/n1", uid: "first" };

function bed(): EngineBed {
  return new EngineBed({ rules: RULES, route: "{ sinks: [ops] }" });
}

describe("a reboot", () => {
  it("is told of a node that nobody took out of service", () => {
    expect(
      told(
        bed()
          .at(0, rebooted)
          .until(5 * MINUTE),
      ),
    ).toEqual(["30 firing/first 1"]);
  });

  it("is not told of a node that was cordoned before, nor when the node takes pods again", () => {
    const story = bed()
      .at(0, cordoned)
      .at(60, rebooted)
      .at(120, uncordoned)
      .until(90 * MINUTE);
    expect(told(story)).toEqual([]);
    expect(Object.fromEntries(story.heldBack)).toMatchObject({ inhibition: 1 });
  });

  it("is told when the node takes pods again and reboots by itself, soon after the planned one", () => {
    const story = bed()
      .at(0, cordoned)
      .at(60, rebooted)
      .at(120, uncordoned)
      .at(600, { ...rebooted, uid: "second" })
      .until(90 * MINUTE);
    expect(told(story)).toHaveLength(1);
  });

  it("is told when another node was cordoned", () => {
    const story = bed()
      .at(0, { ...cordoned, object: "/Node/n2" })
      .at(60, rebooted)
      .until(5 * MINUTE);
    expect(told(story)).toEqual(["90 firing/first 1"]);
  });
});
