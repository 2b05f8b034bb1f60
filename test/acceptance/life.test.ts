import { describe, expect, it } from "vitest";

import { toSilence } from "../../src/alert/suppression/silence-spec.ts";
import type { EventSketch } from "../support/event-sketch.ts";
import { BridgeBed } from "./bridge-bed.ts";

const MINUTE = 60;
const HOUR = 3600;

const CRASH = {
  name: "crash",
  match: { reason: "BackOff" },
  severity: "warning",
  resolve: { by: [{ reason: "Started", same: ["object"] }], quiet: "2d" },
};

function crash(name = "a", host = "n1"): EventSketch {
  return { reason: "BackOff", object: `shop/Pod/${name}`, name: `${name}.crash`, host };
}

function started(name = "a"): EventSketch {
  return { reason: "Started", type: "Normal", object: `shop/Pod/${name}` };
}

/** A store whose process dies at its nth call: before it does anything, or when it has done it. */
function dyingAt(
  call: number,
  when: "before" | "after",
  onDeath: () => void,
): <Part extends object>(part: Part) => Part {
  let calls = 0;
  return (part) =>
    new Proxy(part, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        const isWrite = ["commit", "exchange"].includes(String(name));
        return async (...args: unknown[]): Promise<unknown> => {
          if (!isWrite) return await (method.apply(target, args) as Promise<unknown>);
          const own = ++calls;
          if (own > call) return await new Promise(() => undefined);
          if (own === call && when === "before") {
            onDeath();
            return await new Promise(() => undefined);
          }
          const done: unknown = await (method.apply(target, args) as Promise<unknown>);
          if (own !== call) return done;
          onDeath();
          return await new Promise(() => undefined);
        };
      },
    });
}

describe("7. a death at every statement of decide, put into the outbox, send and mark", () => {
  async function live(call: number, when: "before" | "after"): Promise<boolean> {
    await using bed = await BridgeBed.open({ rules: [CRASH] });
    let died = false;
    let hasDied = false;
    await bed.kill();
    bed.wrapStore = dyingAt(call, when, () => (died = true));
    await bed.start();
    bed.wrapStore = (part) => part;
    for (let second = 0; second <= 400; second++) {
      await bed.until(second);
      if (second === 1) bed.write(crash());
      if (second === 120) bed.write(started());
      await bed.until(second);
      if (!died) continue;
      await bed.restart();
      died = false;
      hasDied = true;
    }
    const ids = bed.taken.map(({ notification: { id, kind } }) => `${id} ${kind}`);
    const distinct = [...new Set(ids)];
    expect(
      distinct.map((id) => id.split(" ")[1]),
      `${call} ${when}`,
    ).toEqual(["firing", "resolved"]);
    expect(ids.length - distinct.length).toBeLessThanOrEqual(1);
    const history = await bed.queries.history({ since: 0, limit: 10 });
    expect(
      history.rows.map(({ rule, told }) => [rule, ...told]),
      `${call} ${when}`,
    ).toEqual([["crash", "ops"]]);
    const strip = await bed.queries.activity({ from: 0, stepMs: Number.MAX_SAFE_INTEGER, steps: 1 });
    expect(strip).toMatchObject([{ rule: "crash", opened: [1], occurrences: [1] }]);
    return hasDied;
  }

  it.each(["before", "after"] as const)("loses nothing, %s each", async (when) => {
    let deaths = 0;
    for (let call = 1; await live(call, when); call++) deaths++;
    // A commit for the event, one for the flush, a lease, a settlement, its outcome, and as much for the end.
    expect(deaths).toBeGreaterThanOrEqual(10);
  });
});

