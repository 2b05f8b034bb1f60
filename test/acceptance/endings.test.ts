import { describe, expect, it } from "vitest";

import type { EventSketch } from "../support/event-sketch.ts";
import { BridgeBed } from "./bridge-bed.ts";
import { every, legacyWrites, upTo } from "./writers.ts";

const MINUTE = 60;
const HOUR = 3600;

const POD = { object: "shop/Pod/web-1", container: "app" };
const BACK_OFF: EventSketch = {
  ...POD,
  reason: "BackOff",
  message: "Back-off restarting failed container app in pod web-1_shop",
};

function kinds(bed: BridgeBed): readonly string[] {
  return bed.taken.map(({ notification: { kind } }) => kind);
}

describe("3. two reasons on one pod that starve each other for twelve hours", () => {
  it.each([
    { a: 12, b: 12 },
    { a: 12, b: 60 },
    { a: 10, b: 300 },
  ])("end nothing: every $a s and every $b s", async ({ a, b }) => {
    const mount: EventSketch = {
      ...POD,
      reason: "FailedMount",
      message: "MountVolume.SetUp failed",
      container: "",
    };
    await using bed = await BridgeBed.open({ rules: ["builtin"] });
    await bed.tell(
      legacyWrites([
        ...every(a, 0, 12 * HOUR).map((at) => ({ at, sketch: BACK_OFF })),
        ...every(b, 5, 12 * HOUR).map((at) => ({ at, sketch: mount })),
      ]),
    );
    expect(kinds(bed).filter((kind) => kind === "resolved")).toEqual([]);
    const open = [...bed.pipeline.engine.alerts()].map(({ rule }) => rule);
    expect(open).toContain("crash-loop");
  });
});

describe("4. a node that is down", () => {
  const node = (reason: string): EventSketch => ({
    reason,
    type: "Normal",
    object: "/Node/n1",
    component: "node-controller",
    host: "",
  });
  const scheduled = upTo(12).map((index): EventSketch => ({
    reason: "Scheduled",
    type: "Normal",
    object: `shop/Pod/p${index}`,
    component: "default-scheduler",
    message: `Successfully assigned shop/p${index} to n1`,
  }));
  const failing = upTo(12).map((index): EventSketch => ({
    reason: "FailedMount",
    object: `shop/Pod/p${index}`,
    name: `p${index}.mount`,
    component: "kubelet",
    host: "n1",
    message: "MountVolume.SetUp failed",
  }));
  const RULES = [
    "builtin",
    {
      name: "mounts",
      match: { reason: "FailedMount" },
      severity: "warning",
      resolve: { by: [], quiet: "15m" },
    },
  ];
  const OVERRIDES = { "volume-mount-failing": { enabled: false } };

  it.each([8, 20, 70])("for %i minutes is two messages", async (minutes) => {
    await using bed = await BridgeBed.open({ rules: RULES, overrides: OVERRIDES });
    await bed.at(0, ...scheduled);
    await bed.at(10, node("NodeNotReady"));
    await bed.at(40, ...failing);
    for (let minute = 2; minute < minutes; minute += 3) await bed.at(10 + minute * MINUTE, ...failing);
    await bed.at(10 + minutes * MINUTE, node("NodeReady"));
    await bed.until(4 * HOUR);
    expect(bed.taken.map(({ notification: { kind, alerts } }) => `${kind} ${alerts[0]?.rule}`)).toEqual([
      "firing node-not-ready",
      "resolved node-not-ready",
    ]);
  });

  it.each([
    { when: "before", pods: 0, node: 20 },
    { when: "with", pods: 10, node: 10 },
    { when: "20 s after", pods: 30, node: 10 },
  ])("tells nothing of its pods whose events come $when its own", async ({ pods, node: at }) => {
    await using bed = await BridgeBed.open({ rules: RULES, overrides: OVERRIDES });
    await bed.at(0, ...scheduled);
    await bed.tell([
      { at, sketch: node("NodeNotReady") },
      ...failing.map((sketch) => ({ at: pods, sketch })),
    ]);
    await bed.until(10 * MINUTE);
    expect(bed.taken.map(({ notification }) => notification.alerts[0]?.rule)).toEqual(["node-not-ready"]);
    expect(bed.taken[0]?.notification.suppressed).toEqual({ inhibition: 12 });
  });

  it("whose own event is missing altogether tells of its pods", async () => {
    await using bed = await BridgeBed.open({ rules: RULES, overrides: OVERRIDES });
    await bed.at(0, ...scheduled);
    await bed.at(10, ...failing);
    await bed.until(10 * MINUTE);
    expect(bed.told).toEqual(["40 firing/first ops: 12"]);
  });
});

describe("5. a crash loop", () => {
  it("is not over because each restart pulls, creates and starts", async () => {
    await using bed = await BridgeBed.open({ rules: ["builtin"] });
    const restart = (["Pulled", "Created", "Started"] as const).map((reason) => ({
      ...POD,
      reason,
      type: "Normal",
    }));
    await bed.tell(
      legacyWrites(
        every(5 * MINUTE, 0, 6 * HOUR).flatMap((at) => [
          ...restart.map((sketch) => ({ at, sketch })),
          ...every(12, at + 2, at + 60).map((again) => ({ at: again, sketch: BACK_OFF })),
        ]),
      ),
    );
    expect(kinds(bed)).toEqual(["firing", "repeat"]);
  });
});

describe("6. a counter that jumps from 3 to 403", () => {
  const open = (): Promise<BridgeBed> =>
    BridgeBed.open({
      rules: [{ name: "many", match: { reason: "BackOff" }, threshold: { count: 100, within: "10m" } }],
    });

  it("after 85 silent minutes is spread over them, and fires nothing", async () => {
    await using bed = await open();
    await bed.at(0, { ...BACK_OFF, name: "loop", count: 3 });
    // The Event has expired by then; its writer makes it anew, with the count and the beginning that it remembers.
    await bed.at(85 * MINUTE, { ...BACK_OFF, name: "loop", count: 403, firstSeen: 0 });
    await bed.until(3 * HOUR);
    expect(bed.told).toEqual([]);
  });

  it("in ten minutes fires", async () => {
    await using bed = await open();
    await bed.at(0, { ...BACK_OFF, name: "loop", count: 3 });
    await bed.at(9 * MINUTE, { ...BACK_OFF, name: "loop", count: 103 });
    await bed.until(11 * MINUTE);
    expect(bed.told).toEqual([`${9 * MINUTE + 30} firing/first ops: 1`]);
  });
});

describe("10. a line that is down for longer than the quiet period", () => {
  it("ends nothing by its silence", async () => {
    await using bed = await BridgeBed.open({ rules: ["builtin"] });
    await bed.at(0, { ...BACK_OFF, name: "loop", count: 3 });
    await bed.until(MINUTE);
    bed.server.disconnect();
    await bed.until(50 * MINUTE);
    expect(kinds(bed)).toEqual(["firing"]);
    bed.server.connect();
    await bed.until(64 * MINUTE);
    expect(kinds(bed)).toEqual(["firing"]);
    // From here on its silence means something again.
    await bed.until(66 * MINUTE);
    expect(kinds(bed)).toEqual(["firing", "resolved"]);
  });
});
