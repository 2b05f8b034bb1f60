import { describe, expect, it } from "vitest";

import { DeliveryError } from "../../src/egress/index.ts";
import type { EventSketch } from "../support/event-sketch.ts";
import { START } from "../support/event-sketch.ts";
import { BridgeBed } from "./bridge-bed.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;

const RULES = [
  {
    name: "crash",
    match: { reason: "BackOff" },
    severity: "warning",
    resolve: { by: [{ reason: "Started", same: ["object"] }], quiet: "2d" },
  },
  { name: "often", match: { reason: "Unhealthy" }, severity: "info", threshold: { count: 3, within: "10m" } },
];

const event = (reason: string, name = "a"): EventSketch => ({
  reason,
  object: `shop/Pod/${name}`,
  name: `${name}.${reason}`,
});

/** `title how told reason` of each ended alert, the oldest first. */
async function historyOf(bed: BridgeBed): Promise<readonly string[]> {
  const { rows } = await bed.queries.history({ since: 0, limit: 100 });
  return rows.toReversed().map(({ title, resolvedBy, told, reason }) => {
    const who = told.length > 0 ? `told ${told.join(",")}` : `nobody ${reason}`;
    return `${title} | ${resolvedBy?.how ?? "-"} | ${who}`;
  });
}

describe("the history of the whole bridge", () => {
  it("has each alert that is over, with its end and who was told, also after a restart", async () => {
    await using bed = await BridgeBed.open({ rules: RULES });
    await bed.at(0, event("BackOff"), event("Unhealthy"));
    await bed.at(5 * MINUTE, event("Started"));
    await bed.at(HOUR, event("BackOff", "b"));
    await bed.at(HOUR + 5, event("Started", "b"));
    await bed.until(2 * HOUR);
    await bed.restart();
    expect(await historyOf(bed)).toEqual([
      "Back off: Pod a in shop | event | told ops",
      "Unhealthy: Pod a in shop | - | nobody threshold",
      "Back off: Pod b in shop | event | nobody cleared_before_notice",
    ]);
    const { rows } = await bed.queries.alerts({ limit: 10 });
    expect(rows).toEqual([]);
  });

  it("learns that a receiver accepts the message long after the end", async () => {
    await using bed = await BridgeBed.open({ rules: RULES });
    let isDown = true;
    bed.receive = async () => {
      if (isDown) throw DeliveryError.transient("server", "down");
      return {};
    };
    await bed.at(0, event("BackOff"));
    await bed.at(5 * MINUTE, event("Started"));
    await bed.until(20 * MINUTE);
    expect(await historyOf(bed)).toEqual(["Back off: Pod a in shop | event | nobody not_accepted"]);
    const { rows } = await bed.queries.history({ since: 0, limit: 1 });
    expect(rows).toMatchObject([{ waits: true }]);
    isDown = false;
    await bed.restart();
    await bed.until(2 * HOUR);
    expect(await historyOf(bed)).toEqual(["Back off: Pod a in shop | event | told ops"]);
  });

  it("is told of the digest that names what came and went", async () => {
    await using bed = await BridgeBed.open({
      rules: RULES,
      timeIntervals: { morning: { zone: "UTC", times: ["09:00-11:00"] } },
      route: { sinks: ["ops"], mute: ["morning"] },
    });
    await bed.at(0, event("BackOff"));
    await bed.at(5 * MINUTE, event("Started"));
    await bed.until(10 * MINUTE);
    expect(await historyOf(bed)).toEqual(["Back off: Pod a in shop | event | nobody mute"]);
    await bed.until(2 * HOUR);
    expect(bed.told).toEqual([`${HOUR} digest/unmuted ops: 1`]);
    expect(await historyOf(bed)).toEqual(["Back off: Pod a in shop | event | told ops"]);
  });

  it("has the strip of activity over days and restarts, in half hours of UTC", async () => {
    await using bed = await BridgeBed.open({ rules: RULES });
    for (const hour of [0, 23, 24, 25]) {
      await bed.at(hour * HOUR, event("BackOff", `p${hour}`));
      await bed.restart();
      await bed.at(hour * HOUR + 10 * MINUTE, event("BackOff", `p${hour}`));
      await bed.at(hour * HOUR + 20 * MINUTE, event("Started", `p${hour}`));
    }
    await bed.until(26 * HOUR);
    const from = START - (START % (DAY * 1000));
    const strip = await bed.queries.activity({ from, stepMs: 1_800_000, steps: 96 });
    expect(strip.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual(["crash warning"]);
    const busy = strip.flatMap(({ opened, occurrences }) =>
      occurrences.flatMap((count, step) =>
        count > 0 ? [[step - (START - from) / 1_800_000, opened[step], count]] : [],
      ),
    );
    expect(busy).toEqual([0, 46, 48, 50].map((step) => [step, 1, 2]));
  });
});
