import { setTimeout as sleep } from "node:timers/promises";

import { startEventsApi } from "../src/demo/index.ts";
import { systemClock } from "../src/lib/clock.ts";
import { startBridge } from "./bridge.ts";
import { kubeletEvent } from "./events.ts";
import { sample } from "./sample.ts";

/** Resident memory of the bridge ten seconds after it became ready, and how long that took. */
export interface Memory {
  readonly storedEvents: number;
  readonly rssMb: number;
  readonly readyMs: number;
}

const SETTLE_MS = Number(process.env["SETTLE_MS"] ?? 10_000);

/** Runs the built-in rules on an API server that has so many Events. */
export async function measureMemory(storedEvents: number): Promise<Memory> {
  await using api = await startEventsApi({ clock: systemClock });
  for (let index = 0; index < storedEvents; index++) {
    api.record(kubeletEvent(index, { reason: index % 2 === 0 ? "Pulled" : "BackOff", objects: 5000 }));
  }
  await using bridge = await startBridge(api.url, {
    kubernetes: { kubeconfig: "kubeconfig.yaml", startFrom: "now", enrich: "off" },
    rules: ["builtin"],
    sinks: [{ name: "out", type: "file", path: "alerts.jsonl" }],
    route: { sinks: ["out"] },
  });
  await sleep(SETTLE_MS);
  return { storedEvents, rssMb: sample(bridge).rssBytes / 2 ** 20, readyMs: bridge.readyMs };
}