describe("8. a restart", () => {
  it("keeps the wait of a group", async () => {
    await using bed = await BridgeBed.open({ rules: [CRASH] });
    await bed.at(0, crash());
    await bed.until(20);
    await bed.restart();
    await bed.until(HOUR);
    expect(bed.told).toEqual(["30 firing/first ops: 1"]);
  });

  it("keeps a repeat that is to come", async () => {
    await using bed = await BridgeBed.open({ rules: [CRASH] });
    await bed.at(0, crash());
    for (let hour = 1; hour < 14; hour++) {
      await bed.until(hour * HOUR);
      await bed.restart();
    }
    expect(bed.told).toEqual([
      "30 firing/first ops: 1",
      `${4 * HOUR + 30} repeat/repeat ops: 1`,
      `${12 * HOUR + 30} repeat/repeat ops: 1`,
    ]);
  });

  it("keeps a silence", async () => {
    await using bed = await BridgeBed.open({ rules: [CRASH] });
    const asked = { match: { rule: "crash" }, for: HOUR * 1000, comment: "c", author: "a" };
    await bed.silence(toSilence(asked, "s", bed.clock.now()));
    await bed.at(0, crash());
    await bed.until(20 * MINUTE);
    await bed.restart();
    await bed.until(2 * HOUR);
    expect(bed.told).toEqual([`${HOUR} firing/silence-ended ops: 1`]);
  });

  it("keeps what holds a consequence back", async () => {
    const node = { reason: "NodeNotReady", type: "Normal", object: "/Node/n1", component: "node-controller" };
    await using bed = await BridgeBed.open({ rules: [CRASH, "builtin/nodes.yaml"] });
    await bed.at(0, node);
    await bed.at(5, crash());
    await bed.until(10 * MINUTE);
    await bed.restart();
    await bed.until(20 * MINUTE);
    expect(bed.taken.map(({ notification }) => notification.alerts[0]?.rule)).toEqual(["node-not-ready"]);
  });

  it("tells what a mute held back that ended while nobody was there", async () => {
    await using bed = await BridgeBed.open({
      rules: [CRASH],
      route: { sinks: ["ops"], mute: ["morning"] },
      timeIntervals: { morning: { zone: "UTC", times: ["09:00-11:00"] } },
    });
    await bed.at(0, crash());
    await bed.until(10 * MINUTE);
    await bed.kill();
    await bed.until(2 * HOUR);
    await bed.start();
    await bed.until(2 * HOUR + MINUTE);
    expect(bed.taken.map(({ at, notification }) => [at, notification.trigger])).toEqual([
      [2 * HOUR, "unmuted"],
    ]);
  });
});

describe("9. a reload", () => {
  it("leaves the timers of waiting groups alone", async () => {
    await using bed = await BridgeBed.open({ rules: [CRASH] });
    await bed.at(0, crash());
    await bed.until(20);
    await bed.reload({ rules: [CRASH, { name: "more", match: { reason: "Other" } }] });
    await bed.until(HOUR);
    expect(bed.told).toEqual(["30 firing/first ops: 1"]);
  });

  it("closes what a renamed rule had open", async () => {
    await using bed = await BridgeBed.open({ rules: [CRASH] });
    await bed.at(0, crash());
    await bed.until(10 * MINUTE);
    await bed.reload({ rules: [{ ...CRASH, name: "crashing" }] });
    await bed.at(12 * MINUTE, crash());
    await bed.until(HOUR);
    expect(bed.taken.map(({ notification: { kind, alerts } }) => `${kind} ${alerts[0]?.rule}`)).toEqual([
      "firing crash",
      "resolved crash",
      "firing crashing",
    ]);
    expect(bed.taken[1]?.notification.alerts[0]?.resolvedBy?.how).toBe("rule-removed");
  });

  it("of a file that is wrong changes nothing", async () => {
    await using bed = await BridgeBed.open({ rules: [CRASH] });
    await bed.at(0, crash());
    await expect(bed.reload({ rules: [{ name: "crash", match: { raeson: "x" } }] })).rejects.toThrow(
      "raeson",
    );
    await bed.at(MINUTE, started());
    await bed.until(HOUR);
    expect(bed.told).toEqual(["30 firing/first ops: 1", "90 resolved/all-resolved ops: 1"]);
  });
});
