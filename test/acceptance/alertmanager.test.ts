import { describe, expect, it } from "vitest";

import type { Silence } from "../../src/alert/index.ts";
import { toSilence } from "../../src/alert/suppression/silence-spec.ts";
import { DeliveryError } from "../../src/egress/index.ts";
import type { EventSketch } from "../support/event-sketch.ts";
import { BridgeBed } from "./bridge-bed.ts";

const MINUTE = 60;
const HOUR = 3600;

const RULES = [
  {
    name: "crash",
    match: { reason: "BackOff" },
    severity: "warning",
    resolve: { by: [{ reason: "Started", same: ["object"] }], quiet: "2d" },
  },
  { name: "oom", match: { reason: "SystemOOM" }, severity: "warning", lifecycle: "point" },
  {
    name: "node",
    match: { reason: "NodeNotReady", kind: "Node" },
    severity: "critical",
    lifecycle: "transition",
    resolve: { by: [{ reason: "NodeReady", same: ["object"] }] },
  },
];

function open(route: object = { sinks: ["ops"] }): Promise<BridgeBed> {
  return BridgeBed.open({ rules: RULES, route });
}

function crash(name = "a"): EventSketch {
  return { reason: "BackOff", object: `shop/Pod/${name}`, name: `${name}.crash` };
}

function started(name = "a"): EventSketch {
  return { reason: "Started", type: "Normal", object: `shop/Pod/${name}` };
}

function silenced(bed: BridgeBed, minutes: number): Silence {
  const asked = { match: { rule: "crash" }, for: minutes * MINUTE * 1000, comment: "upgrade", author: "me" };
  return toSilence(asked, "s1", bed.clock.now());
}

/** A receiver that answers like this. */
function answers(failure: "rate-limited" | "server" | "rejected", retryAfterMs?: number): () => never {
  return () => {
    const kind = failure === "rejected" ? "poison" : "transient";
    throw DeliveryError[kind](failure, failure, { retryAfterMs });
  };
}

