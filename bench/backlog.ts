import { setTimeout as sleep } from "node:timers/promises";

import { type Bridge, bridgeFolder, startBridge } from "./bridge.ts";
import { kubeletEvent } from "./events.ts";
import { startReceiver } from "./receiver.ts";
import { sample } from "./sample.ts";
import { startStreamServer } from "./stream-server.ts";

/** A sink that is down while many deliveries gather, a restart with them, and their delivery. */
export interface Backlog {
  readonly waiting: number;
  readonly idleMb: number;
  /** Ten seconds after the last of them was stored. */
  readonly waitingMb: number;
  readonly overIdlePercent: number;
  /** From the start of the process until /readyz said yes. */
  readonly restartReadyMs: number;
  readonly deliveriesPerSecond: number;
}

const SETTLE_MS = Number(process.env["SETTLE_MS"] ?? 10_000);

/** @param forSink What makes a delivery of every Event; its sink is `hook`. */
export async function measureBacklog(
  waiting: number,
  configurationFor: (sink: object) => object,
): Promise<Backlog> {
  const arrived = new Set<string>();
  let [firstAt, lastAt] = [0, 0];
  await using receiver = await startReceiver((body, at) => {
    for (const [, id] of body.matchAll(/"version":"1","id":"([^"]+)"/gu))
      if (id !== undefined) arrived.add(id);
    firstAt ||= at;
    lastAt = at;
  });
  const configuration = configurationFor({ name: "hook", type: "webhook", url: receiver.url });
  await using server = await startStreamServer(waiting, (index) =>
    kubeletEvent(index, { reason: "Bench", objects: waiting }),
  );
  using folder = bridgeFolder();
  receiver.status = 503;
  let idleMb: number;
  let waitingMb: number;
  {
    await using bridge = await startBridge(server.url, configuration, folder.path);
    await sleep(SETTLE_MS);
    idleMb = megabytes(bridge);
    await server.release();
    await until(async () => (await bridge.metric("tocsin_deliveries", 'state="waiting"')) >= waiting);
    await sleep(SETTLE_MS);
    waitingMb = megabytes(bridge);
  }
  await using bridge = await startBridge(server.url, configuration, folder.path);
  receiver.status = 200;
  await until(async () => arrived.size >= waiting);
  return {
    waiting,
    idleMb,
    waitingMb,
    overIdlePercent: (waitingMb / idleMb - 1) * 100,
    restartReadyMs: bridge.readyMs,
    deliveriesPerSecond: Math.round(waiting / ((lastAt - firstAt) / 1000)),
  };
}

function megabytes(bridge: Bridge): number {
  return sample(bridge).rssBytes / 2 ** 20;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const startedAt = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedAt > 600_000) throw new Error("not within 10 min");
    await sleep(100);
  }
}
