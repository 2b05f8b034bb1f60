import { describe, expect, it } from "vitest";

import { isFlapping } from "../../../src/alert/dispatch/flapping.ts";
import { EngineBed, type EventSketch } from "../../support/engine-bed.ts";

const MINUTE = 60;
const HOUR = 3600;

const RULES = `
rules:
  - { name: mount, match: { reason: FailedMount }, severity: warning, resolve: { by: [] } }
  - name: node
    match: { reason: NodeNotReady }
    severity: critical
    lifecycle: transition
    resolve: { by: [{ reason: NodeReady, same: [object] }] }
  - { name: reboot, match: { reason: Rebooted }, severity: warning, lifecycle: point }
`;

const MOUNT: EventSketch = { reason: "FailedMount", object: "shop/Pod/web-1", name: "web-1.mount" };

function node(reason: "NodeNotReady" | "NodeReady" | "Rebooted"): EventSketch {
  return { reason, object: "/Node/n1", type: "Normal" };
}

function bed(): EngineBed {
  return new EngineBed({ rules: RULES });
}

function told(story: EngineBed): readonly string[] {
  return story.messages.map(({ at, kind, trigger }) => `${Math.floor(at / 30) / 2} ${kind}/${trigger}`);
}

describe("a group that fires and ends over and over", () => {
  it("is told as flapping the third time, and its end when it has stayed away for an hour", () => {
    const story = bed();
    for (let burst = 0; burst < 6 * HOUR; burst += 22 * MINUTE) {
      for (let again = 0; again < 3; again++) story.at(burst + again, MOUNT);
    }
    story.until(9 * HOUR);
    const last = Math.floor((6 * 60) / 22) * 22;
    expect(told(story)).toEqual([
      "0.5 firing/first",
      "15.5 resolved/all-resolved",
      "22.5 firing/first",
      "37.5 resolved/all-resolved",
      "44.5 firing/flapping",
      `${last + 60} resolved/all-resolved`,
    ]);
    const flapping = story.messages[4];
    expect(flapping?.title).toMatch(/^Flapping: /u);
    expect(flapping?.delivery.notification.text.note).toContain("third time within two hours");
  });

  it("is held open also when each time a counter-event ends it", () => {
    const story = bed();
    for (let minute = 0; minute < 60; minute += 10) {
      story.at(minute * MINUTE, node("NodeNotReady"));
      story.at((minute + 6) * MINUTE, node("NodeReady"));
    }
    story.until(5 * HOUR);
    expect(story.messages.map(({ kind, trigger }) => `${kind}/${trigger}`)).toEqual([
      "firing/first",
      "resolved/all-resolved",
      "firing/first",
      "resolved/all-resolved",
      "firing/flapping",
      "resolved/all-resolved",
    ]);
    const end = story.messages.at(-1);
    expect(end?.at).toBe((50 + 60) * MINUTE);
    // The message has the time of the end itself, not of the message.
    expect(end?.delivery.notification.endsAt).toBe("2026-06-01T10:56:00.000Z");
    expect(end?.delivery.notification.text.builtIn).toContain("NodeReady seen");
  });

  it("starts anew when it has settled, and is not flapping when its ends lie further apart", () => {
    const story = bed();
    for (const minute of [0, 20, 40, 130, 400]) {
      story.at(minute * MINUTE, node("NodeNotReady")).at((minute + 10) * MINUTE, node("NodeReady"));
    }
    story.until(10 * HOUR);
    const triggers = story.messages.filter(({ kind }) => kind === "firing").map(({ trigger }) => trigger);
    expect(triggers).toEqual(["first", "first", "flapping", "first", "first"]);
  });

  it("does not flap by what merely happened", () => {
    const story = bed();
    for (let minute = 0; minute < 400; minute += 65) story.at(minute * MINUTE, node("Rebooted"));
    expect(new Set(told(story.until(8 * HOUR)).map((line) => line.split(" ")[1]))).toEqual(
      new Set(["firing/first"]),
    );
  });

  it("is remembered over a restart, and forgotten after two hours", () => {
    const cycle = (story: EngineBed, minute: number): EngineBed =>
      story.at(minute * MINUTE, node("NodeNotReady")).at((minute + 6) * MINUTE, node("NodeReady"));
    const story = cycle(cycle(bed(), 0), 10)
      .until(20 * MINUTE)
      .restart();
    expect([...story.engine.groups()]).toEqual([]);
    cycle(story, 30).until(32 * MINUTE);
    expect(story.messages.at(-1)?.trigger).toBe("flapping");
    const quiet = cycle(bed(), 0).until(130 * MINUTE);
    expect(quiet.engine.nextDueAt()).toBeUndefined();
  });
});

it("does not flap by ends of more than two hours ago, whoever asks", () => {
  const past = { ends: [0, 3_600_000] };
  expect([isFlapping(past, 7_199_999), isFlapping(past, 7_200_000)]).toEqual([true, false]);
});
