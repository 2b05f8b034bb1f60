import { setTimeout as sleep } from "node:timers/promises";

import { type Bridge, type Sample, startBridge } from "./bridge.ts";
import { startStreamServer, type MakeEvent } from "./stream-server.ts";

/** One run of one case. */
export interface Throughput {
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly cpuUsPerEvent: number;
  readonly rssMb: number;
}

/** What is fed, how the bridge is configured, and how its progress is read. */
export interface ThroughputCase {
  readonly events: number;
  readonly make: MakeEvent;
  readonly configuration: object;
  /** How many of the events are done. */
  readonly done: (bridge: Bridge) => number | Promise<number>;
}

const POLL_MS = 100;

/** Feeds everything at once and measures from the first event to the last one done. */
export async function measureThroughput({
  events,
  make,
  configuration,
  done,
}: ThroughputCase): Promise<Throughput> {
  await using server = await startStreamServer(events, make);
  await using bridge = await startBridge(server.url, configuration);
  // The start-up's own work is over by then.
  await sleep(500);
  const before = bridge.sample();
  const feeding = server.release();
  let after: Sample = before;
  while ((await done(bridge)) < events) {
    await sleep(POLL_MS);
    after = bridge.sample();
    if (after.at - before.at > 300_000)
      throw new Error(`only ${await done(bridge)} of ${events} events after 5 min`);
  }
  await feeding;
  after = bridge.sample();
  return {
    events,
    eventsPerSecond: Math.round(events / ((after.at - before.at) / 1000)),
    cpuUsPerEvent: (after.cpuUs - before.cpuUs) / events,
    rssMb: after.rssBytes / 2 ** 20,
  };
}
