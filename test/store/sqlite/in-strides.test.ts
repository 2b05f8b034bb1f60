import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Changes } from "../../../src/alert/index.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import { countTurns } from "../../support/count-turns.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { OwnedStore } from "../../support/owned-store.ts";

const HALF_HOUR_MS = 1_800_000;

let store: OwnedStore;
beforeEach(async () => {
  store = await OwnedStore.open({ path: ":memory:", clock: new FakeClock(), log: silentLogger });
});
afterEach(() => store.close());

type Decision = Changes["decisions"][number];

function decision(at: number, index: number, over: Partial<Decision>): Decision {
  const place = { fingerprint: `f${index}`, groupKey: "g", namespace: "", sink: "ops" };
  return {
    at,
    rule: "r",
    ...place,
    outcome: "suppressed",
    reason: "muted",
    occurrences: 1,
    deliveryId: "",
    ...over,
  };
}

describe("long sums of the store", () => {
  it("let other work run between strides of decisions, and count each message once", async () => {
    const told = (at: number, deliveryId: string, count: number): Decision[] =>
      Array.from({ length: count }, (_, index) =>
        decision(at, index, { outcome: "notified", reason: "opened", deliveryId }),
      );
    const muted = Array.from({ length: 15_000 }, (_, index) => decision(3 + index, index, {}));
    // The first message is about more alerts than a stride has rows.
    const decisions = [...told(1, "d1", 12_000), ...told(2, "d2", 3), ...muted, ...told(50_000, "d3", 2)];
    await store.commit({ decisions: [...decisions, decision(9, 0, { rule: "other", reason: "silenced" })] });
    const { turns, result } = await countTurns(() => store.queries.ruleDecisions(0));
    expect(turns).toBeGreaterThanOrEqual(2);
    expect(result.toSorted((a, b) => (a.rule < b.rule ? -1 : 1))).toEqual([
      { rule: "other", messages: 0, lastMessageAt: undefined, suppressed: { silenced: 1 } },
      { rule: "r", messages: 3, lastMessageAt: 50_000, suppressed: { muted: 15_000 } },
    ]);
  });

  it("let other work run between strides of activity", async () => {
    const activity = Array.from({ length: 12_000 }, (_, index) => ({
      // The first half hour has more rows than a stride.
      bucket: HALF_HOUR_MS * (index < 6000 ? 0 : index - 5999),
      rule: index < 6000 ? `r${index}` : "r0",
      severity: "info" as const,
      opened: 1,
      occurrences: 2,
    }));
    await store.commit({ activity });
    const { turns, result } = await countTurns(() =>
      store.queries.activity({ from: 0, stepMs: 600 * HALF_HOUR_MS, steps: 10 }),
    );
    expect(turns).toBeGreaterThanOrEqual(2);
    expect(result).toHaveLength(6000);
    const row = result.find(({ rule }) => rule === "r0");
    expect(row?.opened).toEqual(Array.from({ length: 10 }, () => 600));
    expect(row?.occurrences.at(-1)).toBe(1200);
  });
});
