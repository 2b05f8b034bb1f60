import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { startEventsApi } from "../../src/demo/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { heapBytes } from "../../src/lib/memory-settings.ts";
import { BridgeProcess } from "../support/bridge-process.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";
import { openMemoryLimit } from "../support/memory-limit.ts";
import { makeAlerts, RULES } from "./make-alerts.ts";

/** As many as are tracked one by one. */
const ALERTS = 100_000;

/** The limit of the chart (chart/values.yaml). */
const LIMIT_BYTES = 768 * 2 ** 20;

describe("100,000 open alerts under the memory limit of the chart", () => {
  it("let the service start, answer and end, and start again", async () => {
    const limit = openMemoryLimit(LIMIT_BYTES);
    await using _limit = limit;
    if (limit === undefined) console.warn("no memory limit here: only the heap of the process is limited");
    await using api = await startEventsApi({ clock: systemClock });
    await using bridge = new BridgeProcess(undefined, limit?.command);
    bridge.write("rules.yaml", RULES);
    bridge.write("kubeconfig", kubeconfigFor(api.url));
    bridge.write("tocsin.yaml", {
      cluster: "test",
      kubernetes: { kubeconfig: "kubeconfig", enrich: "off" },
      state: { path: "state.db" },
      rules: ["rules.yaml"],
      sinks: [{ name: "ops", type: "file", path: "alerts.jsonl" }],
      route: { sinks: ["ops"] },
      log: { level: "warn" },
    });
    await makeAlerts(join(bridge.directory, "state.db"), ALERTS);

    for (const _start of [1, 2]) {
      await bridge.launch(limit === undefined ? heapOfTheLimit() : {});
      await bridge.ready();
      await bridge.until(async () => (await firing(bridge)) === ALERTS);
      const answer = await fetch(`${bridge.address}/api/v1/alerts?limit=1`);
      expect(await answer.json()).toMatchObject({ items: [{ rule: "each", phase: "firing" }] });
      expect(await bridge.stop()).toBe(0);
    }
    expect(bridge.log).not.toContain("heap");
  });
});

/** The service would set the same by the limit. */
function heapOfTheLimit(): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--max-old-space-size=${(heapBytes(LIMIT_BYTES) ?? 0) / 2 ** 20}` };
}

async function firing(bridge: BridgeProcess): Promise<number> {
  const text = await (await fetch(`${bridge.address}/metrics`)).text();
  const counts = [...text.matchAll(/^tocsin_alerts\{.*\} (\d+)$/gmu)].map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}
