import { setTimeout as sleep } from "node:timers/promises";

import { startEventsApi } from "../src/demo/index.ts";
import { systemClock } from "../src/lib/clock.ts";
import { startBridge } from "./bridge.ts";
import { kubeletEvent } from "./events.ts";
import { sample } from "./sample.ts";

/** A list of everything, because the history was compacted while the watch was cut. */
export interface Relist {
  readonly cpuUsPerEvent: number;
  /** Messages that it led to. */
  readonly notifications: number;
}

const SETTLE_MS = Number(process.env["SETTLE_MS"] ?? 10_000);

/** Every second of the Events is one that a rule matches, and all of them are known before. */
export async function measureRelist(storedEvents: number): Promise<Relist> {
  await using api = await startEventsApi({ clock: systemClock });
  const make = (index: number, reason: string): object => kubeletEvent(index, { reason, objects: 5000 });
  for (let index = 0; index < storedEvents; index++) {
    api.record(make(index, index % 2 === 0 ? "NothingWantsThis" : "Bench"));
  }
  await using bridge = await startBridge(api.url, {
    rules: [{ name: "bench", match: { reason: "Bench" }, lifecycle: "transition" }],
    sinks: [{ name: "out", type: "file", path: "alerts.jsonl" }],
    route: { sinks: ["out"], groupWait: "0s" },
  });
  await sleep(SETTLE_MS);
  const told = await bridge.metric("tocsin_notifications_total");
  if (told === 0) throw new Error("nothing was told of what was there at the start");
  const lists = await bridge.metric("tocsin_watch_relists_total");
  const before = sample(bridge);
  process.kill(bridge.pid, "SIGSTOP");
  api.endStreams();
  await sleep(200);
  for (let index = 0; index < 10; index++) api.record(make(storedEvents + index, "NothingWantsThis"));
  api.compact();
  process.kill(bridge.pid, "SIGCONT");
  while ((await bridge.metric("tocsin_watch_relists_total")) === lists) await sleep(50);
  await sleep(SETTLE_MS);
  const after = sample(bridge);
  const notifications = (await bridge.metric("tocsin_notifications_total")) - told;
  return { cpuUsPerEvent: (after.cpuUs - before.cpuUs) / storedEvents, notifications };
}
