import { setTimeout as sleep } from "node:timers/promises";

import { startEventsApi } from "../src/demo/index.ts";
import { systemClock } from "../src/lib/clock.ts";
import { startBridge } from "./bridge.ts";
import { kubeletEvent } from "./events.ts";
import { sample } from "./sample.ts";

/** The costs of open alerts. */
export interface OpenAlerts {
  readonly open: number;
  readonly idleMb: number;
  readonly openMb: number;
  readonly moreMb: number;
  /** CPU of an Event that is added to one of them, timers included. */
  readonly cpuUsPerEvent: number;
}

const FEED = 2000;
const MORE_EVENTS = 20_000;

/** Opens so many alerts, one for each object, told in one group; then feeds them more Events. */
export async function measureOpenAlerts(count: number): Promise<OpenAlerts> {
  await using api = await startEventsApi({ clock: systemClock });
  await using bridge = await startBridge(api.url, {
    rules: [{ name: "bench", match: { reason: "Bench" }, identity: ["object"], resolve: { quiet: "1d" } }],
    sinks: [{ name: "out", type: "file", path: "alerts.jsonl" }],
    route: { sinks: ["out"], groupWait: "1s" },
  });
  await sleep(3000);
  const idle = sample(bridge);
  let index = 0;
  const feed = async (events: number): Promise<void> => {
    const end = index + events;
    while (index < end) {
      for (const stop = Math.min(end, index + FEED); index < stop; index++)
        api.record(kubeletEvent(index, { reason: "Bench", objects: count }));
      await untilRead(index);
    }
  };
  const untilRead = async (total: number): Promise<void> => {
    for (let attempt = 0; attempt < 6000; attempt++) {
      if ((await bridge.metric("tocsin_events_total")) >= total) return;
      await sleep(20);
    }
    throw new Error(`fewer than ${total} Events were read in 2 min`);
  };
  await feed(count);
  await sleep(10_000);
  const open = await bridge.metric("tocsin_alerts", 'state="firing"');
  const opened = sample(bridge);
  await feed(MORE_EVENTS);
  const fed = sample(bridge);
  return {
    open,
    idleMb: idle.rssBytes / 2 ** 20,
    openMb: opened.rssBytes / 2 ** 20,
    moreMb: (opened.rssBytes - idle.rssBytes) / 2 ** 20,
    cpuUsPerEvent: (fed.cpuUs - opened.cpuUs) / MORE_EVENTS,
  };
}