describe("1. what was measured on Alertmanager, as it should be", () => {
  it("E1: a repeat comes exactly when it is due, whatever the interval of groups", async () => {
    await using bed = await open({ sinks: ["ops"], groupInterval: "4m", repeatInterval: "6m" });
    await bed.at(0, crash());
    await bed.until(20 * MINUTE);
    expect(bed.told).toEqual([
      "30 firing/first ops: 1",
      `${30 + 6 * MINUTE} repeat/repeat ops: 1`,
      `${30 + 18 * MINUTE} repeat/repeat ops: 1`,
    ]);
  });

  it("E2: who was told hears of an end inside a silence", async () => {
    await using bed = await open();
    await bed.at(0, crash());
    await bed.until(5 * MINUTE);
    await bed.silence(silenced(bed, 60));
    await bed.at(10 * MINUTE, started());
    await bed.until(20 * MINUTE);
    expect(bed.told).toEqual(["30 firing/first ops: 1", `${10 * MINUTE + 30} resolved/all-resolved ops: 1`]);
  });

  it("E3a: silenced before the first message, it is told when the silence ends, and says so", async () => {
    await using bed = await open();
    await bed.at(0, crash());
    await bed.silence(silenced(bed, 60));
    await bed.until(2 * HOUR);
    expect(bed.told).toEqual([`${HOUR} firing/silence-ended ops: 1`]);
  });

  it("E3b: silenced after it, there is nothing until the repeat", async () => {
    await using bed = await open();
    await bed.at(0, crash());
    await bed.until(5 * MINUTE);
    await bed.silence(silenced(bed, 60));
    await bed.until(4 * HOUR + MINUTE);
    expect(bed.told).toEqual(["30 firing/first ops: 1", `${4 * HOUR + 30} repeat/repeat ops: 1`]);
  });

  it("E5: what ends while its group waits is told to nobody, and counted", async () => {
    await using bed = await open();
    await bed.at(0, crash());
    await bed.at(10, started());
    await bed.until(HOUR);
    expect(bed.told).toEqual([]);
    const { rows } = await bed.queries.decisions({ since: 0, limit: 10 });
    expect(rows).toMatchObject([{ outcome: "suppressed", reason: "cleared_before_notice", occurrences: 1 }]);
  });

  it("E6: a silence is kept by whoever dies a second after it was made", async () => {
    await using bed = await open();
    await bed.silence(silenced(bed, 60));
    await bed.until(1);
    await bed.restart();
    await bed.at(10, crash());
    await bed.until(30 * MINUTE);
    expect(bed.told).toEqual([]);
    expect(bed.pipeline.engine.silences.get("s1")).toMatchObject({ comment: "upgrade" });
  });

  it("E7: a death after the message, and the same alert again, is no second message", async () => {
    await using bed = await open();
    await bed.at(0, crash());
    await bed.until(MINUTE);
    await bed.restart();
    await bed.at(2 * MINUTE, crash());
    await bed.until(HOUR);
    expect(bed.told).toEqual(["30 firing/first ops: 1"]);
  });

  it("E8a: 429 is tried again when the receiver says, and it gets nothing else meanwhile", async () => {
    await using bed = await open({ sinks: ["ops"], groupBy: ["..."] });
    bed.receive = answers("rate-limited", 5 * MINUTE * 1000);
    await bed.at(0, crash("a"));
    await bed.at(60, crash("b"));
    await bed.until(5 * MINUTE);
    expect(bed.attempts.map(({ at }) => at)).toEqual([30]);
    bed.receive = async () => ({});
    await bed.until(6 * MINUTE);
    expect(bed.told).toEqual([
      `${30 + 5 * MINUTE} firing/first ops: 1`,
      `${30 + 5 * MINUTE} firing/first ops: 1`,
    ]);
  });

  it("E8b: what a receiver refuses for good is a dead letter; what it merely did not take is told late", async () => {
    await using bed = await open();
    bed.receive = answers("rejected");
    await bed.at(0, crash());
    await bed.until(10 * MINUTE);
    expect(await bed.queries.deadLetters({ limit: 9 })).toMatchObject([{ sink: "ops", error: "rejected" }]);
    bed.receive = answers("server");
    await bed.at(11 * MINUTE, crash("b"));
    await bed.at(20 * MINUTE, started("b"), started("a"));
    bed.receive = async () => ({});
    await bed.until(2 * HOUR);
    expect(bed.taken.at(-1)?.notification).toMatchObject({ kind: "resolved" });
  });

  it("E8c: 503 is tried again, each time after a longer wait", async () => {
    await using bed = await open();
    bed.receive = answers("server");
    await bed.at(0, crash());
    await bed.until(2 * MINUTE);
    const times = bed.attempts.map(({ at }) => Math.round(at));
    expect(times).toEqual([30, 31, 33, 37, 45, 61, 93]);
  });

  it("E10: firing, over and firing again inside one interval is one message", async () => {
    await using bed = await open();
    await bed.at(0, crash());
    await bed.at(60, started());
    await bed.at(80, crash());
    await bed.until(HOUR);
    expect(bed.told).toEqual(["30 firing/first ops: 1"]);
  });

  it("E11: one that joins a group of many is what the message begins with", async () => {
    await using bed = await open();
    await bed.at(0, crash("a"), crash("b"), crash("c"));
    await bed.at(10 * MINUTE, crash("z"));
    await bed.until(20 * MINUTE);
    const update = bed.taken[1]?.notification;
    expect(update).toMatchObject({ kind: "update", trigger: "new-alert" });
    const [first, ...others] = update?.alerts.map(({ labels }) => String(labels["name"])) ?? [];
    expect([first, ...others.toSorted()]).toEqual(["z", "a", "b", "c"]);
    expect(update?.title).toMatch(/^1 more /u);
  });

  it("E12: a point in time is told, once", async () => {
    await using bed = await open();
    await bed.at(0, { reason: "SystemOOM", object: "/Node/n1" });
    await bed.until(5 * HOUR);
    expect(bed.told).toEqual(["30 firing/first ops: 1"]);
  });

  it("E13: told, then inhibited, then over: who was told hears of the end", async () => {
    await using bed = await open();
    await bed.at(0, { ...crash("a"), host: "n1" });
    await bed.at(10 * MINUTE, { reason: "NodeNotReady", type: "Normal", object: "/Node/n1" });
    await bed.at(12 * MINUTE, started("a"));
    await bed.until(13 * MINUTE);
    expect(bed.told).toEqual([
      "30 firing/first ops: 1",
      `${10 * MINUTE + 10} firing/first ops: 1`,
      `${12 * MINUTE + 30} resolved/all-resolved ops: 1`,
    ]);
  });
});
