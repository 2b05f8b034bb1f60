import { describe, expect, it } from "vitest";

import { isWholeCheck } from "../support/rounds.ts";
import { BridgeBed } from "./bridge-bed.ts";
import { upTo } from "./writers.ts";

const MINUTE = 60;

const RULES = [{ name: "crash", match: { reason: "BackOff" }, resolve: { by: [], quiet: "2d" } }];

describe("18. limits", () => {
  // A hundred thousand alerts would take too long in each `npm test`: test/alert/tracking/overflow.test.ts has a limit
  // of five.
  it.runIf(isWholeCheck)(
    "100,000 alerts and what is beyond them are told, and the overflow is counted in one more",
    async () => {
      await using bed = await BridgeBed.open({ rules: RULES });
      const total = 100_500;
      for (let first = 0; first < total; first += 5000) {
        const count = Math.min(5000, total - first);
        bed.writeTogether(
          upTo(count).map((index) => ({ reason: "BackOff", object: `shop/Pod/p${first + index}` })),
        );
        await bed.clock.advance(0);
      }
      await bed.until(10 * MINUTE);
      const alerts = [...bed.pipeline.engine.alerts()];
      expect(alerts).toHaveLength(100_001);
      expect(alerts.at(-1)).toMatchObject({ overflow: true, occurrences: 500 });
      expect(bed.taken).toHaveLength(1);
      const { notification } = bed.taken[0] ?? {};
      expect(notification).toMatchObject({ occurrences: total, alertsOmitted: 100_001 - 100 });
      expect(JSON.stringify(notification).length).toBeLessThan(1_000_000);
    },
  );

  it("ten megabytes of annotations are cut before they are kept", async () => {
    await using bed = await BridgeBed.open({ rules: RULES });
    const annotations = Object.fromEntries(upTo(1000).map((index) => [`a-${index}`, "x".repeat(10_000)]));
    await bed.at(0, { reason: "BackOff", annotations });
    await bed.until(MINUTE);
    expect(bed.taken).toHaveLength(1);
    expect(JSON.stringify(bed.taken[0]?.notification).length).toBeLessThan(100_000);
    expect(await bed.queries.usedBytes()).toBeLessThan(1_000_000);
  });
});
