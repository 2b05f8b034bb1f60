import { describe, expect, it } from "vitest";

import { DeliveryError } from "../../src/egress/index.ts";
import type { EventSketch } from "../support/event-sketch.ts";
import { BridgeBed, type Sections } from "./bridge-bed.ts";
import { upTo } from "./writers.ts";

const MINUTE = 60;
const HOUR = 3600;

/** Each pod by itself, and critical: what is not comes in digests when it is much. */
const EACH: Sections = {
  rules: [
    {
      name: "crash",
      match: { reason: "BackOff" },
      severity: "critical",
      resolve: { by: [{ reason: "Started", same: ["object"] }], quiet: "2d" },
    },
  ],
  sinks: [
    { name: "ops", type: "stdout" },
    { name: "other", type: "stdout" },
  ],
  route: { sinks: ["ops", "other"], groupBy: ["..."] },
};

function crash(name: string): EventSketch {
  return { reason: "BackOff", object: `shop/Pod/${name}`, name: `${name}.crash` };
}

function started(name: string): EventSketch {
  return { reason: "Started", type: "Normal", object: `shop/Pod/${name}` };
}

function down(
  sink: string,
  failure: "server" | "rate-limited" = "server",
  retryAfterMs?: number,
): BridgeBed["receive"] {
  return async (_notification, name) => {
    if (name === sink) throw DeliveryError.transient(failure, "down", { retryAfterMs });
    return {};
  };
}

describe("11. a sink that is down for two hours while 200 groups change", () => {
  it("A4: has no more waiting than there are groups, and ends with the right state, in order", async () => {
    await using bed = await BridgeBed.open(EACH);
    bed.receive = down("ops");
    const names = upTo(200).map((index) => `p${index}`);
    let most = 0;
    for (let round = 0; round < 6; round++) {
      const at = round * 20 * MINUTE;
      await bed.at(at, ...names.map(crash));
      await bed.at(at + 10 * MINUTE, ...names.filter((_name, index) => index % 2 === 0).map(started));
      const depth = (await bed.queries.depths()).find(({ sink }) => sink === "ops");
      most = Math.max(most, depth?.waiting ?? 0);
    }
    await bed.until(2 * HOUR);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(200);
    bed.receive = async () => ({});
    await bed.until(4 * HOUR);
    const last = new Map(
      bed.taken
        .filter(({ sink }) => sink === "ops")
        .map(({ notification }) => [notification.alerts[0]?.labels["name"], notification.status]),
    );
    const open = new Set([...bed.pipeline.engine.alerts()].map(({ labels }) => labels["name"]));
    for (const name of names)
      // A problem that was over before its message went out is sent as resolved, if it is worth a message.
      expect([name, last.get(name)]).toEqual([name, open.has(name) ? "firing" : "resolved"]);
    const sentAt = Map.groupBy(bed.taken, ({ sink, notification }) => `${sink} ${notification.group.key}`);
    for (const messages of sentAt.values()) {
      const times = messages.map(({ notification }) => notification.sentAt);
      expect(times).toEqual(times.toSorted());
    }
  });
});

describe("12. what fires and clears while the sink is down", () => {
  it("is one message that says so", async () => {
    await using bed = await BridgeBed.open(EACH);
    // Unreachable, so that no attempt is even begun, is when its lane is paused.
    bed.receive = down("ops", "rate-limited", 30 * MINUTE * 1000);
    await bed.at(0, crash("first"));
    await bed.at(MINUTE, crash("a"));
    await bed.at(10 * MINUTE, started("a"));
    await bed.until(20 * MINUTE);
    bed.receive = async () => ({});
    await bed.until(HOUR);
    const told = bed.taken.filter(
      ({ sink, notification }) => sink === "ops" && notification.alerts[0]?.labels["name"] === "a",
    );
    expect(told.map(({ notification: { kind, trigger } }) => `${kind}/${trigger}`)).toEqual([
      "resolved/cleared-before-delivery",
    ]);
    expect(told[0]?.notification.title).toMatch(/^Happened and cleared before it could be delivered/u);
  });
});

describe("13. 429 with Retry-After at one sink", () => {
  it("pauses it as a whole, and no other", async () => {
    await using bed = await BridgeBed.open(EACH);
    bed.receive = down("ops", "rate-limited", 10 * MINUTE * 1000);
    await bed.at(0, crash("a"));
    await bed.at(60, crash("b"), crash("c"));
    await bed.until(5 * MINUTE);
    expect(bed.attempts.filter(({ sink }) => sink === "ops")).toHaveLength(1);
    expect(bed.taken.filter(({ sink }) => sink === "other").map(({ at }) => at)).toEqual([10, 70, 70]);
    bed.receive = async () => ({});
    await bed.until(HOUR);
    expect(bed.taken.filter(({ sink }) => sink === "ops").map(({ at }) => at)).toEqual([610, 610, 610]);
  });
});

describe("20. the loop guard", () => {
  it("makes no alert of an Event that says a sink fails, unless a rule names its writer", async () => {
    const events: readonly EventSketch[] = upTo(50).map((index) => ({
      reason: "SinkFailing",
      object: "tocsin/Deployment/tocsin",
      name: `failing-${index}`,
      component: "tocsin",
    }));
    const all = { name: "all", match: { type: "Warning" }, severity: "critical" };
    await using bed = await BridgeBed.open({ rules: [all] });
    bed.receive = down("ops");
    for (const [index, event] of events.entries()) await bed.at(index * 10, event);
    await bed.until(HOUR);
    expect([...bed.pipeline.engine.alerts()]).toEqual([]);
    await bed.reload({ rules: [{ ...all, match: { type: "Warning", source: "tocsin" } }] });
    bed.receive = async () => ({});
    await bed.at(HOUR + 10, { ...events[0], reason: "SinkFailing", name: "again" });
    await bed.until(HOUR + MINUTE);
    expect(bed.taken).toHaveLength(1);
  });
});

describe("21. a storm of fifty rules in a minute", () => {
  it("is ten messages and digests, and critical is not delayed", async () => {
    const rules = upTo(60).map((index) => ({
      name: `r${index}`,
      match: { reason: `R${index}` },
      severity: index < 50 ? "warning" : "critical",
    }));
    await using bed = await BridgeBed.open({ rules });
    for (const index of upTo(60)) await bed.at(index, { reason: `R${index}`, object: `shop/Pod/p${index}` });
    await bed.until(14 * MINUTE);
    const byKind = Object.groupBy(bed.taken, ({ notification: { kind, severity } }) => `${kind} ${severity}`);
    expect(byKind["firing warning"]).toHaveLength(10);
    expect(byKind["digest warning"]?.map(({ notification }) => notification.alerts.length)).toEqual([40]);
    expect(byKind["firing critical"]?.map(({ at }) => at)).toEqual(upTo(10).map((index) => 60 + index));
  });
});
