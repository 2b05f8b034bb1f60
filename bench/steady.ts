import { setTimeout as sleep } from "node:timers/promises";

import { startEventsApi } from "../src/demo/index.ts";
import { systemClock } from "../src/lib/clock.ts";
import { startBridge } from "./bridge.ts";
import { kubeletEvent } from "./events.ts";
import { sample } from "./sample.ts";

/** How late the event loop is while matched Events come at a steady rate. */
export interface Steady {
  readonly eventsPerSecond: number;
  readonly loopDelayP99Ms: number;
  readonly cpuPercent: number;
}

const TICK_MS = 10;

/** Creates Events at a rate, all of them matched, for so many seconds. */
export async function measureSteady(perSecond: number, seconds: number): Promise<Steady> {
  await using api = await startEventsApi({ clock: systemClock });
  await using bridge = await startBridge(api.url, {
    rules: [{ name: "bench", match: { reason: "Bench" }, lifecycle: "transition" }],
    sinks: [{ name: "out", type: "file", path: "alerts.jsonl" }],
    route: { sinks: ["out"] },
  });
  await sleep(2000);
  await bridge.loopDelayP99();
  const before = sample(bridge);
  const startedAt = performance.now();
  let made = 0;
  while (performance.now() - startedAt < seconds * 1000) {
    const due = Math.floor(((performance.now() - startedAt) * perSecond) / 1000);
    while (made < due) api.record(kubeletEvent(made++, { reason: "Bench", objects: 1000 }));
    await sleep(TICK_MS);
  }
  const after = sample(bridge);
  const loopDelayP99Ms = await bridge.loopDelayP99();
  return {
    eventsPerSecond: Math.round(made / seconds),
    loopDelayP99Ms,
    cpuPercent: ((after.cpuUs - before.cpuUs) / 1000 / (after.at - before.at)) * 100,
  };
}
